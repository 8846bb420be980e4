package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.util.Locale;

/**
 * Objects as REST shows them.
 *
 * @param base the address that the client called, which all of the links in an answer begin with
 */
record RestJson(String base) {
    private static final String WEB = "https://github.com/";

    ObjectNode user(User user) {
        return Json.object()
                .put("login", user.login())
                .put("id", user.id())
                .put("node_id", user.nodeId())
                .put("url", base + "/users/" + user.login())
                .put("html_url", WEB + user.login())
                .put("type", "User")
                .put("site_admin", false);
    }

    ObjectNode wholeUser(User user) {
        return user(user).put("name", user.name());
    }

    ObjectNode repository(Repository repository) {
        ObjectNode json = Json.object()
                .put("id", repository.id())
                .put("node_id", repository.nodeId())
                .put("name", repository.name())
                .put("full_name", repository.fullName())
                .put("private", true);
        json.set("owner", user(repository.owner()));
        return json.put("html_url", WEB + repository.fullName())
                .put("url", base + "/repos/" + repository.fullName())
                .put("has_issues", true)
                .put("archived", false)
                .put("created_at", GraphQlResolver.time(repository.created()));
    }

    ObjectNode label(Label label) {
        return Json.object()
                .put("id", label.id)
                .put("node_id", label.nodeId)
                .put("url", base + "/repos/" + label.repository.fullName() + "/labels/" + label.name)
                .put("name", label.name)
                .put("color", label.color)
                .put("default", false)
                .put("description", label.description.isEmpty() ? null : label.description);
    }

    static ObjectNode milestone(Milestone milestone) {
        return Json.object()
                .put("node_id", milestone.nodeId())
                .put("number", milestone.number())
                .put("title", milestone.title())
                .put("state", "open");
    }

    ObjectNode issue(Issue issue) {
        String repository = base + "/repos/" + issue.repository.fullName();
        String web = WEB + issue.repository.fullName() + (issue.pullRequest ? "/pull/" : "/issues/") + issue.number;
        ObjectNode json = Json.object()
                .put("url", repository + "/issues/" + issue.number)
                .put("repository_url", repository)
                .put("labels_url", repository + "/issues/" + issue.number + "/labels{/name}")
                .put("comments_url", repository + "/issues/" + issue.number + "/comments")
                .put("events_url", repository + "/issues/" + issue.number + "/events")
                .put("html_url", web)
                .put("id", issue.id)
                .put("node_id", issue.nodeId)
                .put("number", issue.number)
                .put("title", issue.title);
        json.set("user", user(issue.author));
        ArrayNode labels = json.putArray("labels");
        issue.labels.forEach(label -> labels.add(label(label)));
        json.put("state", issue.closed ? "closed" : "open").put("locked", false);
        json.set("assignee", issue.assignees.isEmpty() ? json.nullNode() : user(issue.assignees.getFirst()));
        ArrayNode assignees = json.putArray("assignees");
        issue.assignees.forEach(user -> assignees.add(user(user)));
        Milestone milestone = issue.milestone;
        json.set("milestone", milestone == null ? json.nullNode() : milestone(milestone));
        json.put("comments", 0)
                .put("created_at", GraphQlResolver.time(issue.created))
                .put("updated_at", GraphQlResolver.time(issue.updated))
                .put("closed_at", issue.closedAt == null ? null : GraphQlResolver.time(issue.closedAt))
                .put("author_association", "OWNER")
                .putNull("active_lock_reason");
        if (issue.pullRequest) {
            json.putObject("pull_request")
                    .put("url", repository + "/pulls/" + issue.number)
                    .put("html_url", web);
        }
        // An issue without a text has null here, and the empty text in GraphQL.
        return json.put("body", issue.body.isEmpty() ? null : issue.body)
                .put("state_reason", issue.stateReason == null ? null : issue.stateReason.toLowerCase(Locale.ROOT));
    }
}
