package io.penstock.adapters;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of a mutation as Postgres evaluated it.
 *
 * @param ordinal place of the row in its statement, from 0
 * @param key the API's id of the row; null for an INSERT
 * @param values column to value as Postgres's {@code to_jsonb} gives it, only assigned columns that the mapping knows; not changed once handed over
 */
public record RowChange(int ordinal, @Nullable String key, ObjectNode values) {
    /** Names columns only: values are the user's own and stay out of logs. */
    @Override
    public String toString() {
        return "RowChange[" + ordinal + ", " + key + ", "
                + values.properties().stream().map(Map.Entry::getKey).toList() + "]";
    }
}
