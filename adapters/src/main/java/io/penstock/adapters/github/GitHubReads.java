package io.penstock.adapters.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Body;
import io.penstock.adapters.Details;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Page;
import io.penstock.adapters.Reading;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.github.GitHubErrors.ApiError;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads rows: by key, by the mark of an INSERT, page by page. An answer that is not whole must not pass for "no such row". */
final class GitHubReads {
    /** More ids, or more of a connection, GitHub does not take at once. */
    static final int PAGE = 100;

    private static final String CREATED_AT = "createdAt";

    private final GitHubFailures failures;

    GitHubReads(GitHubFailures failures) {
        this.failures = failures;
    }

    static ApiCall read(Body body, int rows) {
        return new ApiCall(
                "POST",
                GitHubAdapter.PATH,
                GitHubAdapter.HEADERS,
                body,
                List.of(),
                GitHubLimits.read(rows),
                null,
                false);
    }

    List<ApiCall> readBack(TableMapping table, List<String> keys) {
        List<String> distinct = keys.stream().distinct().toList();
        List<ApiCall> calls = new ArrayList<>();
        for (int from = 0; from < distinct.size(); from += PAGE) {
            ObjectNode variables = repository(table);
            ArrayNode some = variables.putArray("keys");
            distinct.subList(from, Math.min(distinct.size(), from + PAGE)).forEach(some::add);
            calls.add(read(GraphQlDocuments.body(GraphQlDocuments.byKey(table), variables), some.size()));
        }
        return calls;
    }

    /** The answer has an element for each key, null where there is no such object, and then an error that says so. */
    Reading<Map<String, ObjectNode>> parseReadBack(TableMapping table, ApiCall call, ApiResponse response) {
        List<String> asked = asked(call);
        return switch (document(response, GraphQlDocuments.ROWS)) {
            case Reading.Failed<JsonNode>(Failure failure) -> new Reading.Failed<>(failure);
            case Reading.Got<JsonNode>(JsonNode data) -> {
                JsonNode nodes = data.path(GraphQlDocuments.ROWS);
                if (!nodes.isArray() || nodes.size() != asked.size()) {
                    yield undecodable();
                }
                Map<String, ObjectNode> rows = new LinkedHashMap<>();
                for (int i = 0; i < asked.size(); i++) {
                    ObjectNode row = GitHubRows.canonical(table, nodes.get(i));
                    if (row != null) {
                        rows.put(asked.get(i), row);
                    } else if (!nodes.get(i).isNull()) {
                        yield undecodable();
                    }
                }
                yield new Reading.Got<>(rows);
            }
        };
    }

    private static List<String> asked(ApiCall call) {
        return call.body() instanceof Body.Json(JsonNode json)
                ? json.at("/variables/keys").valueStream().map(JsonNode::asText).toList()
                : List.of();
    }

    @Nullable
    ApiCall findByCorrelation(Mutation mutation) {
        TableMapping table = mutation.table();
        String connection = GitHubObject.of(table.object()).newest();
        if (table.correlationField() == null || connection == null) {
            return null;
        }
        ObjectNode variables = repository(table)
                .put("since", CorrelationMark.notBefore(mutation.id()).toString());
        String document = GraphQlDocuments.page(table, connection, GitHubObject.KEY, GitHubObject.BODY, CREATED_AT);
        return read(GraphQlDocuments.body(document, variables), PAGE);
    }

    /** The issues made last: whole where they are all that were made since the statement began, or where all rows are among them. */
    Reading<Map<Integer, ObjectNode>> parseCorrelated(Mutation mutation, ApiResponse response) {
        return switch (document(response, "")) {
            case Reading.Failed<JsonNode>(Failure failure) -> new Reading.Failed<>(failure);
            case Reading.Got<JsonNode>(JsonNode data) -> {
                JsonNode connection = data.path(GraphQlDocuments.REPOSITORY).path(GraphQlDocuments.ROWS);
                JsonNode nodes = connection.path("nodes");
                JsonNode more = connection.at("/pageInfo/hasNextPage");
                if (!nodes.isArray() || !more.isBoolean()) {
                    yield undecodable();
                }
                Instant began = CorrelationMark.notBefore(mutation.id());
                boolean whole = !more.booleanValue();
                Map<Integer, ObjectNode> rows = new TreeMap<>();
                for (JsonNode node : nodes) {
                    ObjectNode row = GitHubRows.canonical(mutation.table(), node);
                    Instant created = instant(Json.text(node, CREATED_AT));
                    if (row == null || created == null) {
                        yield undecodable();
                    }
                    whole |= created.isBefore(began);
                    int ordinal =
                            CorrelationMark.ordinal(node.path(GitHubObject.BODY).asText(), mutation);
                    if (ordinal >= 0) {
                        rows.put(ordinal, row);
                    }
                }
                yield whole || rows.size() == mutation.rows().size() ? new Reading.Got<>(rows) : undecodable();
            }
        };
    }

    ApiCall list(TableMapping table, @Nullable String cursor) {
        return page(table, GitHubObject.of(table.object()).listing(), repository(table), cursor);
    }

    /** By the time of the last change, so that what changes meanwhile comes again later and nothing is passed over. */
    ApiCall changes(TableMapping table, Instant since, @Nullable String cursor) {
        String connection = GitHubObject.of(table.object()).changing();
        return connection == null
                ? list(table, cursor)
                : page(
                        table,
                        connection,
                        repository(table)
                                .put(
                                        "since",
                                        since.truncatedTo(ChronoUnit.SECONDS).toString()),
                        cursor);
    }

    private static ApiCall page(TableMapping table, String connection, ObjectNode variables, @Nullable String cursor) {
        if (cursor != null) {
            variables.put("after", cursor);
        }
        return read(GraphQlDocuments.body(GraphQlDocuments.page(table, connection), variables), PAGE);
    }

    Reading<Page> parsePage(TableMapping table, ApiResponse response) {
        return switch (document(response, "")) {
            case Reading.Failed<JsonNode>(Failure failure) -> new Reading.Failed<>(failure);
            case Reading.Got<JsonNode>(JsonNode data) -> {
                Page page = page(table, data.path(GraphQlDocuments.REPOSITORY).path(GraphQlDocuments.ROWS));
                yield page == null ? undecodable() : new Reading.Got<>(page);
            }
        };
    }

    private static @Nullable Page page(TableMapping table, JsonNode connection) {
        JsonNode more = connection.at("/pageInfo/hasNextPage");
        String cursor = Json.text(connection.path("pageInfo"), "endCursor");
        if (!connection.path("nodes").isArray() || !more.isBoolean() || (more.booleanValue() && cursor == null)) {
            return null;
        }
        List<ObjectNode> rows = new ArrayList<>();
        Instant newest = null;
        for (JsonNode node : connection.path("nodes")) {
            ObjectNode row = GitHubRows.canonical(table, node);
            if (row == null) {
                return null;
            }
            rows.add(row);
            String column = table.modifiedColumn();
            Instant modified = column == null ? null : instant(Json.text(row, column));
            if (modified != null && (newest == null || modified.isAfter(newest))) {
                newest = modified;
            }
        }
        return new Page(rows, List.of(), newest, more.booleanValue() ? cursor : null);
    }

    private static @Nullable Instant instant(@Nullable String text) {
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException notATime) {
            return null;
        }
    }

    private static ObjectNode repository(TableMapping table) {
        return Json.object().put("repository", GitHubDescription.repositoryId(table));
    }

    /**
     * The data of an answer that is whole.
     *
     * @param missing the field whose elements may be missing; empty where nothing may
     */
    Reading<JsonNode> document(ApiResponse response, String missing) {
        JsonNode body = Json.read(response.body());
        JsonNode data = body == null ? null : body.get("data");
        if (!response.successful() || body == null || data == null || !data.isObject()) {
            return new Reading.Failed<>(failures.of(response, body, false));
        }
        for (ApiError error : GitHubErrors.read(body)) {
            boolean notThere = error.type().equals(GitHubErrors.NOT_FOUND);
            if (error.isLimit()) {
                return new Reading.Failed<>(new Failure.RateLimited(
                        GitHubLimits.HOURLY, GitHubLimits.resetsAfter(response), Details.sentence(error.message())));
            }
            if (notThere && error.isAt(GraphQlDocuments.REPOSITORY)) {
                return new Reading.Failed<>(new Failure.RequestRejected(new Rejection(
                        ErrorClass.FORBIDDEN,
                        null,
                        null,
                        error.code(),
                        "The token does not see the repository: " + Details.sentence(error.message()))));
            }
            if (!notThere || !error.isAt(missing) || error.path().size() != 2) {
                return undecodable();
            }
        }
        return data.path(GraphQlDocuments.REPOSITORY).isObject() ? new Reading.Got<>(data) : undecodable();
    }

    static <T> Reading<T> undecodable() {
        return new Reading.Failed<>(new Failure.UnknownOutcome("the answer is not what was asked for"));
    }
}
