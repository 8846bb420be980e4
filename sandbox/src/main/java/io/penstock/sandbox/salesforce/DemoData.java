package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;

/** Accounts and contacts that look like an org's, the same ones for the same seed. */
final class DemoData {
    private static final List<String> COMPANIES = List.of(
            "Acme",
            "Globex",
            "Initech",
            "Umbrella",
            "Stark",
            "Wayne",
            "Hooli",
            "Vandelay",
            "Wonka",
            "Tyrell",
            "Cyberdyne",
            "Soylent");
    private static final List<String> KINDS =
            List.of("Industries", "Works", "Partners", "Logistics", "Foods", "Energy", "Labs");
    private static final List<String> CITIES =
            List.of("Lisbon", "Oslo", "Vienna", "Gdansk", "Turin", "Ghent", "Cork", "Malmo");
    private static final List<String> FIRST_NAMES = List.of(
            "Ada",
            "Grace",
            "Alan",
            "Edsger",
            "Barbara",
            "Donald",
            "Frances",
            "Ken",
            "Margaret",
            "Niklaus",
            "Radia",
            "Tony");
    private static final List<String> LAST_NAMES = List.of(
            "Lovelace",
            "Hopper",
            "Turing",
            "Dijkstra",
            "Liskov",
            "Knuth",
            "Allen",
            "Thompson",
            "Hamilton",
            "Wirth",
            "Perlman",
            "Hoare");
    private static final List<String> TITLES =
            List.of("Engineer", "Head of Operations", "Buyer", "Founder", "Controller");

    private DemoData() {}

    static void load(SalesforceSchema schema, RecordWriter writer, SalesforceConfig config) {
        SalesforceObject account = Objects.requireNonNull(schema.object("Account"));
        SalesforceObject contact = Objects.requireNonNull(schema.object("Contact"));
        Random random = new Random(config.seed());
        String[] accountIds = new String[config.accounts()];
        for (int i = 0; i < accountIds.length; i++) {
            accountIds[i] = create(writer, account, account(i, random));
        }
        for (int i = 0; i < config.contacts(); i++) {
            ObjectNode fields = contact(i, random);
            if (accountIds.length > 0) {
                fields.put("AccountId", accountIds[i % accountIds.length]);
            }
            create(writer, contact, fields);
        }
    }

    private static ObjectNode account(int i, Random random) {
        String name = COMPANIES.get(i % COMPANIES.size()) + " " + of(KINDS, random);
        return Json.object()
                .put("Name", i < COMPANIES.size() ? name : name + " " + (i / COMPANIES.size() + 1))
                .put("Industry", of(List.of("Agriculture", "Banking", "Energy", "Technology", "Other"), random))
                .put("AnnualRevenue", 100_000L * (1 + random.nextInt(500)))
                .put("NumberOfEmployees", 5 + random.nextInt(3_000))
                .put("Phone", "+351 21 555 " + (1000 + i))
                .put("BillingCity", of(CITIES, random))
                .put("Customer_Number__c", "C-" + (10_001 + i));
    }

    private static ObjectNode contact(int i, Random random) {
        String first = FIRST_NAMES.get(i % FIRST_NAMES.size());
        String last = LAST_NAMES.get((i + i / FIRST_NAMES.size()) % LAST_NAMES.size());
        String address = first + "." + last + (i < FIRST_NAMES.size() ? "" : Integer.toString(i)) + "@example.com";
        ObjectNode fields = Json.object()
                .put("FirstName", first)
                .put("LastName", last)
                .put("Email", address.toLowerCase(Locale.ROOT))
                .put("Title", of(TITLES, random))
                .put("LeadSource", of(List.of("Web", "Phone Inquiry", "Partner Referral"), random))
                .put("HasOptedOutOfEmail", random.nextInt(5) == 0);
        if (random.nextBoolean()) {
            fields.put("Phone", "+351 91 555 " + (1000 + i));
        }
        if (random.nextInt(3) == 0) {
            fields.put("Birthdate", (1950 + random.nextInt(50)) + "-0" + (1 + random.nextInt(9)) + "-15");
        }
        return fields;
    }

    private static String create(RecordWriter writer, SalesforceObject type, ObjectNode fields) {
        SaveResult result = writer.create(type, RecordInput.read(type, fields, false), null);
        if (result.id() == null) {
            throw new IllegalStateException("demo data is refused: " + result.errors());
        }
        return result.id();
    }

    private static String of(List<String> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }
}
