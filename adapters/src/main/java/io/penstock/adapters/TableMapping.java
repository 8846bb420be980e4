package io.penstock.adapters;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One synced table and what it is at the API. Columns of the Postgres table that are not in here are local: never sent, never read.
 *
 * @param object the API's name of the table: object, type, collection
 * @param keyColumn holds the API's own id; one of {@code columns}
 * @param correlationField field at the API that carries {@code <mutation id>:<ordinal>} of an INSERT, so that a lost answer can be found again
 * @param modifiedColumn when the row was last changed at the API, by the API's clock; what the poll follows
 * @param options what only this API knows, such as the base of a table; only its adapter reads it
 */
public record TableMapping(
        String schema,
        String table,
        String object,
        String keyColumn,
        List<ColumnMapping> columns,
        @Nullable String correlationField,
        @Nullable String modifiedColumn,
        RowLimits limits,
        @Nullable String label,
        Map<String, String> options) {
    public TableMapping {
        columns = List.copyOf(columns);
        options = Map.copyOf(options);
        Set<String> names = new HashSet<>();
        for (ColumnMapping column : columns) {
            if (!names.add(column.column())) {
                throw new IllegalArgumentException("column " + column.column() + " is mapped twice");
            }
        }
        if (!names.contains(keyColumn)) {
            throw new IllegalArgumentException("key column " + keyColumn + " is not mapped");
        }
        if (modifiedColumn != null && !names.contains(modifiedColumn)) {
            throw new IllegalArgumentException("modified column " + modifiedColumn + " is not mapped");
        }
    }

    /** The mapped column of this name, or null where the column is local. */
    public @Nullable ColumnMapping column(String name) {
        for (ColumnMapping column : columns) {
            if (column.column().equals(name)) {
                return column;
            }
        }
        return null;
    }

    /** The column that holds this field of the API, or null. Field names are compared without case, as most APIs do. */
    public @Nullable ColumnMapping columnOfField(String field) {
        for (ColumnMapping column : columns) {
            if (column.field().equalsIgnoreCase(field)) {
                return column;
            }
        }
        return null;
    }

    /** The mapping of the key column. */
    public ColumnMapping key() {
        ColumnMapping key = column(keyColumn);
        if (key == null) {
            throw new IllegalStateException("key column " + keyColumn + " is not mapped");
        }
        return key;
    }
}
