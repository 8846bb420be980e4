package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one record.
 *
 * @param id of the record if there is one, also when the change was refused
 * @param created whether an upsert made it; null where that is not said
 */
record SaveResult(
        @Nullable String id,
        List<RecordError> errors,
        @Nullable Boolean created) {
    static SaveResult saved(String id) {
        return new SaveResult(id, List.of(), null);
    }

    static SaveResult refused(@Nullable String id, List<RecordError> errors) {
        return new SaveResult(id, errors, null);
    }

    SaveResult upserted(boolean made) {
        return new SaveResult(id, errors, made);
    }

    /** The same record as if it had never been saved. A created one has no id then. */
    SaveResult rolledBack(boolean wasCreated) {
        return errors.isEmpty()
                ? new SaveResult(wasCreated ? null : id, List.of(RecordError.ROLLED_BACK), created)
                : this;
    }

    boolean success() {
        return errors.isEmpty();
    }

    ObjectNode json() {
        ObjectNode node = Json.object();
        if (id != null) {
            node.put("id", id);
        }
        node.put("success", success());
        ArrayNode list = node.putArray("errors");
        errors.forEach(error -> list.add(error.json("statusCode")));
        if (created != null && success()) {
            node.put("created", created.booleanValue());
        }
        return node;
    }
}
