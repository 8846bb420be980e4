package io.penstock.adapters;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One statement's rows, evaluated by Postgres, for one table of one API.
 *
 * @param id the journal's id of the statement; what idempotency keys and correlation values are made of
 * @param rows at least one, ordinals 0, 1, 2 ...; a statement without rows never gets this far
 * @param upsertOn the column by whose value an INSERT updates the row that is there already; null where it does not
 */
public record Mutation(
        UUID id,
        Operation operation,
        TableMapping table,
        List<RowChange> rows,
        @Nullable String upsertOn) {
    public Mutation(UUID id, Operation operation, TableMapping table, List<RowChange> rows) {
        this(id, operation, table, rows, null);
    }

    public Mutation {
        rows = List.copyOf(rows);
        if (upsertOn != null && (operation != Operation.INSERT || table.column(upsertOn) == null)) {
            throw new IllegalArgumentException("only an INSERT updates what is there, by a mapped column");
        }
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("a mutation has at least one row");
        }
        for (int i = 0; i < rows.size(); i++) {
            RowChange row = rows.get(i);
            if (row.ordinal() != i) {
                throw new IllegalArgumentException("row " + i + " has ordinal " + row.ordinal());
            }
            if (operation != Operation.INSERT && (row.key() == null || row.key().isEmpty())) {
                throw new IllegalArgumentException(operation + " of a row without a key");
            }
        }
    }

    /** Whether a row of it can only be a new one: then there is nothing that a NULL could clear. */
    public boolean creates() {
        return operation == Operation.INSERT && upsertOn == null;
    }

    /** Whether the API takes a value for the column, of every row that the statement may come upon. */
    public boolean writes(ColumnMapping column) {
        return switch (operation) {
            case INSERT ->
                column.creatable()
                        && (creates() || column.updatable() || column.column().equals(upsertOn));
            case UPDATE, DELETE -> column.updatable();
        };
    }

    /** What the correlation field of one row of an INSERT holds. */
    public String correlation(int ordinal) {
        return id + ":" + ordinal;
    }
}
