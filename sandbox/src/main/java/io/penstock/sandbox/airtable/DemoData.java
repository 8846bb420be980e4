package io.penstock.sandbox.airtable;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Companies and contacts of the first base, linked to each other, the same ones for the same seed. */
final class DemoData {
    private static final List<String> COMPANIES =
            List.of("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Juniper");
    private static final List<String> KINDS = List.of("Dairy", "Ferries", "Instruments", "Kitchens", "Motors", "Press");
    private static final List<String> FIRST_NAMES =
            List.of("Agnes", "Boris", "Celia", "Diego", "Esme", "Franz", "Greta", "Hugo", "Ines", "Jakob");
    private static final List<String> LAST_NAMES =
            List.of("Andersson", "Brandt", "Conti", "Dubois", "Engel", "Fontaine", "Greco", "Horvat", "Ivanova");

    private DemoData() {}

    static void load(AirtableBase base, RecordWriter writer, AirtableConfig config) {
        Random random = new Random(config.seed());
        List<String> companies = new ArrayList<>();
        for (int i = 0; i < config.companies(); i++) {
            String name = COMPANIES.get(i % COMPANIES.size()) + " " + KINDS.get(random.nextInt(KINDS.size()));
            ObjectNode fields = Json.object()
                    .put("Name", i < COMPANIES.size() ? name : name + " " + (i / COMPANIES.size() + 1))
                    .put("Website", "https://company" + (i + 1) + ".example")
                    .put(
                            "Industry",
                            List.of("Farming", "Software", "Transport", "Energy")
                                    .get(random.nextInt(4)))
                    .put("Employees", 3 + random.nextInt(900));
            companies.add(
                    writer.create(base, base.named("Companies"), fields, false).id());
        }
        for (int i = 0; i < config.contacts(); i++) {
            String first = FIRST_NAMES.get(i % FIRST_NAMES.size());
            String last = LAST_NAMES.get((i + i / FIRST_NAMES.size()) % LAST_NAMES.size());
            ObjectNode fields = Json.object()
                    .put("First Name", first)
                    .put("Last Name", last)
                    .put("Email", (first + "." + last + i + "@example.com").toLowerCase(Locale.ROOT))
                    .put("Score", random.nextInt(1000) / 10.0)
                    .put("VIP", random.nextInt(4) == 0)
                    .put("Stage", random.nextBoolean() ? "Lead" : "Customer");
            fields.putArray("Tags").add(random.nextBoolean() ? "press" : "partner");
            if (!companies.isEmpty()) {
                fields.putArray("Company").add(companies.get(i % companies.size()));
            }
            writer.create(base, base.named("Contacts"), fields, false);
        }
    }
}
