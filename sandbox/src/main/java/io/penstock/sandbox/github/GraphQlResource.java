package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxRequest;
import io.penstock.sandbox.server.SandboxResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /graphql}: answered 200 whatever becomes of the fields, and whatever is wrong with the document. */
final class GraphQlResource {
    private static final String TOO_SLOW =
            "Something went wrong while executing your query. This may be the result of a"
                    + " timeout, or it could be a GitHub bug.";

    private final GraphQlSchema schema = GraphQlSchema.read();
    private final GraphQlInputs inputs = new GraphQlInputs(schema);
    private final GraphQlResolver resolver;
    private final GraphQlMutations mutations;
    private final GitHubLimits limits;
    private int cutOffAfter = Integer.MAX_VALUE;

    GraphQlResource(GitHubStore store, IssueWriter writer, LabelWriter labels, GitHubLimits limits) {
        this.limits = limits;
        this.resolver = new GraphQlResolver(store, limits);
        this.mutations = new GraphQlMutations(store, writer, labels, resolver, limits);
    }

    /** The next documents are cut off with a 502 when they have done this many mutations, as those that take ten seconds are. */
    void cutOffAfter(int mutationsDone) {
        cutOffAfter = mutationsDone;
    }

    SandboxResponse answer(SandboxRequest request, GitHubTokens.Caller caller) {
        if (!request.method().equals("POST")) {
            throw GitHubException.notFound();
        }
        ObjectNode body = RestBody.read(request);
        if (!limits.graphQl().take()) {
            return errors(List.of(GraphQlException.failed("RATE_LIMITED", "API rate limit exceeded for user ID 1.")));
        }
        try {
            return run(request, body, caller);
        } catch (GraphQlException e) {
            return errors(List.of(e));
        } catch (GraphQlExecutor.CutOff e) {
            ObjectNode answer = Json.object();
            answer.putNull("data");
            answer.putArray("errors").addObject().put("message", TOO_SLOW);
            return SandboxResponse.json(502, answer, 0);
        }
    }

    private SandboxResponse run(SandboxRequest request, ObjectNode body, GitHubTokens.Caller caller) {
        if (!body.path("query").isTextual()) {
            throw GraphQlException.refused("A query attribute must be specified and must be a string.");
        }
        GraphQl.Document document = GraphQlParser.document(body.path("query").textValue());
        GraphQl.Operation operation = operation(
                document,
                body.hasNonNull("operationName") ? body.path("operationName").asText() : null);
        limits.points(true, operation.kind().equals("mutation"));
        List<GraphQlException> problems = GraphQlValidator.problems(schema, document, operation);
        if (!problems.isEmpty()) {
            return errors(problems);
        }
        JsonNode given = body.path("variables");
        GraphQlExecutor executor = new GraphQlExecutor(
                schema,
                resolver,
                mutations,
                document,
                inputs.variables(operation, given),
                caller,
                request.refusal(),
                cutOffAfter);
        ObjectNode answer = Json.object();
        answer.set("data", executor.run(operation));
        if (!executor.errors().isEmpty()) {
            answer.set("errors", executor.errors());
        }
        return SandboxResponse.json(200, answer, executor.rows());
    }

    private static GraphQl.Operation operation(GraphQl.Document document, @Nullable String name) {
        List<GraphQl.Operation> named = document.operations().stream()
                .filter(operation -> name == null || name.equals(operation.name()))
                .toList();
        if (named.size() == 1) {
            return named.getFirst();
        }
        throw GraphQlException.refused(
                named.isEmpty() && name != null
                        ? "No operation named \"" + name + "\""
                        : "An operation name is required");
    }

    private static SandboxResponse errors(List<GraphQlException> problems) {
        ObjectNode answer = Json.object();
        ArrayNode errors = answer.putArray("errors");
        problems.forEach(problem -> errors.add(problem.json(null)));
        return SandboxResponse.json(200, answer, 0);
    }
}
