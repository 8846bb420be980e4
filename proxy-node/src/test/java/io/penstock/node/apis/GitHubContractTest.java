package io.penstock.node.apis;

import io.penstock.adapters.github.PublishedSchema;
import io.penstock.sandbox.GitHubSandbox;
import io.penstock.sandbox.Sandbox;
import io.penstock.sandbox.github.GitHubConfig;
import io.penstock.sandbox.server.ReceivedRequest;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Issues of GitHub, by an app's installation: reads and writes go the same way, and a row that is gone looks as one that must not be seen. */
class GitHubContractTest extends TroubleContract {
    GitHubContractTest() {
        super(new Issues());
    }

    private static final class Issues implements ContractApi {
        private final GitHubSandbox sandbox = GitHubSandbox.start(
                GitHubConfig.defaults().withLimits(GitHubConfig.Limits.NONE).withData(12));

        @Override
        public String name() {
            return "github";
        }

        @Override
        public String table() {
            return "issues";
        }

        @Override
        public Sandbox sandbox() {
            return sandbox;
        }

        @Override
        public String account() {
            return """
                type = github, base_url = "%s", login_url = "%s"
                oauth { client_id = "12345", installation = 67890, private_key = %s }
                """.formatted(sandbox.uri(), sandbox.uri(), "\"\"\"" + sandbox.appKey() + "\"\"\"");
        }

        @Override
        public String tables() {
            return """
                options.repository = octo-org/hello-world
                tables.issues { object = issues, correlation_field = body, max_rows { update = 20, delete = 20 } }
                """;
        }

        @Override
        public Limits limits() {
            return new Limits(20, 20, 20, false, false);
        }

        @Override
        public Map<String, String> row(int number) {
            return Map.of("title", "'It stalls, " + number + "'", "body", "'Seen " + number + " times'");
        }

        @Override
        public String text() {
            return "body";
        }

        @Override
        public String readOnly() {
            return "url";
        }

        @Override
        public List<Typed> types() {
            String bug = sandbox.objects("label").getFirst().path("node_id").asText();
            String milestone =
                    sandbox.objects("milestone").getFirst().path("node_id").asText();
            return List.of(
                    new Typed("state", "'CLOSED'", "CLOSED"),
                    new Typed("state", "'OPEN'", "OPEN"),
                    new Typed("label_ids", "array['" + bug + "']", "{" + bug + "}"),
                    new Typed("label_ids", "null", "{}"),
                    new Typed("milestone_id", "'" + milestone + "'", milestone),
                    new Typed("milestone_id", "null", null),
                    new Typed("body", "''", null));
        }

        @Override
        public List<Refused> refusals() {
            return List.of(
                    new Refused("title", "' '", "23502"),
                    new Refused("title", "null", "23502"),
                    new Refused("title", "repeat('n', 300)", "22001"),
                    new Refused("label_ids", "array['LA_none']", "23503"),
                    new Refused("milestone_id", "'MI_none'", "23503"),
                    new Refused("state", "'CLOSED'", "428C9"));
        }

        @Override
        public boolean standsForItself() {
            return true;
        }

        @Override
        public int held() {
            return (int) sandbox.objects("issue").stream()
                    .filter(issue -> !issue.has("pull_request"))
                    .count();
        }

        @Override
        public HttpRequest.Builder deletion(String id) {
            String document = "mutation { deleteIssue(input: {issueId: \\\"" + id + "\\\"}) { clientMutationId } }";
            return HttpRequest.newBuilder(sandbox.uri().resolve("/graphql"))
                    .header(
                            "Authorization",
                            "Bearer " + sandbox.config().access().token())
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"" + document + "\"}"));
        }

        @Override
        public List<String> problems(List<ReceivedRequest> requests) throws IOException, InterruptedException {
            if (!PublishedSchema.isAvailable()) {
                System.out.println("documents to github not checked: node and npm are not on the path");
                return List.of();
            }
            List<String> bodies = requests.stream()
                    .filter(this::isData)
                    .map(ReceivedRequest::bodyText)
                    .toList();
            List<String> answers = new PublishedSchema(Path.of("..", "adapters")).problems(bodies);
            List<String> problems = IntStream.range(0, bodies.size())
                    .filter(i -> !answers.get(i).isEmpty())
                    .mapToObj(i -> answers.get(i) + " in " + bodies.get(i))
                    .toList();
            System.out.println("documents to github checked: " + bodies.size() + ", violations: " + problems.size());
            return problems;
        }

        @Override
        public boolean isData(ReceivedRequest request) {
            return request.path().equals("/graphql");
        }

        @Override
        public boolean writes(ReceivedRequest request) {
            return new String(request.body(), StandardCharsets.UTF_8).contains("mutation (");
        }
    }
}
