package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.util.List;

/** Why one record was refused. In collections the code is called {@code statusCode}, at a single record {@code errorCode}. */
record RecordError(String code, String message, List<String> fields) {
    static final RecordError ROLLED_BACK = new RecordError(
            "ALL_OR_NONE_OPERATION_ROLLED_BACK",
            "Record rolled back because not all records were valid and the request was using AllOrNone header",
            List.of());
    static final RecordError DELETED = new RecordError("ENTITY_IS_DELETED", "entity is deleted", List.of());
    static final RecordError NO_SUCH_RECORD =
            new RecordError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", List.of());

    static RecordError of(String code, String message, String... fields) {
        return new RecordError(code, message, List.of(fields));
    }

    ObjectNode json(String nameOfCode) {
        ObjectNode node = Json.object().put(nameOfCode, code).put("message", message);
        ArrayNode names = node.putArray("fields");
        fields.forEach(names::add);
        return node;
    }
}
