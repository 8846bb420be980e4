package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Fault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a mutation. Each is done when it returns; none is undone when a later one fails. */
final class GraphQlMutations {
    private final GitHubStore store;
    private final IssueWriter writer;
    private final LabelWriter labels;
    private final GraphQlResolver resolver;
    private final GitHubLimits limits;

    GraphQlMutations(
            GitHubStore store, IssueWriter writer, LabelWriter labels, GraphQlResolver resolver, GitHubLimits limits) {
        this.store = store;
        this.writer = writer;
        this.labels = labels;
        this.resolver = resolver;
        this.limits = limits;
    }

    GraphQlObject run(String name, JsonNode input, GitHubTokens.Caller caller, Fault.@Nullable RefuseRecords refusal) {
        if (!caller.writes()) {
            throw GraphQlException.failed("FORBIDDEN", "Resource not accessible by personal access token");
        }
        if (refusal != null) {
            throw GraphQlException.failed(refusal.code(), refusal.message());
        }
        Map<String, Object> payload = new HashMap<>();
        if (input.hasNonNull("clientMutationId")) {
            payload.put("clientMutationId", input.path("clientMutationId").asText());
        }
        switch (name) {
            case "createIssue" -> payload.put("issue", create(input));
            case "updateIssue" -> {
                payload.put("issue", update(input));
                payload.put("actor", store.all(User.class).getFirst());
            }
            case "closeIssue" -> {
                String reason = input.path("stateReason").asText("COMPLETED");
                payload.put("issue", change(issue(input, "issueId"), IssueWriter.Change.state(true, reason)));
            }
            case "reopenIssue" ->
                payload.put("issue", change(issue(input, "issueId"), IssueWriter.Change.state(false, null)));
            case "deleteIssue" -> {
                Issue issue = issue(input, "issueId");
                writer.delete(issue);
                payload.put("repository", issue.repository);
            }
            case "createLabel" -> payload.put("label", labels.create(repository(input), input));
            case "updateLabel" -> payload.put("label", labels.update(label(input), input));
            case "deleteLabel" -> labels.delete(label(input));
            default -> throw new IllegalStateException("no such mutation: " + name);
        }
        return new GraphQlObject(Character.toUpperCase(name.charAt(0)) + name.substring(1) + "Payload", payload);
    }

    private Issue create(JsonNode input) {
        Repository repository = repository(input);
        IssueWriter.Change change = change(input, repository);
        refuse(change, true);
        if (!limits.create()) {
            throw GraphQlException.failed("UNPROCESSABLE", "was submitted too quickly");
        }
        return writer.create(repository, store.all(User.class).getFirst(), change);
    }

    private Issue update(JsonNode input) {
        Issue issue = issue(input, "id");
        return change(issue, change(input, issue.repository));
    }

    private Issue change(Issue issue, IssueWriter.Change change) {
        refuse(change, false);
        writer.update(issue, change);
        return issue;
    }

    private void refuse(IssueWriter.Change change, boolean creating) {
        List<IssueProblem> problems = writer.problems(change, creating);
        if (!problems.isEmpty()) {
            throw GraphQlException.failed("UNPROCESSABLE", problems.getFirst().message());
        }
    }

    private Issue issue(JsonNode input, String name) {
        return resolver.node(input.path(name).asText(), Issue.class, "Issue");
    }

    private Repository repository(JsonNode input) {
        return resolver.node(input.path("repositoryId").asText(), Repository.class, "Repository");
    }

    private Label label(JsonNode input) {
        return resolver.node(input.path("id").asText(), Label.class, "Label");
    }

    private IssueWriter.Change change(JsonNode input, Repository repository) {
        for (String unsupported : List.of("projectIds", "parentIssueId", "issueTemplate")) {
            if (input.hasNonNull(unsupported)) {
                throw GraphQlException.failed(
                        "UNPROCESSABLE", "GitHub has the argument " + unsupported + "; this sandbox has not.");
            }
        }
        List<Label> labels = nodes(input.path("labelIds"), Label.class, "Label");
        if (labels != null && labels.stream().anyMatch(label -> !label.repository.equals(repository))) {
            throw GraphQlException.failed("UNPROCESSABLE", "Labels must belong to the issue's repository.");
        }
        return new IssueWriter.Change(
                text(input.path("title")),
                text(input.path("body")),
                input.hasNonNull("state") ? input.path("state").asText().equals("CLOSED") : null,
                null,
                labels,
                nodes(input.path("assigneeIds"), User.class, "User"),
                milestone(input.path("milestoneId")));
    }

    /** Null takes the milestone away, unlike for everything else that is null. */
    private @Nullable List<Milestone> milestone(JsonNode id) {
        if (id.isMissingNode()) {
            return null;
        }
        return id.isNull() ? List.of() : List.of(resolver.node(id.asText(), Milestone.class, "Milestone"));
    }

    private static @Nullable String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : null;
    }

    private <T> @Nullable List<T> nodes(JsonNode ids, Class<T> type, String name) {
        if (!ids.isArray()) {
            return null;
        }
        List<T> nodes = new ArrayList<>();
        ids.forEach(id -> nodes.add(resolver.node(id.asText(), type, name)));
        return nodes;
    }

    /** Whether the field of an object, as JSON, is one of a mutation's input. */
    static JsonNode input(ObjectNode arguments) {
        return arguments.path("input");
    }
}
