package io.penstock.sandbox.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Customers, products and prices that look like a shop's, the same ones for the same seed. */
final class DemoData {
    private static final List<String> FIRST_NAMES =
            List.of("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Frances", "Ken", "Margaret", "Radia");
    private static final List<String> LAST_NAMES =
            List.of("Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Allen", "Thompson", "Hamilton");
    private static final List<String> PRODUCTS =
            List.of("Espresso Cup", "Notebook", "Desk Lamp", "Tea Tin", "Wool Blanket", "Field Radio", "Map of Porto");
    private static final List<String> CITIES = List.of("Lisbon", "Oslo", "Vienna", "Turin", "Ghent", "Cork");

    private DemoData() {}

    static void load(StripeConfig config, Map<String, StripeType> types, ObjectResource objects) {
        Random random = new Random(config.seed());
        StripeType customers = Objects.requireNonNull(types.get("customers"));
        for (int i = 0; i < config.customers(); i++) {
            objects.create(customers, customer(i, random), null);
        }
        StripeType products = Objects.requireNonNull(types.get("products"));
        StripeType prices = Objects.requireNonNull(types.get("prices"));
        for (int i = 0; i < config.products(); i++) {
            String name = PRODUCTS.get(i % PRODUCTS.size()) + (i < PRODUCTS.size() ? "" : " " + i);
            ObjectNode product = objects.create(products, Json.object().put("name", name), null);
            ObjectNode price = Json.object()
                    .put("product", product.path("id").asText())
                    .put("currency", "eur")
                    .put("unit_amount", 100L * (5 + random.nextInt(60)));
            objects.create(prices, price, null);
        }
    }

    private static ObjectNode customer(int i, Random random) {
        String first = FIRST_NAMES.get(i % FIRST_NAMES.size());
        String last = LAST_NAMES.get((i + i / FIRST_NAMES.size()) % LAST_NAMES.size());
        String address = first + "." + last + (i < FIRST_NAMES.size() ? "" : Integer.toString(i)) + "@example.com";
        ObjectNode customer =
                Json.object().put("name", first + " " + last).put("email", address.toLowerCase(Locale.ROOT));
        if (random.nextBoolean()) {
            customer.put("phone", "+351 91 555 " + (1000 + i));
        }
        if (random.nextInt(3) == 0) {
            customer.putObject("address")
                    .put("city", CITIES.get(random.nextInt(CITIES.size())))
                    .put("country", "PT");
        }
        customer.putObject("metadata").put("plan", random.nextBoolean() ? "team" : "personal");
        return customer;
    }
}
