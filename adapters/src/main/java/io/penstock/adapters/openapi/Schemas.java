package io.penstock.adapters.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Schemas as far as a table needs them: what is said with references, allOf, oneOf and anyOf is put into one object, whose {@code type} is one word,
 * with {@code nullable} beside it and {@code x-mixed} where it may be this or that.
 */
final class Schemas {
    static final String MIXED = "x-mixed";
    private static final int DEEPEST = 30;

    private final OpenApiDocument document;

    Schemas(OpenApiDocument document) {
        this.document = document;
    }

    /** The schema with nothing left to look up at its own level; that of a property is still as it stands. */
    ObjectNode whole(JsonNode schema) throws ImportRefused {
        return whole(schema, 0);
    }

    private ObjectNode whole(JsonNode schema, int depth) throws ImportRefused {
        document.step();
        if (depth > DEEPEST) {
            throw new ImportRefused(
                    "a schema is made of itself, or of more than " + DEEPEST + " others in one another");
        }
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        if (!(document.resolved(schema) instanceof ObjectNode given)) {
            return whole;
        }
        for (JsonNode part : given.path("allOf")) {
            merge(whole, whole(part, depth + 1));
        }
        ObjectNode own = given.objectNode();
        own.setAll(given);
        own.remove(List.of("allOf", "oneOf", "anyOf"));
        merge(whole, own);
        for (String choice : List.of("oneOf", "anyOf")) {
            if (given.path(choice).isArray()) {
                choose(whole, given.path(choice), depth);
            }
        }
        type(whole);
        return whole;
    }

    /** What the second says is added; where both say something the second is right. */
    private static void merge(ObjectNode into, ObjectNode other) {
        other.properties().forEach(entry -> {
            JsonNode before = into.get(entry.getKey());
            if (entry.getKey().equals("properties")
                    && before instanceof ObjectNode known
                    && entry.getValue() instanceof ObjectNode more) {
                ObjectNode both = known.objectNode();
                both.setAll(known);
                both.setAll(more);
                into.set("properties", both);
            } else if (entry.getKey().equals("required") && before instanceof ArrayNode known) {
                ArrayNode both = known.arrayNode();
                both.addAll(known);
                entry.getValue().forEach(both::add);
                into.set("required", both);
            } else {
                into.set(entry.getKey(), entry.getValue());
            }
        });
    }

    /** One of several: null makes it nullable, a single other one is it, objects have the fields of all. */
    private void choose(ObjectNode whole, JsonNode variants, int depth) throws ImportRefused {
        List<ObjectNode> others = new ArrayList<>();
        for (JsonNode variant : variants) {
            ObjectNode one = whole(variant, depth + 1);
            if (one.path("type").asText().equals("null")) {
                whole.put("nullable", true);
            } else {
                others.add(one);
            }
        }
        Set<String> types = new HashSet<>();
        others.forEach(one -> types.add(one.path("type").asText()));
        if (others.size() == 1) {
            ObjectNode only = others.getFirst();
            only.properties().forEach(entry -> {
                if (!whole.has(entry.getKey())) {
                    whole.set(entry.getKey(), entry.getValue());
                }
            });
        } else if (types.size() == 1 && !types.contains("")) {
            String type = types.iterator().next();
            whole.put("type", type);
            if (type.equals("object")) {
                for (ObjectNode one : others) {
                    ObjectNode fields = one.objectNode();
                    fields.set("properties", one.path("properties"));
                    merge(whole, fields);
                }
            }
        } else if (!others.isEmpty() && !whole.path("type").isTextual()) {
            whole.put(MIXED, true);
        }
    }

    /** A single word for the type, also where the document only lets one guess it. */
    private static void type(ObjectNode whole) {
        JsonNode type = whole.path("type");
        if (type.isArray()) {
            Set<String> names = new HashSet<>();
            type.forEach(name -> names.add(name.asText()));
            if (names.remove("null")) {
                whole.put("nullable", true);
            }
            if (names.equals(Set.of("integer", "number"))) {
                names.remove("integer");
            }
            if (names.size() == 1) {
                whole.put("type", names.iterator().next());
            } else {
                whole.remove("type");
                whole.put(MIXED, !names.isEmpty());
            }
        } else if (type.isMissingNode()) {
            if (whole.path("properties").isObject()) {
                whole.put("type", "object");
            } else if (whole.has("items")) {
                whole.put("type", "array");
            } else {
                byValues(whole);
            }
        }
    }

    private static void byValues(ObjectNode whole) {
        JsonNode value =
                whole.has("const") ? whole.path("const") : whole.path("enum").path(0);
        if (value.isTextual()) {
            whole.put("type", "string");
        } else if (value.isIntegralNumber()) {
            whole.put("type", "integer");
        } else if (value.isNumber()) {
            whole.put("type", "number");
        } else if (value.isBoolean()) {
            whole.put("type", "boolean");
        }
    }

    /** The fields of an object, each whole; empty for anything else. */
    Map<String, ObjectNode> fields(ObjectNode whole) throws ImportRefused {
        Map<String, ObjectNode> fields = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : whole.path("properties").properties()) {
            fields.put(property.getKey(), whole(property.getValue()));
        }
        return fields;
    }

    /** What an array holds. */
    ObjectNode items(ObjectNode array) throws ImportRefused {
        return whole(array.path("items"));
    }

    static boolean isObject(ObjectNode whole) {
        return whole.path("type").asText().equals("object");
    }

    static boolean isArray(ObjectNode whole) {
        return whole.path("type").asText().equals("array");
    }
}
