package io.penstock.adapters.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Body;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Plan;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.TableMapping;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Plans a mutation as one request.
 *
 * <pre>
 * INSERT, correlation field   POST composite: [write: POST collections, read: query by correlation]
 * INSERT, none                POST collections; rows are read back by id
 * UPDATE                      POST composite: [write: PATCH collections, read: POST collection retrieve]
 * DELETE                      DELETE collections
 * </pre>
 *
 * All of them all or none. A composite request whose read fails is rolled back too, so that it never leaves a write without its rows.
 *
 * <p>A composite request replaces <code>@{name.field}</code> inside its bodies by results of earlier subrequests, and knows no escape. A row that has
 * those characters is therefore sent outside of one, or a user's text could fetch what the user did not write.
 */
final class SalesforceWrites {
    /** Names of the subrequests of a composite request. */
    static final String WRITE = "write";

    static final String READ = "read";

    private static final String REFERENCE = "@{";

    private final SalesforcePaths paths;

    SalesforceWrites(SalesforcePaths paths) {
        this.paths = paths;
    }

    Plan plan(Mutation mutation, int maxRows) {
        Rejection refusal = refusal(mutation, maxRows);
        if (refusal != null) {
            return new Plan.Refused(refusal);
        }
        if (mutation.operation() == Operation.DELETE) {
            return planned(mutation, "DELETE", paths.delete(keys(mutation)), Body.EMPTY);
        }
        if (mutation.operation() == Operation.UPDATE
                && mutation.rows().stream().allMatch(row -> row.values().isEmpty())) {
            return new Plan.Planned(List.of());
        }
        ArrayNode records = Json.array();
        for (RowChange row : mutation.rows()) {
            ObjectNode record = records.addObject();
            record.putObject("attributes").put("type", mutation.table().object());
            Rejection unfit = fill(record, mutation, row);
            if (unfit != null) {
                return new Plan.Refused(unfit);
            }
        }
        ObjectNode collection = Json.object().put("allOrNone", true);
        collection.set("records", records);
        ColumnMapping externalId = externalId(mutation);
        String method = mutation.operation() == Operation.INSERT && externalId == null ? "POST" : "PATCH";
        String path = externalId == null ? paths.collections() : paths.upsert(mutation.table(), externalId);
        ObjectNode read = records.toString().contains(REFERENCE) ? null : read(mutation);
        return read == null
                ? planned(mutation, method, path, new Body.Json(collection))
                : planned(
                        mutation, "POST", paths.composite(), new Body.Json(composite(method, path, collection, read)));
    }

    /** What decides between INSERT and UPDATE; null where nothing does. */
    private static @Nullable ColumnMapping externalId(Mutation mutation) {
        String upsertOn = mutation.upsertOn();
        return upsertOn == null ? null : mutation.table().column(upsertOn);
    }

    private @Nullable Rejection refusal(Mutation mutation, int maxRows) {
        TableMapping table = mutation.table();
        int count = mutation.rows().size();
        if (count > maxRows) {
            String limit = table.schema() + "." + table.table() + " takes at most " + maxRows + " rows per "
                    + mutation.operation() + ", the statement has " + count + ".";
            return new Rejection(
                    maxRows == 0 ? ErrorClass.UNSUPPORTED : ErrorClass.TOO_MANY, null, null, "ROW_LIMIT", limit);
        }
        for (RowChange row : mutation.rows()) {
            String key = row.key();
            if (key != null && mutation.operation() != Operation.INSERT && !SalesforcePaths.isRecordId(key)) {
                String message = "Key (" + table.keyColumn() + ")=(" + key + ") is not an id of the API.";
                return new Rejection(ErrorClass.FORMAT, row.ordinal(), table.keyColumn(), "MALFORMED_ID", message);
            }
        }
        return null;
    }

    /** Puts the row's values into the record; the reason where one cannot be sent. */
    private static @Nullable Rejection fill(ObjectNode record, Mutation mutation, RowChange row) {
        TableMapping table = mutation.table();
        boolean insert = mutation.operation() == Operation.INSERT;
        if (!insert) {
            record.put("id", row.key());
        }
        for (var assigned : row.values().properties()) {
            ColumnMapping column = table.column(assigned.getKey());
            JsonNode value = assigned.getValue();
            if (column == null) {
                return new Rejection(
                        ErrorClass.UNKNOWN_COLUMN,
                        row.ordinal(),
                        assigned.getKey(),
                        "UNMAPPED",
                        "Column " + assigned.getKey() + " is not mapped to a field of the API.");
            }
            boolean writable = mutation.writes(column);
            if (mutation.creates() && value.isNull() && (!writable || !column.nullable())) {
                // SQL's DEFAULT is a NULL by now; of a field that cannot be null it leaves the value to the API
                continue;
            }
            if (!writable) {
                return new Rejection(
                        ErrorClass.READ_ONLY,
                        row.ordinal(),
                        column.column(),
                        "READ_ONLY",
                        "Key (" + column.column() + ") cannot be written at the API.");
            }
            switch (SalesforceValues.toApi(column.type(), value)) {
                case SalesforceValues.Converted.Value(JsonNode json) -> record.set(column.field(), json);
                case SalesforceValues.Converted.Unfit(ErrorClass errorClass, String reason) -> {
                    String key = SalesforceErrors.key(mutation, row.ordinal(), column.column());
                    return new Rejection(errorClass, row.ordinal(), column.column(), "UNFIT", key + " " + reason);
                }
            }
        }
        String correlation = table.correlationField();
        if (insert && correlation != null) {
            record.put(correlation, mutation.correlation(row.ordinal()));
        }
        return null;
    }

    /** The subrequest that brings the rows back, or null where the rows cannot be named beforehand. */
    private @Nullable ObjectNode read(Mutation mutation) {
        TableMapping table = mutation.table();
        ObjectNode read = Json.object();
        if (mutation.operation() == Operation.UPDATE) {
            read.put("method", "POST").put("url", paths.retrieve(table)).put("referenceId", READ);
            read.set("body", retrieve(table, keys(mutation)));
            return read;
        }
        if (table.correlationField() == null) {
            return null;
        }
        return read.put("method", "GET")
                .put("url", paths.query(correlated(mutation, table.correlationField())))
                .put("referenceId", READ);
    }

    /** All rows of the statement, found by what they all begin with. A UUID holds no character that LIKE or a literal would read as its own. */
    static String correlated(Mutation mutation, String correlationField) {
        return SalesforcePaths.select(mutation.table(), correlationField) + " WHERE " + correlationField + " LIKE '"
                + mutation.id() + ":%'";
    }

    static ObjectNode retrieve(TableMapping table, List<String> keys) {
        ObjectNode body = Json.object();
        ArrayNode ids = body.putArray("ids");
        keys.forEach(ids::add);
        ArrayNode fields = body.putArray("fields");
        SalesforcePaths.fields(table).forEach(fields::add);
        return body;
    }

    private static ObjectNode composite(String method, String path, ObjectNode collection, ObjectNode read) {
        ObjectNode body = Json.object().put("allOrNone", true);
        ArrayNode subrequests = body.putArray("compositeRequest");
        ObjectNode write = subrequests.addObject();
        write.put("method", method).put("url", path).put("referenceId", WRITE);
        write.set("body", collection);
        subrequests.add(read);
        return body;
    }

    private static Plan planned(Mutation mutation, String method, String path, Body body) {
        List<Integer> ordinals =
                IntStream.range(0, mutation.rows().size()).boxed().toList();
        return new Plan.Planned(
                List.of(new ApiCall(method, path, Map.of(), body, ordinals, SalesforceAdapter.ONE_CALL, null, true)));
    }

    private static List<String> keys(Mutation mutation) {
        return mutation.rows().stream().map(row -> String.valueOf(row.key())).toList();
    }
}
