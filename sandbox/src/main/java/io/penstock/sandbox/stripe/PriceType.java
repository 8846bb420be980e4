package io.penstock.sandbox.stripe;

import static io.penstock.sandbox.stripe.StripeParameter.clearable;
import static io.penstock.sandbox.stripe.StripeParameter.notHere;
import static io.penstock.sandbox.stripe.StripeParameter.optional;
import static io.penstock.sandbox.stripe.StripeParameter.required;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Prices: what they cost is fixed when they are made, and they cannot be deleted. */
final class PriceType implements StripeType {
    private static final Set<String> CURRENCIES =
            Set.of("usd", "eur", "gbp", "chf", "sek", "nok", "dkk", "pln", "czk", "jpy", "cad", "aud", "brl", "inr");
    private static final StripeParameter.Group RECURRING = new StripeParameter.Group(List.of(
            required("interval", new StripeParameter.Choice(List.of("day", "month", "week", "year"))),
            optional("interval_count", new StripeParameter.Whole(1, 1_095)),
            notHere("meter"),
            notHere("trial_period_days"),
            optional("usage_type", new StripeParameter.Choice(List.of("licensed", "metered")))));

    private final StripeStore store;
    private final StripeIds ids;
    private final List<StripeParameter> create;
    private final List<StripeParameter> update;

    PriceType(StripeStore store, StripeIds ids) {
        this.store = store;
        this.ids = ids;
        List<StripeParameter> both = List.of(
                optional("active", new StripeParameter.Flag()),
                notHere("currency_options"),
                StripeParameter.EXPAND,
                clearable("lookup_key", new StripeParameter.Text(200)),
                StripeParameter.METADATA,
                clearable("nickname", new StripeParameter.Text(5_000)),
                optional("tax_behavior", new StripeParameter.Choice(List.of("exclusive", "inclusive", "unspecified"))),
                optional("transfer_lookup_key", new StripeParameter.Flag()));
        this.create = new ArrayList<>(both);
        create.addAll(List.of(
                optional("billing_scheme", new StripeParameter.Choice(List.of("per_unit", "tiered"))),
                required("currency", new StripeParameter.Text(3)),
                notHere("custom_unit_amount"),
                optional("product", new StripeParameter.Text(5_000)),
                notHere("product_data"),
                optional("recurring", RECURRING),
                notHere("tiers"),
                notHere("tiers_mode"),
                notHere("transform_quantity"),
                optional("unit_amount", new StripeParameter.Whole(0, 99_999_999_999L)),
                optional("unit_amount_decimal", new StripeParameter.Decimal())));
        this.update = both;
    }

    @Override
    public String object() {
        return "price";
    }

    @Override
    public String path() {
        return "prices";
    }

    @Override
    public List<StripeParameter> createParameters() {
        return create;
    }

    @Override
    public List<StripeParameter> updateParameters() {
        return update;
    }

    @Override
    public List<StripeParameter> listParameters() {
        return List.of(
                optional("active", new StripeParameter.Flag()),
                optional("currency", new StripeParameter.Text(3)),
                optional("lookup_keys", new StripeParameter.Texts()),
                optional("product", new StripeParameter.Text(5_000)),
                notHere("recurring"),
                optional("type", new StripeParameter.Choice(List.of("one_time", "recurring"))));
    }

    @Override
    public Map<String, Boolean> searchFields() {
        return Map.of("active", false, "currency", false, "lookup_key", false, "product", false, "type", false);
    }

    @Override
    public Map<String, String> references() {
        return Map.of("product", "product");
    }

    @Override
    public ObjectNode blank(String id, long created) {
        ObjectNode price = Json.object().put("id", id).put("object", "price");
        price.put("active", true).put("billing_scheme", "per_unit").put("created", created);
        price.putNull("currency").putNull("custom_unit_amount").put("livemode", false);
        price.putNull("lookup_key").putObject("metadata");
        price.putNull("nickname").putNull("product").putNull("recurring");
        price.put("tax_behavior", "unspecified").putNull("tiers_mode").putNull("transform_quantity");
        return price.put("type", "one_time").putNull("unit_amount").putNull("unit_amount_decimal");
    }

    @Override
    public String newId(ObjectNode values) {
        return ids.whole("price_");
    }

    @Override
    public boolean listed(ObjectNode record, ObjectNode filters) {
        JsonNode wanted = filters.path("lookup_keys");
        boolean named = wanted.isMissingNode();
        for (JsonNode key : wanted) {
            named |= key.equals(record.path("lookup_key"));
        }
        return named && ProductType.equal(record, filters, "active", "currency", "product", "type");
    }

    @Override
    public void complete(ObjectNode record, ObjectNode values, boolean creating) {
        if (creating) {
            currency(record);
            product(record);
            amount(record, values);
            if (record.path("recurring") instanceof ObjectNode recurring) {
                record.put("type", "recurring");
                recurring.put("interval_count", recurring.path("interval_count").asInt(1));
                recurring.put("usage_type", recurring.path("usage_type").asText("licensed"));
            }
        }
        if (values.hasNonNull("lookup_key")) {
            lookupKey(record, values.path("transfer_lookup_key").asBoolean());
        }
    }

    private static void currency(ObjectNode record) {
        String currency = record.path("currency").asText().toLowerCase(Locale.ROOT);
        if (!CURRENCIES.contains(currency)) {
            throw StripeException.invalid(
                    null,
                    "Invalid currency: " + currency + ". Stripe currently supports these currencies: "
                            + String.join(", ", CURRENCIES.stream().sorted().toList()),
                    "currency");
        }
        record.put("currency", currency);
    }

    private void product(ObjectNode record) {
        if (record.path("product").isNull()) {
            throw StripeException.invalid("parameter_missing", "Missing required param: product.", "product");
        }
        String product = record.path("product").asText();
        if (store.get("product", product) == null) {
            throw StripeException.missingReference("product", product, "product");
        }
    }

    private static void amount(ObjectNode record, ObjectNode values) {
        if (values.has("unit_amount") && values.has("unit_amount_decimal")) {
            throw StripeException.invalid(
                    "parameters_exclusive",
                    "You may only specify one of these parameters: unit_amount, unit_amount_decimal.",
                    null);
        }
        if (values.has("unit_amount")) {
            record.put("unit_amount_decimal", record.path("unit_amount").asText());
        } else if (values.has("unit_amount_decimal")) {
            BigDecimal decimal =
                    new BigDecimal(record.path("unit_amount_decimal").asText()).stripTrailingZeros();
            record.put("unit_amount_decimal", decimal.toPlainString());
            if (decimal.scale() <= 0) {
                record.put("unit_amount", decimal.longValueExact());
            }
        } else {
            throw StripeException.invalid("parameter_missing", "Missing required param: unit_amount.", "unit_amount");
        }
    }

    private void lookupKey(ObjectNode record, boolean transfer) {
        for (ObjectNode other : store.live(object())) {
            if (other.path("lookup_key").equals(record.path("lookup_key"))
                    && !other.path("id").equals(record.path("id"))) {
                if (!transfer) {
                    throw StripeException.invalid(
                            null,
                            "A price (`" + other.path("id").asText() + "`) already uses that lookup key.",
                            "lookup_key");
                }
                other.putNull("lookup_key");
            }
        }
    }

    @Override
    public boolean deletable() {
        return false;
    }

    @Override
    public boolean tombstones() {
        return false;
    }
}
