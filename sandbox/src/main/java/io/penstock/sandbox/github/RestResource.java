package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxRequest;
import io.penstock.sandbox.server.SandboxResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Repositories, their issues, labels and users by REST. What is not there, and what nobody may see, is a 404. */
final class RestResource {
    private static final List<String> REASONS = List.of("completed", "not_planned", "duplicate", "reopened");

    private final GitHubStore store;
    private final IssueWriter writer;
    private final GitHubLimits limits;

    RestResource(GitHubStore store, IssueWriter writer, GitHubLimits limits) {
        this.store = store;
        this.writer = writer;
        this.limits = limits;
    }

    SandboxResponse answer(SandboxRequest request, GitHubTokens.Caller caller) {
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        if (!reads && !caller.writes()) {
            throw new GitHubException(403, "Resource not accessible by personal access token");
        }
        RestJson json = new RestJson(base(request));
        List<String> path = request.segments();
        return switch (path.isEmpty() ? "" : path.getFirst()) {
            case "user" ->
                one(
                        reads && path.size() == 1,
                        json.wholeUser(store.all(User.class).getFirst()));
            case "users" -> {
                User user = path.size() == 2 ? store.user(path.get(1)) : null;
                if (user == null) {
                    throw GitHubException.notFound();
                }
                yield one(reads, json.wholeUser(user));
            }
            case "rate_limit" -> SandboxResponse.json(200, rates(), 0);
            case "installation" -> installation(json);
            case "repos" -> repositories(request, path, json, reads);
            default -> throw GitHubException.notFound();
        };
    }

    private static String base(SandboxRequest request) {
        return "http://" + request.headers().getOrDefault("host", "localhost");
    }

    private static SandboxResponse one(boolean there, ObjectNode body) {
        if (!there) {
            throw GitHubException.notFound();
        }
        return SandboxResponse.json(200, body, 1);
    }

    private SandboxResponse installation(RestJson json) {
        ObjectNode body = Json.object();
        List<Repository> all = store.all(Repository.class);
        body.put("total_count", all.size()).putArray("repositories");
        all.forEach(repository -> body.withArray("repositories").add(json.repository(repository)));
        return SandboxResponse.json(200, body, all.size());
    }

    private ObjectNode rates() {
        ObjectNode body = Json.object();
        ObjectNode resources = body.putObject("resources");
        put(resources.putObject("core"), limits.rest());
        put(resources.putObject("graphql"), limits.graphQl());
        put(body.putObject("rate"), limits.rest());
        return body;
    }

    private static void put(ObjectNode node, GitHubLimits.Hour hour) {
        node.put("limit", hour.limit()).put("used", hour.used()).put("remaining", hour.remaining());
        node.put("reset", hour.resets().getEpochSecond());
    }

    private SandboxResponse repositories(SandboxRequest request, List<String> path, RestJson json, boolean reads) {
        Repository repository = path.size() < 3 ? null : store.repository(path.get(1), path.get(2));
        if (repository == null || path.size() > 5) {
            throw GitHubException.notFound();
        }
        String method = reads ? "GET" : request.method();
        if (path.size() == 3) {
            return one(reads, json.repository(repository));
        }
        String number = path.size() == 5 ? path.get(4) : "";
        return switch (method + " " + path.get(3) + (number.isEmpty() ? "" : "/n")) {
            case "GET issues" -> {
                List<Issue> issues = IssueList.filtered(store.issues(repository), request.query());
                yield IssueList.page(request, json.base(), issues, json::issue);
            }
            case "POST issues" -> create(request, repository, json);
            case "GET issues/n" -> SandboxResponse.json(200, json.issue(issue(repository, number)), 1);
            case "PATCH issues/n" -> update(request, issue(repository, number), json);
            case "GET labels" -> IssueList.page(request, json.base(), store.labels(repository), json::label);
            case "GET assignees" -> IssueList.page(request, json.base(), store.all(User.class), json::user);
            default -> throw GitHubException.notFound();
        };
    }

    private Issue issue(Repository repository, String number) {
        if (!number.matches("\\d{1,9}")) {
            throw GitHubException.notFound();
        }
        int wanted = Integer.parseInt(number);
        Issue issue = store.issue(repository, wanted);
        if (issue == null && store.deleted(repository, wanted)) {
            throw new GitHubException(410, "This issue was deleted");
        }
        if (issue == null) {
            throw GitHubException.notFound();
        }
        return issue;
    }

    private SandboxResponse create(SandboxRequest request, Repository repository, RestJson json) {
        RestBody body = RestBody.of(request);
        body.required("title");
        IssueWriter.Change change = change(request, body, repository, true);
        if (!limits.create()) {
            throw GitHubLimits.createdTooMuch();
        }
        Issue issue = writer.create(repository, store.all(User.class).getFirst(), change);
        return SandboxResponse.json(201, json.issue(issue), 1)
                .withHeader("Location", json.issue(issue).path("url").asText());
    }

    private SandboxResponse update(SandboxRequest request, Issue issue, RestJson json) {
        writer.update(issue, change(request, RestBody.of(request), issue.repository, false));
        return SandboxResponse.json(200, json.issue(issue), 1);
    }

    private IssueWriter.Change change(SandboxRequest request, RestBody body, Repository repository, boolean creating) {
        body.refuse("milestone", "type", "issue_field_values");
        String title = body.text("title");
        String text = body.text("body");
        if (!creating && body.object().path("body").isNull()) {
            text = "";
        }
        String state = creating ? null : body.word("state", List.of("open", "closed"));
        String reason = creating ? null : body.word("state_reason", REASONS);
        List<String> labels = body.texts("labels");
        List<IssueProblem> problems = new ArrayList<>();
        List<User> assignees = users(body.texts("assignees"), problems);
        IssueWriter.Change change = new IssueWriter.Change(
                title,
                text,
                state == null ? null : state.equals("closed"),
                reason == null ? null : reason.toUpperCase(java.util.Locale.ROOT),
                null,
                assignees,
                null);
        problems.addAll(writer.problems(change, creating));
        if (request.refusal() != null) {
            problems.add(new IssueProblem(
                    "base", request.refusal().code(), null, request.refusal().message()));
        }
        if (!problems.isEmpty()) {
            throw GitHubException.validationFailed(problems);
        }
        return new IssueWriter.Change(
                title, text, change.closed(), change.stateReason(), labels(labels, repository), assignees, null);
    }

    /** A label that is not there is made, as it is for everybody who may write. */
    private @Nullable List<Label> labels(@Nullable List<String> names, Repository repository) {
        if (names == null) {
            return null;
        }
        List<Label> labels = new ArrayList<>();
        for (String name : names) {
            labels.add(store.labels(repository).stream()
                    .filter(label -> label.isCalled(name))
                    .findAny()
                    .orElseGet(() -> store.label(repository, repository.created(), name, "ededed")));
        }
        return labels;
    }

    private @Nullable List<User> users(@Nullable List<String> logins, List<IssueProblem> problems) {
        if (logins == null) {
            return null;
        }
        List<User> users = new ArrayList<>();
        for (String login : logins) {
            User user = store.user(login);
            if (user == null) {
                problems.add(new IssueProblem("assignees", "invalid", login, ""));
            } else {
                users.add(user);
            }
        }
        return users;
    }
}
