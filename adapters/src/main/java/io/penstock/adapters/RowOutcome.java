package io.penstock.adapters;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** What became of one row. */
public sealed interface RowOutcome {
    int ordinal();

    /**
     * The API has it.
     *
     * @param key the API's id
     * @param canonical column to value of all mapped columns, in the form that {@code jsonb_populate_record} takes; null where the answer
     *     does not carry it (then {@link Adapter#readBack}), and for a DELETE
     */
    record Applied(int ordinal, String key, @Nullable ObjectNode canonical) implements RowOutcome {
        @Override
        public String toString() {
            return "Applied[" + ordinal + ", " + key + "]";
        }
    }

    /** The API refused it, certainly. */
    record Rejected(int ordinal, Rejection rejection) implements RowOutcome {}
}
