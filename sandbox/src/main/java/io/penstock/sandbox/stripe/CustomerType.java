package io.penstock.sandbox.stripe;

import static io.penstock.sandbox.stripe.StripeParameter.clearable;
import static io.penstock.sandbox.stripe.StripeParameter.notHere;
import static io.penstock.sandbox.stripe.StripeParameter.optional;
import static io.penstock.sandbox.stripe.StripeParameter.required;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Customers. A card is taken as one of Stripe's own test tokens; nothing is charged. */
final class CustomerType implements StripeType {
    private static final StripeParameter.Group SHIPPING = new StripeParameter.Group(List.of(
            required("address", StripeParameter.ADDRESS),
            required("name", new StripeParameter.Text(5_000)),
            clearable("phone", new StripeParameter.Text(5_000))));
    private static final StripeParameter.Group INVOICE_SETTINGS = new StripeParameter.Group(List.of(
            notHere("custom_fields"),
            notHere("default_payment_method"),
            clearable("footer", new StripeParameter.Text(5_000)),
            notHere("rendering_options")));

    private final StripeStore store;
    private final StripeIds ids;
    private final List<StripeParameter> create;
    private final List<StripeParameter> update;

    CustomerType(StripeStore store, StripeIds ids) {
        this.store = store;
        this.ids = ids;
        List<StripeParameter> both = new ArrayList<>(List.of(
                clearable("address", StripeParameter.ADDRESS),
                optional("balance", new StripeParameter.Whole(-99_999_999_999L, 99_999_999_999L)),
                notHere("business_name"),
                notHere("cash_balance"),
                clearable("description", new StripeParameter.Text(5_000)),
                clearable("email", new StripeParameter.Email()),
                StripeParameter.EXPAND,
                notHere("individual_name"),
                optional("invoice_prefix", new StripeParameter.Text(12)),
                optional("invoice_settings", INVOICE_SETTINGS),
                StripeParameter.METADATA,
                clearable("name", new StripeParameter.Text(256)),
                optional("next_invoice_sequence", new StripeParameter.Whole(1, 999_999_999)),
                clearable("phone", new StripeParameter.Text(20)),
                clearable("preferred_locales", new StripeParameter.Texts()),
                clearable("shipping", SHIPPING),
                optional("source", new StripeParameter.Text(5_000)),
                notHere("tax"),
                clearable("tax_exempt", new StripeParameter.Choice(List.of("none", "exempt", "reverse"))),
                notHere("validate")));
        this.create = new ArrayList<>(both);
        create.addAll(List.of(notHere("payment_method"), notHere("tax_id_data"), notHere("test_clock")));
        this.update = new ArrayList<>(both);
        update.add(notHere("default_source"));
    }

    @Override
    public String object() {
        return "customer";
    }

    @Override
    public String path() {
        return "customers";
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
        return List.of(optional("email", new StripeParameter.Text(512)), notHere("test_clock"));
    }

    @Override
    public Map<String, Boolean> searchFields() {
        return Map.of("created", true, "email", false, "name", false, "phone", false);
    }

    @Override
    public Map<String, String> references() {
        return Map.of();
    }

    @Override
    public ObjectNode blank(String id, long created) {
        ObjectNode customer = Json.object().put("id", id).put("object", "customer");
        customer.putNull("address");
        customer.put("balance", 0).put("created", created).putNull("currency");
        customer.putNull("default_source").put("delinquent", false).putNull("description");
        customer.putNull("discount").putNull("email").putNull("invoice_prefix");
        customer.putObject("invoice_settings")
                .putNull("custom_fields")
                .putNull("default_payment_method")
                .putNull("footer")
                .putNull("rendering_options");
        customer.put("livemode", false).putObject("metadata");
        customer.putNull("name").put("next_invoice_sequence", 1).putNull("phone");
        customer.putArray("preferred_locales");
        return customer.putNull("shipping").put("tax_exempt", "none").putNull("test_clock");
    }

    @Override
    public String newId(ObjectNode values) {
        return ids.brief("cus_");
    }

    @Override
    public boolean listed(ObjectNode record, ObjectNode filters) {
        // Unlike a search, the filter of a list heeds upper and lower case.
        JsonNode email = filters.path("email");
        return email.isMissingNode() || email.equals(record.get("email"));
    }

    @Override
    public void complete(ObjectNode record, ObjectNode values, boolean creating) {
        if (values.hasNonNull("invoice_prefix")) {
            checkPrefix(record);
        } else if (creating) {
            record.put("invoice_prefix", ids.invoicePrefix());
        }
        JsonNode source = values.path("source");
        if (source.isTextual()) {
            record.put("default_source", card(source.textValue()));
        }
    }

    private void checkPrefix(ObjectNode record) {
        String prefix = record.path("invoice_prefix").asText();
        if (!prefix.matches("[A-Z0-9]{3,12}")) {
            throw StripeException.invalid(
                    null,
                    "Invalid invoice prefix: " + prefix + ". It must be 3 to 12 uppercase letters or numbers.",
                    "invoice_prefix");
        }
        boolean taken = store.live(object()).stream()
                .anyMatch(other -> other.path("invoice_prefix").asText().equals(prefix)
                        && !other.path("id").equals(record.path("id")));
        if (taken) {
            throw StripeException.invalid(
                    null, "The invoice prefix " + prefix + " is in use by another customer.", "invoice_prefix");
        }
    }

    /** The test tokens of Stripe's own documentation: most make a card, some are declined. */
    private String card(String token) {
        return switch (token) {
            case "tok_chargeDeclined" -> throw StripeException.declined("generic_decline", null);
            case "tok_chargeDeclinedInsufficientFunds" -> throw StripeException.declined("insufficient_funds", null);
            case "tok_visa", "tok_mastercard", "tok_amex" -> ids.whole("card_");
            default -> throw StripeException.missingReference("token", token, "source");
        };
    }

    @Override
    public boolean deletable() {
        return true;
    }

    @Override
    public boolean tombstones() {
        return true;
    }
}
