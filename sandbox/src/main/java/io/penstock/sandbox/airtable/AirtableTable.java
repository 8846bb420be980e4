package io.penstock.sandbox.airtable;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of a base.
 *
 * @param fields the first is the primary one, by whose text others link to a record
 */
record AirtableTable(String id, String name, List<AirtableField> fields) {
    AirtableField primary() {
        return fields.getFirst();
    }

    /** By its name or its id. */
    @Nullable
    AirtableField field(String called) {
        return fields.stream()
                .filter(field -> field.isCalled(called))
                .findFirst()
                .orElse(null);
    }

    /** One that is there. */
    AirtableField named(String called) {
        return fields.stream()
                .filter(field -> field.isCalled(called))
                .findFirst()
                .orElseThrow();
    }

    boolean isCalled(String given) {
        return given.equals(name) || given.equals(id);
    }

    ObjectNode describe(AirtableBase base) {
        ObjectNode node = Json.object()
                .put("id", id)
                .put("name", name)
                .put("primaryFieldId", primary().id());
        ArrayNode list = node.putArray("fields");
        fields.forEach(field -> list.add(field.describe(base)));
        node.putArray("views")
                .addObject()
                .put("id", "viw" + id.substring(3))
                .put("name", "Grid view")
                .put("type", "grid");
        return node;
    }
}
