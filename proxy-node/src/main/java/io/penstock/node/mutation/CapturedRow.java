package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Operation;
import org.jspecify.annotations.Nullable;

/**
 * One row that Postgres would have written, as {@code penstock.captured} holds it: column to value as {@code to_jsonb} gives it.
 *
 * @param relation oid of the table that the row was written to
 * @param oldRow before; null for an INSERT
 * @param newRow after; null for a DELETE
 */
public record CapturedRow(
        long relation,
        Operation operation,
        @Nullable ObjectNode oldRow,
        @Nullable ObjectNode newRow) {
    /** What the guard gives to an inserted row that has no key yet. */
    static final String PLACEHOLDER = "penstock:";

    public CapturedRow {
        if ((operation == Operation.INSERT) != (oldRow == null)
                || (operation == Operation.DELETE) != (newRow == null)) {
            throw new IllegalArgumentException("a captured " + operation + " has other rows");
        }
    }

    /** The row as it stands at the end of the statement: the new one, or for a DELETE the old one. */
    ObjectNode result() {
        ObjectNode row = newRow != null ? newRow : oldRow;
        if (row == null) {
            throw new IllegalStateException("a captured row is never empty");
        }
        return row;
    }

    /** The key before the statement; for an INSERT the key that the client gave or the guard's placeholder. */
    String key(String keyColumn) {
        ObjectNode row = oldRow != null ? oldRow : result();
        JsonNode key = row.path(keyColumn);
        return key.asText();
    }

    /** Names no values: they are the user's own and stay out of logs. */
    @Override
    public String toString() {
        return "CapturedRow[" + relation + ", " + operation + "]";
    }
}
