package io.penstock.adapters.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Plan;
import io.penstock.adapters.Reading;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.TableRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A built-in API as the tests use it: JSON with single quotes, one table, keys that are counted. */
record Api(DefinitionAdapter adapter, TableMapping table, String keyFormat) {
    static final UUID ID = UUID.fromString("0198f0f0-1111-7222-8333-444455556666");

    static TableRequest request(
            String api,
            String object,
            @Nullable String correlationField,
            @Nullable RowLimits limits,
            Map<String, String> options) {
        return new TableRequest(api, "things", object, List.of(), correlationField, Map.of(), limits, options);
    }

    /** The table that the API's own description makes. */
    static Api described(String api, TableRequest request, String description, String keyFormat) {
        DefinitionAdapter adapter = new DefinitionAdapter(BuiltIn.definition(api), false);
        return new Api(
                adapter,
                got(adapter.parseDescription(
                        request, description.isEmpty() ? List.of() : List.of(answer(200, description)))),
                keyFormat);
    }

    String key(int number) {
        return String.format(keyFormat, number);
    }

    Mutation insert(String... rows) {
        return mutation(Operation.INSERT, null, rows);
    }

    Mutation update(String... rows) {
        return mutation(Operation.UPDATE, null, rows);
    }

    Mutation delete(int rows) {
        return mutation(
                Operation.DELETE, null, "{}".repeat(rows).replace("}{", "} {").split(" "));
    }

    Mutation upsert(String column, String... rows) {
        return mutation(Operation.INSERT, column, rows);
    }

    private Mutation mutation(Operation operation, @Nullable String upsertOn, String... rows) {
        List<RowChange> changes = new ArrayList<>();
        for (String row : rows) {
            int ordinal = changes.size();
            changes.add(new RowChange(
                    ordinal, operation == Operation.INSERT ? null : key(ordinal + 1), (ObjectNode) json(row)));
        }
        return new Mutation(ID, operation, table, changes, upsertOn);
    }

    List<ApiCall> calls(Mutation mutation) {
        return ((Plan.Planned) adapter.plan(mutation)).calls();
    }

    ApiCall call(Mutation mutation) {
        return calls(mutation).getFirst();
    }

    Rejection refusal(Mutation mutation) {
        return ((Plan.Refused) adapter.plan(mutation)).rejection();
    }

    io.penstock.adapters.Verdict parse(Mutation mutation, int status, String body) {
        return adapter.parse(mutation, call(mutation), answer(status, body));
    }

    static JsonNode json(String json) {
        JsonNode node = Json.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        if (node == null) {
            throw new IllegalArgumentException("not JSON: " + json);
        }
        return node;
    }

    /** The same as a text, in which {@code 3} is {@code 3} whatever holds it. */
    static String text(String json) {
        return json(json).toString();
    }

    static ApiResponse answer(int status, String body) {
        return answer(status, Map.of(), body);
    }

    static ApiResponse answer(int status, Map<String, List<String>> headers, String body) {
        return new ApiResponse(status, headers, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    static <T> T got(Reading<T> reading) {
        return switch (reading) {
            case Reading.Got<T>(T value) -> value;
            case Reading.Failed<T> failed -> throw new AssertionError(failed);
        };
    }
}
