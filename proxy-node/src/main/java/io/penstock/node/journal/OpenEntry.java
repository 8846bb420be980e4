package io.penstock.node.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Operation;
import io.penstock.adapters.RowChange;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An open entry as recovery finds it.
 *
 * @param upsertOn as {@link io.penstock.adapters.Mutation#upsertOn}
 * @param local as {@link JournalEntry#local}, but one object for each row in any case
 * @param answer what the API has said, where the journal holds it
 * @param attempts how often recovery has tried before
 * @param sinceDeadline how long ago the node that wrote it stopped sending, by the database's clock; negative while it still may
 */
record OpenEntry(
        UUID id,
        JournalState state,
        String schema,
        String table,
        Operation operation,
        @Nullable String upsertOn,
        List<RowChange> rows,
        List<ObjectNode> local,
        @Nullable Answer answer,
        int attempts,
        Duration sinceDeadline) {
    OpenEntry {
        rows = List.copyOf(rows);
        local = List.copyOf(local);
        if (!state.open()) {
            throw new IllegalArgumentException("nothing is left to do about an entry that is " + state);
        }
    }

    OpenEntry withAnswer(Answer known) {
        return new OpenEntry(
                id, state, schema, table, operation, upsertOn, rows, local, known, attempts, sinceDeadline);
    }
}
