package io.penstock.adapters.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.Details;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Plan;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.TableMapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plans writes: one request for all rows, or one for each where the API knows no other way. */
final class DefinitionWrites {
    private final Definition definition;

    DefinitionWrites(Definition definition) {
        this.definition = definition;
    }

    /** @param verb null where the table has none for this operation */
    Plan plan(Mutation mutation, TableRule table, @Nullable VerbRule verb, int maxRows) {
        Rejection refusal = refusal(mutation, table, maxRows);
        if (refusal != null || verb == null) {
            return new Plan.Refused(refusal == null ? unsupported(mutation) : refusal);
        }
        if (mutation.operation() == Operation.UPDATE
                && mutation.rows().stream().allMatch(row -> row.values().isEmpty())) {
            return new Plan.Planned(List.of());
        }
        TableNames names = TableNames.of(mutation);
        List<TableNames> rows = new ArrayList<>();
        for (RowChange row : mutation.rows()) {
            ObjectNode columns = Json.object();
            Rejection unfit = fill(columns, mutation, row, table);
            if (unfit != null) {
                return new Plan.Refused(unfit);
            }
            rows.add(names.row(mutation, row, columns));
        }
        VerbRule.Form form = verb.form(rows.size());
        if (form != verb.many()) {
            List<ApiCall> calls = new ArrayList<>();
            for (int ordinal = 0; ordinal < rows.size(); ordinal++) {
                calls.add(call(mutation, verb, form.request(), rows.get(ordinal), List.of(ordinal)));
            }
            return new Plan.Planned(calls);
        }
        List<Integer> ordinals =
                mutation.rows().stream().map(RowChange::ordinal).toList();
        return new Plan.Planned(
                List.of(call(mutation, verb, form.request(), names.rows(form.request(), rows), ordinals)));
    }

    private ApiCall call(
            Mutation mutation, VerbRule verb, RequestRule request, TableNames names, List<Integer> ordinals) {
        String header = verb.idempotencyHeader();
        // the same for the same rows of the same statement, whenever it is planned
        String key = header == null ? null : mutation.correlation(ordinals.getFirst());
        Map<String, String> headers = new LinkedHashMap<>(definition.headers());
        if (header != null && key != null) {
            headers.put(header, key);
        }
        return new ApiCall(
                request.method(),
                Requests.path(request, names),
                headers,
                Requests.body(request, names),
                ordinals,
                DefinitionLimits.costs(
                        definition, request, true, mutation.operation() == Operation.INSERT ? ordinals.size() : 0),
                key,
                true);
    }

    private static @Nullable Rejection refusal(Mutation mutation, TableRule rule, int maxRows) {
        TableMapping table = mutation.table();
        int count = mutation.rows().size();
        if (count > maxRows) {
            String limit = table.schema() + "." + table.table() + " takes at most " + maxRows + " rows per "
                    + mutation.operation() + ", the statement has " + count + ".";
            return maxRows == 0
                    ? unsupported(mutation)
                    : new Rejection(ErrorClass.TOO_MANY, null, null, "ROW_LIMIT", limit);
        }
        for (RowChange row : mutation.rows()) {
            String key = row.key();
            if (key != null
                    && mutation.operation() != Operation.INSERT
                    && !rule.keyPattern().matcher(key).matches()) {
                String message = "Key (" + table.keyColumn() + ")=(" + key + ") is not an id of the API.";
                return new Rejection(ErrorClass.FORMAT, row.ordinal(), table.keyColumn(), "MALFORMED_KEY", message);
            }
        }
        return null;
    }

    private static Rejection unsupported(Mutation mutation) {
        TableMapping table = mutation.table();
        return new Rejection(
                ErrorClass.UNSUPPORTED,
                null,
                null,
                "NO_SUCH_VERB",
                "The API has no " + mutation.operation() + " for " + table.schema() + "." + table.table() + ".");
    }

    /** Puts the row's values where their fields are; the reason where one cannot be sent. */
    private static @Nullable Rejection fill(ObjectNode columns, Mutation mutation, RowChange row, TableRule rule) {
        TableMapping table = mutation.table();
        FieldPaths paths = new FieldPaths(rule.values());
        boolean insert = mutation.operation() == Operation.INSERT;
        for (Map.Entry<String, JsonNode> assigned : row.values().properties()) {
            ColumnMapping column = table.column(assigned.getKey());
            JsonNode value = assigned.getValue();
            if (column == null) {
                String message = "Column " + assigned.getKey() + " is not mapped to a field of the API.";
                return new Rejection(ErrorClass.UNKNOWN_COLUMN, row.ordinal(), assigned.getKey(), "UNMAPPED", message);
            }
            boolean writable = mutation.writes(column);
            if (mutation.creates() && value.isNull()) {
                // SQL's DEFAULT is a NULL by now, and a new row has nothing that could be cleared: the API decides
                continue;
            }
            if (!writable) {
                String message = "Key (" + column.column() + ") cannot be written at the API.";
                return new Rejection(ErrorClass.READ_ONLY, row.ordinal(), column.column(), "READ_ONLY", message);
            }
            ValueCodec codec = new ValueCodec(rule.encoding(column.field()));
            switch (codec.toApi(column.type(), value)) {
                case ValueCodec.Converted.Value(JsonNode json) -> paths.write(columns, column.field(), json);
                case ValueCodec.Converted.Unfit(ErrorClass errorClass, String reason) -> {
                    String key = Details.key(mutation, row.ordinal(), column.column());
                    return new Rejection(errorClass, row.ordinal(), column.column(), "UNFIT", key + " " + reason);
                }
            }
        }
        String correlation = table.correlationField();
        if (insert && correlation != null) {
            paths.write(columns, correlation, new TextNode(mutation.correlation(row.ordinal())));
        }
        return null;
    }
}
