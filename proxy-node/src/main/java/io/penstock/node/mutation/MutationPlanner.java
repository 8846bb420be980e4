package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Plan;
import io.penstock.adapters.RowChange;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.sql.Dml;
import io.penstock.protocol.sql.OnConflict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Turns captured rows into what is asked of the API, or into the reason why nothing will be. Pure.
 *
 * <p>What is sent of a row: for an INSERT the columns that the statement names and those that a default filled in; for an UPDATE the columns
 * that it assigns (also to the value that they have: the API's may differ) and those that a trigger changed. Columns that the API does not
 * know are local and never sent.
 */
final class MutationPlanner {
    private final SyncedTable table;

    MutationPlanner(SyncedTable table) {
        this.table = table;
    }

    /** The plan of one statement. */
    sealed interface Planned {
        /** No row matches: the statement is done and nothing is sent. */
        record Nothing() implements Planned {}

        /** Only local columns change: Postgres alone stores them. */
        record LocalOnly() implements Planned {}

        /** Requests for the API. */
        record Requests(Mutation mutation, List<ApiCall> calls) implements Planned {}

        /** Refused; nothing is sent. */
        record Refused(PgError error) implements Planned {}
    }

    /** @param rows at most one more than the bound of the capture */
    Planned plan(UUID id, Dml dml, List<CapturedRow> rows) {
        Operation operation = Operation.valueOf(dml.operation().name());
        for (CapturedRow row : rows) {
            if (row.relation() != table.relation() || row.operation() != operation) {
                // A function or trigger under the statement wrote to a synced table: one statement is one request, and
                // this would be another.
                return refused(ErrorCode.SHAPE_NOT_UNDERSTOOD.error(
                        table.name(), "it also changes rows of a synced table in another way"));
            }
        }
        if (rows.isEmpty()) {
            return new Planned.Nothing();
        }
        int limit = table.adapter().capabilities(table.mapping(), operation).maxRows();
        if (rows.size() > limit) {
            return refused(ErrorCode.TOO_MANY_ROWS.error(operation, table.name(), rows.size(), limit));
        }
        List<RowChange> changes = new ArrayList<>(rows.size());
        for (int ordinal = 0; ordinal < rows.size(); ordinal++) {
            CapturedRow row = rows.get(ordinal);
            String unknown = unknown(dml, row);
            if (unknown != null) {
                return refused(ErrorCode.COLUMN_NOT_KNOWN.error(unknown, table.name()));
            }
            String keyColumn = table.mapping().keyColumn();
            String key = row.key(keyColumn);
            switch (operation) {
                case INSERT -> {
                    if (!key.startsWith(CapturedRow.PLACEHOLDER)) {
                        return refused(ErrorCode.API_READ_ONLY_COLUMN.error(
                                table.adapter().api(), keyColumn));
                    }
                }
                case UPDATE -> {
                    if (!key.equals(row.result().path(keyColumn).asText())
                            || dml.assignedColumns().contains(keyColumn)) {
                        return refused(ErrorCode.KEY_CHANGE_REFUSED.error(keyColumn, table.name()));
                    }
                }
                case DELETE -> {
                    // a key of the table as it stands
                }
            }
            changes.add(new RowChange(ordinal, operation == Operation.INSERT ? null : key, sent(dml, row)));
        }
        if (operation == Operation.UPDATE
                && changes.stream().allMatch(change -> change.values().isEmpty())) {
            return new Planned.LocalOnly();
        }
        String upsertOn = dml.onConflict() == OnConflict.DO_UPDATE ? table.upsertColumn(dml) : null;
        PgError undecided = upsertOn == null ? null : undecided(changes, upsertOn);
        if (undecided != null) {
            return refused(undecided);
        }
        Mutation mutation = new Mutation(id, operation, table.mapping(), changes, upsertOn);
        return switch (table.adapter().plan(mutation)) {
            case Plan.Planned(List<ApiCall> calls) ->
                calls.isEmpty() ? new Planned.LocalOnly() : new Planned.Requests(mutation, calls);
            case Plan.Refused(var rejection) -> refused(ApiErrors.of(table, rejection));
        };
    }

    /** A column that the statement writes and that is younger than the node: its value would be stored nowhere, or not be sent. */
    private @Nullable String unknown(Dml dml, CapturedRow row) {
        List<String> named = row.operation() == Operation.INSERT ? dml.insertColumns() : dml.assignedColumns();
        ObjectNode newRow = row.newRow();
        if (newRow != null && named.isEmpty()) {
            return newRow.properties().stream()
                    .filter(field -> !field.getValue().isNull())
                    .map(Map.Entry::getKey)
                    .filter(column -> !table.knows(column))
                    .findFirst()
                    .orElse(null);
        }
        return named.stream().filter(column -> !table.knows(column)).findFirst().orElse(null);
    }

    /** Why the API could not decide by the values of that column which rows it has; null where it can. */
    private @Nullable PgError undecided(List<RowChange> changes, String upsertOn) {
        Set<JsonNode> values = new HashSet<>();
        for (RowChange change : changes) {
            JsonNode value = change.values().get(upsertOn);
            if (value == null || value.isNull()) {
                return ErrorCode.UPSERT_WITHOUT_VALUE.error(upsertOn, table.name());
            }
            if (!values.add(value)) {
                return ErrorCode.UPSERT_TWICE.error();
            }
        }
        return null;
    }

    private ObjectNode sent(Dml dml, CapturedRow row) {
        ObjectNode values = JsonNodeFactory.instance.objectNode();
        ObjectNode newRow = row.newRow();
        if (newRow == null) {
            return values;
        }
        for (Map.Entry<String, JsonNode> field : newRow.properties()) {
            ColumnMapping column = table.mapping().column(field.getKey());
            if (column != null
                    && !column.column().equals(table.mapping().keyColumn())
                    && isSent(dml, row, column, field.getValue())) {
                values.set(field.getKey(), field.getValue());
            }
        }
        return values;
    }

    private static boolean isSent(Dml dml, CapturedRow row, ColumnMapping column, JsonNode value) {
        ObjectNode oldRow = row.oldRow();
        if (oldRow != null) {
            return dml.assignedColumns().contains(column.column())
                    || !Objects.equals(oldRow.get(column.column()), value);
        }
        boolean named = dml.insertColumns().contains(column.column());
        if (dml.onConflict() == OnConflict.DO_UPDATE) {
            // A default is for a new row, and must not overwrite what a row that is there has.
            return named;
        }
        // NULL or DEFAULT for a column that the API fills itself writes nothing; any other value for it is the
        // adapter's to refuse.
        return value.isNull() ? named && column.creatable() : named || column.creatable();
    }

    private static Planned refused(PgError error) {
        return new Planned.Refused(error);
    }
}
