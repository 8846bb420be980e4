package io.penstock.sandbox.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code expand[]=default_price}: puts the object in place of its id, up to four levels deep. */
final class Expansion {
    private static final int DEEPEST = 4;
    /** What a customer shows only when it is asked for; there are none of these here. */
    private static final Set<String> LISTS = Set.of("sources", "subscriptions", "tax_ids");

    private final Map<String, StripeType> types;
    private final StripeStore store;

    Expansion(Map<String, StripeType> types, StripeStore store) {
        this.types = types;
        this.store = store;
    }

    /** Expands in place. */
    void apply(ObjectNode answer, JsonNode wanted) {
        for (JsonNode path : wanted) {
            List<String> names = List.of(path.asText().split("\\.", -1));
            if (names.size() > DEEPEST) {
                throw StripeException.invalid(
                        null, "You cannot expand more than 4 levels of a property (" + path.asText() + ").", "expand");
            }
            expand(answer, names, path.asText());
        }
    }

    private void expand(JsonNode node, List<String> names, String path) {
        if (names.isEmpty() || !(node instanceof ObjectNode object)) {
            return;
        }
        String name = names.getFirst();
        List<String> rest = names.subList(1, names.size());
        boolean list = object.path("data").isArray();
        if (list && name.equals("data") && !rest.isEmpty()) {
            object.path("data").forEach(element -> expand(element, rest, path));
            return;
        }
        if (list && name.equals("total_count") && rest.isEmpty()) {
            return;
        }
        JsonNode value = object.path(name);
        String target = target(object, name);
        if (target != null) {
            if (value.isTextual()) {
                object.set(name, referenced(target, value.textValue()));
            }
            expand(object.path(name), rest, path);
        } else if (object.path("object").asText().equals("customer") && LISTS.contains(name)) {
            ObjectNode empty = object.putObject(name).put("object", "list");
            empty.putArray("data");
            empty.put("has_more", false)
                    .put("url", "/v1/customers/" + object.path("id").asText() + "/" + name);
        } else {
            throw StripeException.invalid(null, "This property cannot be expanded (" + path + ").", "expand");
        }
    }

    private @Nullable String target(ObjectNode object, String name) {
        StripeType type = types.get(object.path("object").asText());
        return type == null ? null : type.references().get(name);
    }

    private ObjectNode referenced(String object, String id) {
        ObjectNode found = store.get(object, id);
        return found == null ? StripeStore.tombstone(object, id) : found.deepCopy();
    }

    /** A list or search result as the API frames it. */
    static ObjectNode frame(String object, String url, boolean more, List<ObjectNode> page) {
        ObjectNode list = Json.object().put("object", object);
        page.forEach(each -> list.withArray("data").add(each.deepCopy()));
        if (page.isEmpty()) {
            list.putArray("data");
        }
        return list.put("has_more", more).put("url", url);
    }
}
