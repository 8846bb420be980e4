package io.penstock.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.SandboxClient.Answer;

/** A plain HTTP client of GitHub, with the demo repository and the documents that the tests send. */
final class GitHubHttp implements AutoCloseable {
    static final String ISSUES = "/repos/octo-org/hello-world/issues";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final SandboxClient http;

    GitHubHttp(GitHubSandbox sandbox) {
        http = new SandboxClient(sandbox, sandbox.config().access().token());
    }

    SandboxClient http() {
        return http;
    }

    Answer graphQl(String document) {
        return graphQl(document, MAPPER.createObjectNode());
    }

    Answer graphQl(String document, JsonNode variables) {
        ObjectNode body = MAPPER.createObjectNode().put("query", document);
        body.set("variables", variables);
        return http.post("/graphql", body.toString());
    }

    /** The first message among the errors. */
    String problem(String document) {
        return graphQl(document).at("/errors/0/message");
    }

    /** A document that makes an issue, or what stands in for its title. */
    Answer create(String repository, String title) {
        return graphQl("mutation { createIssue(input: {repositoryId: \"" + repository + "\", title: \"" + title
                + "\"}) { issue { id number } } }");
    }

    /** Makes an issue by REST and returns its number. */
    String made(String title) {
        return http.post(ISSUES, MAPPER.createObjectNode().put("title", title).toString())
                .at("number");
    }

    @Override
    public void close() {
        http.close();
    }
}
