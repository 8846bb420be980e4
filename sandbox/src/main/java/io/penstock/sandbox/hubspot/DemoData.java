package io.penstock.sandbox.hubspot;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;

/** Contacts, companies and deals that look like an account's, the same ones for the same seed. They are a day old, so that searches see them. */
final class DemoData {
    private static final List<String> COMPANIES =
            List.of("Harbour", "Lumen", "Northwind", "Quarry", "Saffron", "Tidewater", "Verdant", "Willow");
    private static final List<String> KINDS = List.of("Bakery", "Freight", "Optics", "Textiles", "Tools", "Waterworks");
    private static final List<String> CITIES = List.of("Porto", "Bergen", "Graz", "Leuven", "Galway", "Uppsala");
    private static final List<String> FIRST_NAMES =
            List.of("Ana", "Bruno", "Clara", "Dario", "Elin", "Femke", "Gavin", "Hilde", "Ivo", "Jonas");
    private static final List<String> LAST_NAMES =
            List.of("Almeida", "Berg", "Costa", "Dahl", "Eriksen", "Fischer", "Gruber", "Haas", "Janssen");
    private static final List<String> STAGES =
            List.of("appointmentscheduled", "qualifiedtobuy", "contractsent", "closedwon");

    private DemoData() {}

    static void load(HubSpotSchema schema, RecordWriter writer, HubSpotConfig config) {
        Random random = new Random(config.seed());
        load(schema, writer, "companies", config.data().companies(), i -> company(i, random));
        load(schema, writer, "contacts", config.data().contacts(), i -> contact(i, random));
        load(schema, writer, "deals", config.data().deals(), i -> deal(i, random));
    }

    private interface Maker {
        ObjectNode properties(int i);
    }

    private static void load(HubSpotSchema schema, RecordWriter writer, String type, int number, Maker maker) {
        HubSpotObject object = Objects.requireNonNull(schema.object(type));
        for (int i = 0; i < number; i++) {
            writer.createAt(object, maker.properties(i), writer.now().minus(Duration.ofDays(1)));
        }
    }

    private static ObjectNode company(int i, Random random) {
        String name = COMPANIES.get(i % COMPANIES.size()) + " " + of(KINDS, random);
        return Json.object()
                .put("name", i < COMPANIES.size() ? name : name + " " + (i / COMPANIES.size() + 1))
                .put("domain", COMPANIES.get(i % COMPANIES.size()).toLowerCase(Locale.ROOT) + i + ".example")
                .put("city", of(CITIES, random))
                .put("industry", of(List.of("BANKING", "COMPUTER_SOFTWARE", "FARMING"), random))
                .put("annualrevenue", Integer.toString(100_000 * (1 + random.nextInt(500))))
                .put("customer_number", "C-" + (10_001 + i));
    }

    private static ObjectNode contact(int i, Random random) {
        String first = FIRST_NAMES.get(i % FIRST_NAMES.size());
        String last = LAST_NAMES.get((i + i / FIRST_NAMES.size()) % LAST_NAMES.size());
        return Json.object()
                .put("firstname", first)
                .put("lastname", last)
                .put("email", (first + "." + last + i + "@example.com").toLowerCase(Locale.ROOT))
                .put("city", of(CITIES, random))
                .put("newsletter", Boolean.toString(random.nextBoolean()))
                .put("lifetime_value", random.nextInt(50_000) + "." + (10 + random.nextInt(90)));
    }

    private static ObjectNode deal(int i, Random random) {
        return Json.object()
                .put("dealname", of(KINDS, random) + " order " + (i + 1))
                .put("amount", Integer.toString(500 * (1 + random.nextInt(100))))
                .put("pipeline", "default")
                .put("dealstage", of(STAGES, random));
    }

    private static String of(List<String> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }
}
