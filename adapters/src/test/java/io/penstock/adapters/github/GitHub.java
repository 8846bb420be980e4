package io.penstock.adapters.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Body;
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
import io.penstock.adapters.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A table of GitHub as the tests use it: JSON with single quotes, keys that are counted. */
record GitHub(GitHubAdapter adapter, TableMapping table) {
    /** Of 2024-09-10 17:45:10 UTC. */
    static final UUID ID = UUID.fromString("0191dd0a-1111-7222-8333-444455556666");

    static final GitHubAdapter PERSONAL = new GitHubAdapter(new GitHubSettings(new GitHubAuth.PersonalToken()));

    static GitHub issues() {
        return issues(null, null);
    }

    static GitHub issues(@Nullable String correlationField, @Nullable RowLimits limits) {
        return described(new TableRequest(
                "github",
                "issues",
                "issues",
                List.of(),
                correlationField,
                Map.of(),
                limits,
                Map.of("repository", "octo-org/hello-world")));
    }

    static GitHub labels() {
        return described(request("labels", Map.of("repository", "octo-org/hello-world")));
    }

    static TableRequest request(String object, Map<String, String> options) {
        return new TableRequest("github", object, object, List.of(), null, Map.of(), null, options);
    }

    static GitHub described(TableRequest request) {
        ApiResponse response =
                answer(200, "{'data':{'repository':{'id':'R_1','nameWithOwner':'octo-org/hello-world'}}}");
        return new GitHub(PERSONAL, got(PERSONAL.parseDescription(request, List.of(response))));
    }

    static String key(int number) {
        return "I_" + number;
    }

    Mutation insert(String... rows) {
        return mutation(Operation.INSERT, rows);
    }

    Mutation update(String... rows) {
        return mutation(Operation.UPDATE, rows);
    }

    Mutation delete(int rows) {
        return mutation(Operation.DELETE, "{} ".repeat(rows).strip().split(" "));
    }

    private Mutation mutation(Operation operation, String... rows) {
        List<RowChange> changes = new ArrayList<>();
        for (String row : rows) {
            int ordinal = changes.size();
            changes.add(new RowChange(
                    ordinal, operation == Operation.INSERT ? null : key(ordinal + 1), (ObjectNode) json(row)));
        }
        return new Mutation(ID, operation, table, changes);
    }

    ApiCall call(Mutation mutation) {
        return ((Plan.Planned) adapter.plan(mutation)).calls().getFirst();
    }

    Rejection refusal(Mutation mutation) {
        return ((Plan.Refused) adapter.plan(mutation)).rejection();
    }

    Verdict parse(Mutation mutation, int status, String body) {
        return adapter.parse(mutation, call(mutation), answer(status, body));
    }

    static String document(ApiCall call) {
        return body(call).path("query").asText();
    }

    static JsonNode variables(ApiCall call) {
        return body(call).path("variables");
    }

    private static JsonNode body(ApiCall call) {
        return ((Body.Json) call.body()).json();
    }

    static JsonNode json(String json) {
        JsonNode node = Json.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        if (node == null) {
            throw new IllegalArgumentException("not JSON: " + json);
        }
        return node;
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
