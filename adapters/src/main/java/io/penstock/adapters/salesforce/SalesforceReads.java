package io.penstock.adapters.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Body;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Page;
import io.penstock.adapters.Reading;
import io.penstock.adapters.TableMapping;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads rows: by id, by correlation, page by page. */
final class SalesforceReads {
    /** So many ids one collection retrieve takes. */
    static final int MAX_RETRIEVED = 2000;

    private static final String IS_DELETED = "IsDeleted";
    private static final DateTimeFormatter LITERAL = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final SalesforcePaths paths;

    SalesforceReads(SalesforcePaths paths) {
        this.paths = paths;
    }

    List<ApiCall> readBack(TableMapping table, List<String> keys) {
        List<String> distinct = keys.stream().distinct().toList();
        List<ApiCall> calls = new ArrayList<>();
        for (int from = 0; from < distinct.size(); from += MAX_RETRIEVED) {
            List<String> some = distinct.subList(from, Math.min(distinct.size(), from + MAX_RETRIEVED));
            calls.add(read("POST", paths.retrieve(table), new Body.Json(SalesforceWrites.retrieve(table, some))));
        }
        return calls;
    }

    /** The answer has an element for each id, null where there is no such record: a shorter one must not pass for "no such row". */
    static Reading<Map<String, ObjectNode>> parseReadBack(TableMapping table, ApiCall call, ApiResponse response) {
        Map<String, String> asked = asked(call);
        return switch (document(response)) {
            case Reading.Failed<JsonNode>(Failure failure) -> new Reading.Failed<>(failure);
            case Reading.Got<JsonNode>(JsonNode body) -> {
                if (!body.isArray() || body.size() != asked.size()) {
                    yield undecodable();
                }
                Map<String, ObjectNode> rows = new LinkedHashMap<>();
                for (JsonNode record : body) {
                    ObjectNode row = SalesforceRows.canonical(table, record);
                    if (row != null) {
                        String id = SalesforceRows.key(table, row);
                        rows.put(asked.getOrDefault(SalesforcePaths.identity(id), id), row);
                    } else if (!record.isNull()) {
                        yield undecodable();
                    }
                }
                yield new Reading.Got<>(rows);
            }
        };
    }

    /** The keys that a read-back named, each by what makes it the same record. */
    private static Map<String, String> asked(ApiCall call) {
        Map<String, String> asked = new LinkedHashMap<>();
        if (call.body() instanceof Body.Json(JsonNode json)) {
            for (JsonNode id : json.path("ids")) {
                asked.put(SalesforcePaths.identity(id.asText()), id.asText());
            }
        }
        return asked;
    }

    @Nullable
    ApiCall findByCorrelation(Mutation mutation) {
        String field = mutation.table().correlationField();
        return field == null
                ? null
                : read("GET", paths.queryAll(SalesforceWrites.correlated(mutation, field)), Body.EMPTY);
    }

    static Reading<Map<Integer, ObjectNode>> parseCorrelated(Mutation mutation, ApiResponse response) {
        String field = mutation.table().correlationField();
        return switch (document(response)) {
            case Reading.Failed<JsonNode>(Failure failure) -> new Reading.Failed<>(failure);
            case Reading.Got<JsonNode>(JsonNode body) -> {
                // an answer that is not whole must not pass for "no such row"
                if (field == null
                        || !body.path("records").isArray()
                        || !body.path("done").asBoolean()) {
                    yield undecodable();
                }
                Map<Integer, ObjectNode> rows = new TreeMap<>();
                for (JsonNode record : body.path("records")) {
                    String value = Json.text(record, field);
                    ObjectNode row = SalesforceRows.canonical(mutation.table(), record);
                    int ordinal = value == null
                            ? -1
                            : SalesforceRows.ordinal(
                                    value, mutation.id() + ":", mutation.rows().size());
                    if (row == null || ordinal < 0) {
                        yield undecodable();
                    }
                    rows.put(ordinal, row);
                }
                yield new Reading.Got<>(rows);
            }
        };
    }

    ApiCall list(TableMapping table, @Nullable String cursor) {
        return page(
                cursor,
                paths.query(SalesforcePaths.select(table) + " ORDER BY "
                        + table.key().field()));
    }

    ApiCall changes(TableMapping table, Instant since, @Nullable String cursor) {
        ColumnMapping modified = table.modifiedColumn() == null ? null : table.column(table.modifiedColumn());
        if (modified == null) {
            throw new IllegalArgumentException(table.table() + " has no modified column to follow");
        }
        String soql = SalesforcePaths.select(table, IS_DELETED) + " WHERE " + modified.field() + " >= "
                + LITERAL.format(since) + " ORDER BY " + modified.field() + ", "
                + table.key().field();
        return page(cursor, paths.queryAll(soql));
    }

    /** The API's cursor is the path of the next page. It is checked when it comes in, see {@link #parsePage}. */
    private ApiCall page(@Nullable String cursor, String first) {
        return read("GET", cursor == null ? first : cursor, Body.EMPTY);
    }

    static Reading<Page> parsePage(TableMapping table, ApiResponse response) {
        return switch (document(response)) {
            case Reading.Failed<JsonNode>(Failure failure) -> new Reading.Failed<>(failure);
            case Reading.Got<JsonNode>(JsonNode body) -> page(table, body);
        };
    }

    private static Reading<Page> page(TableMapping table, JsonNode body) {
        JsonNode done = body.path("done");
        String next = Json.text(body, "nextRecordsUrl");
        if (!body.path("records").isArray()
                || !done.isBoolean()
                || (!done.booleanValue() && (next == null || !next.startsWith("/services/data/")))) {
            return undecodable();
        }
        List<ObjectNode> rows = new ArrayList<>();
        List<String> deleted = new ArrayList<>();
        Instant newest = null;
        for (JsonNode record : body.path("records")) {
            ObjectNode row = SalesforceRows.canonical(table, record);
            if (row == null) {
                return undecodable();
            }
            if (record.path(IS_DELETED).asBoolean()) {
                deleted.add(SalesforceRows.key(table, row));
            } else {
                rows.add(row);
            }
            Instant modified = modified(table, row);
            if (modified != null && (newest == null || modified.isAfter(newest))) {
                newest = modified;
            }
        }
        return new Reading.Got<>(new Page(rows, deleted, newest, done.booleanValue() ? null : next));
    }

    private static @Nullable Instant modified(TableMapping table, ObjectNode row) {
        String column = table.modifiedColumn();
        String text = column == null ? null : Json.text(row, column);
        if (text == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException notATime) {
            return null;
        }
    }

    /** The body of a successful answer. */
    static Reading<JsonNode> document(ApiResponse response) {
        if (!response.successful()) {
            return new Reading.Failed<>(SalesforceFailures.of(response, null));
        }
        JsonNode body = Json.read(response.body());
        return body == null ? undecodable() : new Reading.Got<>(body);
    }

    static <T> Reading<T> undecodable() {
        return new Reading.Failed<>(new Failure.UnknownOutcome("the answer is not what was asked for"));
    }

    static ApiCall read(String method, String path, Body body) {
        return new ApiCall(method, path, Map.of(), body, List.of(), SalesforceAdapter.ONE_CALL, null, false);
    }
}
