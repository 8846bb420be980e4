package io.penstock.adapters;

import org.jspecify.annotations.Nullable;

/**
 * One column of a synced table that the API knows.
 *
 * @param column name in Postgres
 * @param field name at the API: a field, a property, or a JSON pointer; only its adapter reads it
 * @param creatable may stand in an INSERT
 * @param updatable may stand in an UPDATE
 * @param nullable the API may answer without a value
 * @param label the API's name for people, for the column's comment
 */
public record ColumnMapping(
        String column,
        String field,
        ColumnType type,
        boolean creatable,
        boolean updatable,
        boolean nullable,
        @Nullable String label) {
    public ColumnMapping {
        if (column.isEmpty() || field.isEmpty()) {
            throw new IllegalArgumentException("a mapped column needs a name and a field");
        }
    }

    /** The same field as another column. */
    public ColumnMapping named(String name) {
        return new ColumnMapping(name, field, type, creatable, updatable, nullable, label);
    }
}
