package io.penstock.adapters.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an operation takes records.
 *
 * @param form as a form and not as JSON
 * @param body as a definition has it, in YAML; null where it is not understood
 * @param row what is repeated for each record; null where the body is about one
 * @param fields that can be written, and what the document says about each
 * @param most records in a request; null where the document does not say
 */
record WriteShape(
        boolean form,
        @Nullable String body,
        @Nullable String row,
        Map<String, ObjectNode> fields,
        Set<String> required,
        @Nullable Integer most) {
    private static final String COLUMNS = "'${columns}'";
    private static final String TABLE_KEY = "row.key";
    private static final String TABLE_KEY_NUMBER = "row.key_number";

    /** @param key the member of a record that names it, where a body names records itself; null where the path does */
    static WriteShape of(
            OpenApiDocument document,
            Schemas schemas,
            ObjectNode operation,
            String resource,
            Set<String> known,
            @Nullable String key)
            throws ImportRefused {
        JsonNode content = document.resolved(operation.path("requestBody")).path("content");
        JsonNode json = Bodies.json(content);
        boolean form = json.isMissingNode();
        JsonNode schema = (form ? content.path("application/x-www-form-urlencoded") : json).path("schema");
        if (schema.isMissingNode()) {
            return new WriteShape(false, null, null, Map.of(), Set.of(), null);
        }
        ObjectNode body = schemas.whole(schema);
        RecordPlace place = RecordPlace.find(schemas, body, resource, known);
        if (place == null) {
            return new WriteShape(form, null, null, Map.of(), Set.of(), null);
        }
        String inner = inside(schemas, place.record(), known);
        ObjectNode written = inner == null ? place.record() : member(schemas, place.record(), inner);
        Set<String> required = new LinkedHashSet<>();
        written.path("required").forEach(name -> required.add(name.asText()));
        String values = inner == null ? COLUMNS : "{" + DraftText.scalar(inner) + ": " + COLUMNS + "}";
        String row = values;
        if (key != null) {
            ObjectNode named = member(schemas, place.record(), key);
            boolean integer = named.path("type").asText().equals("integer");
            // Key and values side by side would be one mapping of both, which a definition cannot say.
            row = inner == null
                    ? null
                    : "{" + DraftText.scalar(key) + ": '${" + (integer ? TABLE_KEY_NUMBER : TABLE_KEY) + "}', "
                            + DraftText.scalar(inner) + ": " + COLUMNS + "}";
        }
        if (!place.list()) {
            return new WriteShape(
                    form,
                    key == null ? wrapped(place.pointer(), values) : null,
                    null,
                    schemas.fields(written),
                    required,
                    null);
        }
        return new WriteShape(
                form,
                row == null ? null : wrapped(place.pointer(), place.pointer().isEmpty() ? "['${rows}']" : "'${rows}'"),
                row,
                schemas.fields(written),
                required,
                place.most());
    }

    private static ObjectNode member(Schemas schemas, ObjectNode record, String name) throws ImportRefused {
        return schemas.whole(record.path("properties").path(name));
    }

    /** The member that has the fields, where a record of the body is not the record itself. */
    private static @Nullable String inside(Schemas schemas, ObjectNode record, Set<String> known) throws ImportRefused {
        long here = known.stream().filter(record.path("properties")::has).count();
        for (Map.Entry<String, ObjectNode> member : schemas.fields(record).entrySet()) {
            long there = known.stream()
                    .filter(member.getValue().path("properties")::has)
                    .count();
            if (Schemas.isObject(member.getValue()) && there > here && there > 1) {
                return member.getKey();
            }
        }
        return null;
    }

    private static String wrapped(String pointer, String value) {
        return pointer.isEmpty()
                ? value
                : "{" + DraftText.scalar(pointer.substring(1).replace("~1", "/").replace("~0", "~")) + ": " + value
                        + "}";
    }
}
