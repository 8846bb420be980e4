package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The value of each field that reads. Null where there is none; lists are lists, objects what {@link #typeOf} knows. */
final class GraphQlResolver {
    private static final String WEB = "https://github.com/";

    private final GitHubStore store;
    private final GitHubLimits limits;

    GraphQlResolver(GitHubStore store, GitHubLimits limits) {
        this.store = store;
        this.limits = limits;
    }

    static String typeOf(Object value) {
        return switch (value) {
            case GraphQlObject object -> object.type();
            case Repository repository -> "Repository";
            case Issue issue -> issue.pullRequest ? "PullRequest" : "Issue";
            case Label label -> "Label";
            case Milestone milestone -> "Milestone";
            case User user -> "User";
            default -> throw new IllegalStateException("no type for " + value.getClass());
        };
    }

    @Nullable
    Object field(Object source, String field, ObjectNode arguments) {
        return switch (source) {
            case GraphQlObject object -> object.members().get(field);
            case Repository repository -> repository(repository, field, arguments);
            case Issue issue -> issue(issue, field, arguments);
            case Label label -> label(label, field);
            case Milestone milestone -> milestone(milestone, field);
            case User user -> user(user, field);
            default -> throw new IllegalStateException("no fields of " + source.getClass());
        };
    }

    /** A field of a query itself. */
    @Nullable
    Object query(String field, ObjectNode arguments) {
        return switch (field) {
            case "viewer" -> store.all(User.class).getFirst();
            case "user" -> {
                String login = arguments.path("login").asText();
                User user = store.user(login);
                if (user == null) {
                    throw notFound("Could not resolve to a User with the login of '" + login + "'.");
                }
                yield user;
            }
            case "repository" -> {
                String owner = arguments.path("owner").asText();
                String name = arguments.path("name").asText();
                Repository repository = store.repository(owner, name);
                if (repository == null) {
                    throw notFound("Could not resolve to a Repository with the name '" + owner + "/" + name + "'.");
                }
                yield repository;
            }
            case "node" -> node(arguments.path("id").asText());
            case "rateLimit" -> rateLimit();
            default -> throw new IllegalStateException("no such query: " + field);
        };
    }

    /** A node, or an error that says that there is none. */
    Object node(String id) {
        Object node = store.node(id);
        if (node == null) {
            throw notFound("Could not resolve to a node with the global id of '" + id + "'");
        }
        return node;
    }

    <T> T node(String id, Class<T> type, String name) {
        Object node = node(id);
        if (!type.isInstance(node) || node instanceof Issue issue && issue.pullRequest) {
            throw notFound("Could not resolve to " + name + " node with the global id of '" + id + "'.");
        }
        return type.cast(node);
    }

    private static GraphQlException notFound(String message) {
        return GraphQlException.failed("NOT_FOUND", message);
    }

    private GraphQlObject rateLimit() {
        GitHubLimits.Hour hour = limits.graphQl();
        Map<String, Object> members = new HashMap<>();
        members.put("cost", 1);
        members.put("nodeCount", 0);
        members.put("limit", hour.limit());
        members.put("remaining", hour.remaining());
        members.put("used", hour.used());
        members.put("resetAt", time(hour.resets()));
        return new GraphQlObject("RateLimit", members);
    }

    private @Nullable Object repository(Repository repository, String field, ObjectNode arguments) {
        return switch (field) {
            case "id" -> repository.nodeId();
            case "databaseId" -> repository.id();
            case "name" -> repository.name();
            case "nameWithOwner" -> repository.fullName();
            case "owner" -> repository.owner();
            case "url" -> WEB + repository.fullName();
            case "isPrivate" -> true;
            case "createdAt", "updatedAt" -> time(repository.created());
            case "issue" -> {
                int number = arguments.path("number").asInt();
                Issue issue = store.issue(repository, number);
                if (issue == null || issue.pullRequest) {
                    throw notFound("Could not resolve to an Issue with the number of " + number + ".");
                }
                yield issue;
            }
            case "issues" ->
                Connection.page("IssueConnection", "IssueEdge", field, issues(repository, arguments), arguments);
            case "label" ->
                store.labels(repository).stream()
                        .filter(label -> label.isCalled(arguments.path("name").asText()))
                        .findAny()
                        .orElse(null);
            case "labels" ->
                Connection.page("LabelConnection", "LabelEdge", field, labels(repository, arguments), arguments);
            case "assignableUsers" ->
                Connection.page("UserConnection", "UserEdge", field, store.all(User.class), arguments);
            default -> null;
        };
    }

    private List<Issue> issues(Repository repository, ObjectNode arguments) {
        JsonNode filter = arguments.path("filterBy");
        List<String> states = texts(arguments.path("states"));
        states.addAll(texts(filter.path("states")));
        List<String> labels = texts(arguments.path("labels"));
        labels.addAll(texts(filter.path("labels")));
        Instant since = since(filter.path("since"));
        Comparator<Issue> order =
                switch (arguments.path("orderBy").path("field").asText("CREATED_AT")) {
                    case "UPDATED_AT" -> Comparator.comparing((Issue issue) -> issue.updated);
                    default -> Comparator.comparing((Issue issue) -> issue.created);
                };
        order = order.thenComparing(issue -> issue.number);
        boolean down = arguments.path("orderBy").path("direction").asText("ASC").equals("DESC");
        String author = filter.path("createdBy").asText("");
        String assignee = filter.path("assignee").asText("");
        return store.issues(repository).stream()
                .filter(issue -> !issue.pullRequest)
                .filter(issue -> states.isEmpty() || states.contains(issue.closed ? "CLOSED" : "OPEN"))
                .filter(issue ->
                        labels.isEmpty() || issue.labels.stream().anyMatch(label -> labels.contains(label.name)))
                .filter(issue -> !issue.updated.isBefore(since))
                .filter(issue -> author.isEmpty() || issue.author.login().equals(author))
                .filter(issue -> assignee.isEmpty()
                        || issue.assignees.stream()
                                .anyMatch(user -> user.login().equals(assignee)))
                .sorted(down ? order.reversed() : order)
                .toList();
    }

    private List<Label> labels(Repository repository, ObjectNode arguments) {
        JsonNode by = arguments.path("orderBy");
        Comparator<Label> order = by.path("field").asText("CREATED_AT").equals("NAME")
                ? Comparator.comparing(label -> label.name.toLowerCase(Locale.ROOT))
                : Comparator.comparing(label -> label.id);
        boolean down = by.path("direction").asText("ASC").equals("DESC");
        return store.labels(repository).stream()
                .sorted(down ? order.reversed() : order)
                .toList();
    }

    private static Instant since(JsonNode text) {
        if (!text.isTextual()) {
            return Instant.EPOCH;
        }
        try {
            return java.time.OffsetDateTime.parse(text.textValue()).toInstant();
        } catch (DateTimeParseException e) {
            throw GraphQlException.refused("Could not coerce value \"" + text.textValue() + "\" to DateTime");
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    private static @Nullable Object issue(Issue issue, String field, ObjectNode arguments) {
        return switch (field) {
            case "id" -> issue.nodeId;
            case "databaseId" -> issue.id;
            case "fullDatabaseId" -> Long.toString(issue.id);
            case "number" -> issue.number;
            case "title" -> issue.title;
            case "body" -> issue.body;
            case "state" -> issue.closed ? "CLOSED" : "OPEN";
            case "stateReason" ->
                reason(issue, arguments.path("enableDuplicate").asBoolean());
            case "url" ->
                WEB + issue.repository.fullName() + (issue.pullRequest ? "/pull/" : "/issues/") + issue.number;
            case "createdAt" -> time(issue.created);
            case "updatedAt" -> time(issue.updated);
            case "closedAt" -> issue.closedAt == null ? null : time(issue.closedAt);
            case "closed" -> issue.closed;
            case "locked" -> false;
            case "author" -> issue.author;
            case "labels" -> Connection.page("LabelConnection", "LabelEdge", field, issue.labels, arguments);
            case "assignees" -> Connection.page("UserConnection", "UserEdge", field, issue.assignees, arguments);
            case "repository" -> issue.repository;
            case "milestone" -> issue.milestone;
            default -> null;
        };
    }

    /** Who does not say that it knows DUPLICATE is told NOT_PLANNED. */
    private static @Nullable String reason(Issue issue, boolean duplicates) {
        return "DUPLICATE".equals(issue.stateReason) && !duplicates ? "NOT_PLANNED" : issue.stateReason;
    }

    private static @Nullable Object label(Label label, String field) {
        return switch (field) {
            case "id" -> label.nodeId;
            case "name" -> label.name;
            case "color" -> label.color;
            case "description" -> label.description.isEmpty() ? null : label.description;
            case "isDefault" -> false;
            case "createdAt" -> time(label.created);
            case "updatedAt" -> time(label.updated);
            case "repository" -> label.repository;
            case "url" -> WEB + label.repository.fullName() + "/labels/" + label.name.toLowerCase(Locale.ROOT);
            default -> null;
        };
    }

    private static Object milestone(Milestone milestone, String field) {
        return switch (field) {
            case "id" -> milestone.nodeId();
            case "number" -> milestone.number();
            case "title" -> milestone.title();
            case "state" -> "OPEN";
            case "url" -> WEB + milestone.repository().fullName() + "/milestone/" + milestone.number();
            default -> throw new IllegalStateException("no such field of a milestone: " + field);
        };
    }

    private static @Nullable Object user(User user, String field) {
        return switch (field) {
            case "id" -> user.nodeId();
            case "databaseId" -> user.id();
            case "login" -> user.login();
            case "name" -> user.name();
            case "url" -> WEB + user.login();
            default -> null;
        };
    }

    static String time(Instant instant) {
        return instant.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString();
    }
}
