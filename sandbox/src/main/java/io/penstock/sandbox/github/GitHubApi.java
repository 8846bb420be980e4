package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxApi;
import io.penstock.sandbox.server.SandboxRequest;
import io.penstock.sandbox.server.SandboxResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * GitHub with one repository: the core of the sandbox.
 *
 * <p>Settings of its own for the admin API: {@code POST /_sandbox/limits {"rest_per_hour": 100, "graphql_per_hour": 100,
 * "created_per_minute": 5, "created_per_hour": 50, "rest_points": 900, "graphql_points": 2000, "concurrent": 100}},
 * {@code POST /_sandbox/tokens {"add": "ghp_new"}} and {@code POST /_sandbox/cut-off {"mutations": 3}} (left out: never).
 */
public final class GitHubApi implements SandboxApi {
    private static final String USER_TOKEN = "/login/oauth/access_token";
    private static final List<String> VERSIONS = List.of("2022-11-28", "2026-03-10");

    private final GitHubConfig config;
    private final GitHubStore store;
    private final IssueWriter writer;
    private final GitHubTokens tokens;
    private final GitHubLimits limits;
    private final RestResource rest;
    private final GraphQlResource graphQl;

    public GitHubApi(GitHubConfig config) {
        this.config = config;
        this.store = new GitHubStore(config.seed());
        this.writer = new IssueWriter(store, config.clock());
        this.tokens = new GitHubTokens(config);
        this.limits = new GitHubLimits(config.clock(), config.limits());
        this.rest = new RestResource(store, writer, limits);
        this.graphQl = new GraphQlResource(store, writer, new LabelWriter(store, config.clock()), limits);
        DemoData.load(config, store, writer);
    }

    @Override
    public String name() {
        return "GitHub";
    }

    @Override
    public SandboxResponse answer(SandboxRequest request) {
        SandboxResponse response;
        boolean byGraphQl = request.path().equals("/graphql");
        try {
            response = guarded(request, byGraphQl);
        } catch (GitHubException e) {
            response = e.response();
        }
        if (!isAuthentication(request)) {
            response = (byGraphQl ? limits.graphQl() : limits.rest()).show(response);
        }
        return response.withHeader("x-github-request-id", store.requestId())
                .withHeader("x-github-media-type", "github.v3; format=json");
    }

    private SandboxResponse guarded(SandboxRequest request, boolean byGraphQl) {
        if (request.header("User-Agent") == null) {
            throw new GitHubException(
                    403,
                    "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.");
        }
        String version = request.header("X-GitHub-Api-Version");
        if (version != null && !VERSIONS.contains(version)) {
            throw new GitHubException(400, "Version \"" + version + "\" is not supported.");
        }
        if (isAuthentication(request)) {
            return authentication(request);
        }
        GitHubTokens.Caller caller = tokens.caller(request);
        limits.begin(request);
        if (byGraphQl) {
            return graphQl.answer(request, caller);
        }
        boolean free = request.path().equals("/rate_limit");
        if (!free && !limits.rest().take()) {
            throw GitHubException.rateLimited();
        }
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        limits.points(false, !reads);
        SandboxResponse response = rest.answer(request, caller);
        return reads && !free ? cached(request, response) : response;
    }

    private SandboxResponse authentication(SandboxRequest request) {
        if (request.path().equals(USER_TOKEN)) {
            return tokens.userToken(request);
        }
        List<String> path = request.segments();
        if (path.size() == 4
                && path.get(3).equals("access_tokens")
                && request.method().equals("POST")) {
            return tokens.installationToken(request, path.get(2));
        }
        tokens.key().check(GitHubTokens.given(request));
        if (path.size() == 1) {
            ObjectNode app = Json.object().put("id", config.access().appId());
            return SandboxResponse.json(
                    200,
                    app.put("slug", "sandbox-app")
                            .put("client_id", config.access().clientId()),
                    0);
        }
        if (path.size() == 2 && path.get(1).equals("installations")) {
            var list = Json.array();
            list.addObject()
                    .put("id", config.access().installationId())
                    .put("app_id", config.access().appId());
            return SandboxResponse.json(200, list, 0);
        }
        throw GitHubException.notFound();
    }

    /** What a client knows already is not sent again, and costs nothing. */
    private SandboxResponse cached(SandboxRequest request, SandboxResponse response) {
        String tag = "W/\"" + hash(response.body()) + "\"";
        String known = request.header("If-None-Match");
        if (known == null || !List.of(known.split("\\s*,\\s*")).contains(tag)) {
            return response.withHeader("ETag", tag).withHeader("Cache-Control", "private, max-age=60, s-maxage=60");
        }
        limits.rest().giveBack();
        return SandboxResponse.empty(304, 0).withHeader("ETag", tag);
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no SHA-256 on this machine", e);
        }
    }

    @Override
    public void finished(SandboxRequest request) {
        limits.finished(request);
    }

    @Override
    public SandboxResponse failure(int status) {
        return switch (status) {
            case 401 -> GitHubException.badCredentials().response();
            case 403 ->
                GitHubException.secondaryLimit(403, ". Please wait a few minutes before you try again.", 1)
                        .response();
            case 429 ->
                GitHubException.secondaryLimit(429, ". Please wait a few minutes before you try again.", 1)
                        .response();
            case 502, 504 ->
                SandboxResponse.json(
                        status,
                        Json.object()
                                .put(
                                        "message",
                                        "We couldn't respond to your request in time. Sorry about that. Please try"
                                                + " resubmitting your request and contact us if the problem persists."),
                        0);
            case 503 ->
                new GitHubException(503, "Service Unavailable").response().withHeader("Retry-After", "1");
            default -> new GitHubException(status, "Server Error").response();
        };
    }

    @Override
    public boolean isAuthentication(SandboxRequest request) {
        return request.path().equals(USER_TOKEN)
                || request.path().equals("/app")
                || request.path().startsWith("/app/");
    }

    /** GraphQL is about whatever its document names. */
    @Override
    public boolean concerns(SandboxRequest request, String object) {
        String name = object.toLowerCase(java.util.Locale.ROOT);
        return request.path().matches(".*/" + name + "s?(/.*)?")
                || request.path().equals("/graphql")
                        && request.text().toLowerCase(java.util.Locale.ROOT).contains(name);
    }

    @Override
    public Map<String, List<ObjectNode>> objects() {
        RestJson json = new RestJson("");
        Map<String, List<ObjectNode>> held = new LinkedHashMap<>();
        List<ObjectNode> issues = new ArrayList<>();
        for (Issue issue : store.all(Issue.class)) {
            // The columns that a person wants to see first.
            ObjectNode shown = Json.object().put("number", issue.number).put("title", issue.title);
            ObjectNode whole = json.issue(issue);
            shown.set("state", whole.path("state"));
            shown.put("body", issue.body);
            shown.setAll(whole);
            issues.add(shown);
        }
        held.put("issue", issues);
        held.put(
                "repository",
                store.all(Repository.class).stream().map(json::repository).toList());
        held.put("label", store.all(Label.class).stream().map(json::label).toList());
        held.put(
                "milestone",
                store.all(Milestone.class).stream().map(RestJson::milestone).toList());
        held.put("user", store.all(User.class).stream().map(json::wholeUser).toList());
        ObjectNode app = Json.object()
                .put("id", config.access().appId())
                .put("installation_id", config.access().installationId());
        held.put("app", List.of(app.put("private_key", tokens.key().privateKey())));
        return held;
    }

    @Override
    public void expireTokens() {
        tokens.expireAll();
    }

    @Override
    public boolean set(String setting, JsonNode values) {
        switch (setting) {
            case "limits" -> {
                GitHubConfig.Limits now = limits.limits();
                limits.limits(new GitHubConfig.Limits(
                        values.path("rest_per_hour").asInt(now.restPerHour()),
                        values.path("graphql_per_hour").asInt(now.graphQlPerHour()),
                        values.path("created_per_minute").asInt(now.createdPerMinute()),
                        values.path("created_per_hour").asInt(now.createdPerHour()),
                        values.path("rest_points").asInt(now.restPoints()),
                        values.path("graphql_points").asInt(now.graphQlPoints()),
                        values.path("concurrent").asInt(now.concurrent())));
            }
            case "tokens" -> tokens.add(values.path("add").asText());
            case "cut-off" -> graphQl.cutOffAfter(values.path("mutations").asInt(Integer.MAX_VALUE));
            default -> {
                return false;
            }
        }
        return true;
    }

    @Override
    public void reset() {
        store.clear(config.seed());
        tokens.reset();
        limits.reset(config.limits());
        graphQl.cutOffAfter(Integer.MAX_VALUE);
        DemoData.load(config, store, writer);
    }
}
