package io.penstock.adapters.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Reading;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.TableMapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads rows by key and by correlation. An answer that is not whole must not pass for "no such row". */
final class DefinitionReads {
    private final Definition definition;
    private final DefinitionErrors errors;

    DefinitionReads(Definition definition, DefinitionErrors errors) {
        this.definition = definition;
        this.errors = errors;
    }

    List<ApiCall> readBack(TableRule rule, TableMapping table, List<String> keys) {
        // what cannot be a key is no row of the API, and stays out of requests
        List<String> distinct = keys.stream()
                .distinct()
                .filter(key -> rule.keyPattern().matcher(key).matches())
                .toList();
        int most = rule.readBack().maxKeys();
        List<ApiCall> calls = new ArrayList<>();
        for (int from = 0; from < distinct.size(); from += most) {
            List<String> some = distinct.subList(from, Math.min(distinct.size(), from + most));
            TableNames names = TableNames.of(table);
            RequestRule request = rule.readBack().request();
            List<TableNames> rows = names.byKey(some);
            calls.add(read(request, most == 1 ? rows.getFirst() : names.rows(request, rows)));
        }
        return calls;
    }

    Reading<Map<String, ObjectNode>> parseReadBack(TableRule rule, TableMapping table, ApiResponse response) {
        ReadRule.Lookup lookup = rule.readBack();
        if (lookup.maxKeys() == 1 && !response.successful() && isMissing(errors.of(response, null, List.of()))) {
            return new Reading.Got<>(Map.of());
        }
        return switch (document(response)) {
            case Reading.Failed<JsonNode>(Failure failure) -> new Reading.Failed<>(failure);
            case Reading.Got<JsonNode>(JsonNode body) -> {
                List<JsonNode> records = DefinitionRows.records(body, lookup.rows());
                Map<String, ObjectNode> rows = new LinkedHashMap<>();
                int gone = 0;
                for (JsonNode record : records == null ? List.<JsonNode>of() : records) {
                    if (!lookup.gone().isEmpty() && lookup.gone().hold(record)) {
                        gone++;
                        continue;
                    }
                    ObjectNode row = DefinitionRows.canonical(rule, table, record);
                    if (row == null) {
                        yield undecodable();
                    }
                    rows.put(row.path(table.keyColumn()).asText(), row);
                }
                boolean known = lookup.maxKeys() == 1
                        ? rows.size() + gone == 1
                        : lookup.whole().hold(body);
                yield records == null || !known ? undecodable() : new Reading.Got<>(rows);
            }
        };
    }

    private static boolean isMissing(Failure failure) {
        return failure instanceof Failure.RequestRejected rejected
                && rejected.first().errorClass() == ErrorClass.NOT_FOUND;
    }

    @Nullable
    ApiCall findByCorrelation(TableRule rule, Mutation mutation) {
        ReadRule.Lookup lookup = rule.correlation();
        if (lookup == null || mutation.table().correlationField() == null) {
            return null;
        }
        TableNames names = TableNames.of(mutation);
        return read(lookup.request(), names.rows(lookup.request(), names.byReference(mutation)));
    }

    Reading<Map<Integer, ObjectNode>> parseCorrelated(TableRule rule, Mutation mutation, ApiResponse response) {
        ReadRule.Lookup lookup = rule.correlation();
        String field = mutation.table().correlationField();
        return switch (document(response)) {
            case Reading.Failed<JsonNode>(Failure failure) -> new Reading.Failed<>(failure);
            case Reading.Got<JsonNode>(JsonNode body) -> {
                List<JsonNode> records = lookup == null ? null : DefinitionRows.records(body, lookup.rows());
                if (lookup == null
                        || field == null
                        || records == null
                        || !lookup.whole().hold(body)) {
                    yield undecodable();
                }
                Map<Integer, ObjectNode> rows = new TreeMap<>();
                for (JsonNode record : records) {
                    String value =
                            new FieldPaths(rule.values()).read(record, field).asText();
                    ObjectNode row = DefinitionRows.canonical(rule, mutation.table(), record);
                    Integer ordinal = mutation.rows().stream()
                            .map(RowChange::ordinal)
                            .filter(at -> mutation.correlation(at).equals(value))
                            .findFirst()
                            .orElse(null);
                    if (row == null || ordinal == null) {
                        yield undecodable();
                    }
                    rows.put(ordinal, row);
                }
                yield new Reading.Got<>(rows);
            }
        };
    }

    /** The body of a successful answer. */
    Reading<JsonNode> document(ApiResponse response) {
        if (!response.successful()) {
            return new Reading.Failed<>(errors.of(response, null, List.of()));
        }
        JsonNode body = Json.read(response.body());
        return body == null ? undecodable() : new Reading.Got<>(body);
    }

    static <T> Reading<T> undecodable() {
        return new Reading.Failed<>(new Failure.UnknownOutcome("the answer is not what was asked for"));
    }

    ApiCall read(RequestRule request, Template.Names names) {
        return new ApiCall(
                request.method(),
                Requests.path(request, names),
                definition.headers(),
                Requests.body(request, names),
                List.of(),
                DefinitionLimits.costs(definition, request, false, 0),
                null,
                false);
    }
}
