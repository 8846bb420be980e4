package io.penstock.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.github.GitHubApi;
import io.penstock.sandbox.github.GitHubConfig;
import io.penstock.sandbox.server.Json;
import java.util.List;

/** GitHub with one repository, {@code octo-org/hello-world}, on a port of its own. All methods may be called from any thread. */
public final class GitHubSandbox extends Sandbox {
    private final GitHubConfig config;

    private GitHubSandbox(GitHubConfig config) {
        super(config.host(), config.port(), new GitHubApi(config), config.latency(), config.clock());
        this.config = config;
    }

    public static GitHubSandbox start(GitHubConfig config) {
        return new GitHubSandbox(config);
    }

    public static GitHubSandbox start() {
        return start(GitHubConfig.defaults());
    }

    public GitHubConfig config() {
        return config;
    }

    /** What there is of {@code issue}, {@code repository}, {@code label}, {@code milestone} or {@code user}, deleted ones left out, oldest first. */
    public List<ObjectNode> objects(String type) {
        return held(type);
    }

    /** The key that the GitHub App signs with, as PEM. */
    public String appKey() {
        return held("app").getFirst().path("private_key").asText();
    }

    /** Sets the limits from now on, and forgets the requests so far. */
    public void limits(GitHubConfig.Limits limits) {
        set(
                "limits",
                Json.object()
                        .put("rest_per_hour", limits.restPerHour())
                        .put("graphql_per_hour", limits.graphQlPerHour())
                        .put("created_per_minute", limits.createdPerMinute())
                        .put("created_per_hour", limits.createdPerHour())
                        .put("rest_points", limits.restPoints())
                        .put("graphql_points", limits.graphQlPoints())
                        .put("concurrent", limits.concurrent()));
    }

    /** Makes a personal access token good. */
    public void addToken(String token) {
        set("tokens", Json.object().put("add", token));
    }

    /** From now on a GraphQL document is cut off with a 502 when it has done this many mutations. */
    public void cutOffAfter(int mutations) {
        set("cut-off", Json.object().put("mutations", mutations));
    }
}
