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
import java.util.Objects;

/** Products: the one type here whose id may be chosen by who makes it. */
final class ProductType implements StripeType {
    private static final StripeParameter.Decimal DECIMAL = new StripeParameter.Decimal();
    private static final StripeParameter.Group DIMENSIONS = new StripeParameter.Group(List.of(
            required("height", DECIMAL),
            required("length", DECIMAL),
            required("weight", DECIMAL),
            required("width", DECIMAL)));

    private final StripeStore store;
    private final StripeIds ids;
    private final List<StripeParameter> create;
    private final List<StripeParameter> update;

    ProductType(StripeStore store, StripeIds ids) {
        this.store = store;
        this.ids = ids;
        List<StripeParameter> both = List.of(
                optional("active", new StripeParameter.Flag()),
                clearable("description", new StripeParameter.Text(40_000)),
                StripeParameter.EXPAND,
                clearable("images", new StripeParameter.Texts()),
                notHere("marketing_features"),
                StripeParameter.METADATA,
                clearable("package_dimensions", DIMENSIONS),
                optional("shippable", new StripeParameter.Flag()),
                clearable("statement_descriptor", new StripeParameter.Text(22)),
                clearable("tax_code", new StripeParameter.Text(5_000)),
                clearable("unit_label", new StripeParameter.Text(12)),
                clearable("url", new StripeParameter.Text(5_000)));
        this.create = new ArrayList<>(both);
        create.add(required("name", new StripeParameter.Text(5_000)));
        create.add(optional("id", new StripeParameter.Text(5_000)));
        create.add(optional("type", new StripeParameter.Choice(List.of("good", "service"))));
        create.add(notHere("default_price_data"));
        this.update = new ArrayList<>(both);
        update.add(optional("name", new StripeParameter.Text(5_000)));
        update.add(optional("default_price", new StripeParameter.Text(5_000)));
    }

    @Override
    public String object() {
        return "product";
    }

    @Override
    public String path() {
        return "products";
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
                optional("ids", new StripeParameter.Texts()),
                optional("shippable", new StripeParameter.Flag()),
                optional("type", new StripeParameter.Text(5_000)),
                optional("url", new StripeParameter.Text(5_000)));
    }

    @Override
    public Map<String, Boolean> searchFields() {
        return Map.of("active", false, "description", false, "name", false, "shippable", false, "url", false);
    }

    @Override
    public Map<String, String> references() {
        return Map.of("default_price", "price");
    }

    @Override
    public ObjectNode blank(String id, long created) {
        ObjectNode product = Json.object().put("id", id).put("object", "product");
        product.put("active", true).put("created", created).putNull("default_price");
        product.putNull("description").putArray("images");
        product.put("livemode", false).putArray("marketing_features");
        product.putObject("metadata");
        product.putNull("name").putNull("package_dimensions").putNull("shippable");
        product.putNull("statement_descriptor").putNull("tax_code").put("type", "service");
        return product.putNull("unit_label").put("updated", created).putNull("url");
    }

    @Override
    public String newId(ObjectNode values) {
        String wanted = values.path("id").asText("");
        if (wanted.isEmpty()) {
            return ids.brief("prod_");
        }
        // An id that was deleted stays used.
        if (store.get(object(), wanted) != null || store.deleted(object(), wanted)) {
            throw StripeException.invalid("resource_already_exists", "Product already exists.", "id");
        }
        return wanted;
    }

    @Override
    public boolean listed(ObjectNode record, ObjectNode filters) {
        JsonNode wanted = filters.path("ids");
        boolean named = wanted.isMissingNode();
        for (JsonNode id : wanted) {
            named |= id.equals(record.path("id"));
        }
        return named && equal(record, filters, "active", "shippable", "type", "url");
    }

    static boolean equal(ObjectNode record, ObjectNode filters, String... names) {
        for (String name : names) {
            if (filters.has(name) && !Objects.equals(filters.get(name), record.get(name))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void complete(ObjectNode record, ObjectNode values, boolean creating) {
        JsonNode price = values.path("default_price");
        if (price.isTextual()) {
            ObjectNode found = store.get("price", price.textValue());
            if (found == null || !found.path("product").equals(record.path("id"))) {
                throw StripeException.missingReference("price", price.textValue(), "default_price");
            }
        }
        numbers(record.path("package_dimensions"));
    }

    /** Sizes are numbers in the answer, though prices keep theirs as text. */
    private static void numbers(JsonNode dimensions) {
        if (dimensions instanceof ObjectNode group) {
            group.properties().forEach(each -> {
                if (each.getValue().isTextual()) {
                    each.setValue(Json.object()
                            .numberNode(new java.math.BigDecimal(each.getValue().textValue())));
                }
            });
        }
    }

    @Override
    public boolean deletable() {
        return true;
    }

    @Override
    public void checkDeletion(ObjectNode record) {
        boolean priced = store.live("price").stream()
                .anyMatch(price -> price.path("product").equals(record.path("id")));
        if (priced) {
            throw StripeException.invalid(
                    null, "This product cannot be deleted because it has one or more user-created prices.", null);
        }
    }

    @Override
    public boolean tombstones() {
        return false;
    }
}
