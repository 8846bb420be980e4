package io.penstock.protocol.sql;

import java.util.List;

/**
 * {@code ON CONFLICT (columns) DO UPDATE SET column = EXCLUDED.column, ...}: the one conflict clause that says no more than that a row which is there
 * becomes the row that would have been inserted. Any other has its own idea of what becomes of it.
 *
 * @param columns whose values decide, decoded
 * @param assigned the columns that are assigned, decoded, in order, repeats kept
 */
public record Upsert(List<String> columns, List<String> assigned) {
    public Upsert {
        columns = List.copyOf(columns);
        assigned = List.copyOf(assigned);
        if (columns.isEmpty() || assigned.isEmpty()) {
            throw new IllegalArgumentException("an upsert decides by a column, and assigns one");
        }
    }
}
