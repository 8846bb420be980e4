package io.penstock.adapters.github;

import static io.penstock.adapters.github.GitHubField.each;
import static io.penstock.adapters.github.GitHubField.inside;
import static io.penstock.adapters.github.GitHubField.plain;

import io.penstock.adapters.ColumnType;
import io.penstock.adapters.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a repository can be a table.
 *
 * @param name what configuration calls it
 * @param type what GraphQL calls it
 * @param closing the mutation that closes with a reason; null where nothing is closed
 * @param listing the connection of a repository that has all of them, oldest first
 * @param changing the same with what changed since {@code $since}; null where GitHub does not tell
 * @param newest the same with those made last; null where no row is looked for that way
 */
record GitHubObject(
        String name,
        String type,
        List<GitHubField> fields,
        Verb insert,
        Verb update,
        Verb delete,
        @Nullable Verb closing,
        String listing,
        @Nullable String changing,
        @Nullable String newest) {
    /**
     * One of GraphQL's mutations.
     *
     * @param mutation its name
     * @param input the type of its one argument
     * @param key the member of the input that says which object; null where it makes one
     * @param result the member of the payload that has the object; null where there is none any more
     */
    record Verb(
            String mutation,
            String input,
            @Nullable String key,
            @Nullable String result) {}

    static final String KEY = "id";
    static final String STATE = "state";
    static final String STATE_REASON = "stateReason";
    static final String CLOSED = "CLOSED";

    /** The field in which an INSERT may leave its mark, see {@link CorrelationMark}. */
    static final String BODY = "body";

    private static final String PAGE = "(first: 100, after: $after, ";
    private static final String OLDEST_FIRST = "orderBy: {field: CREATED_AT, direction: ASC})";

    static final GitHubObject ISSUES = new GitHubObject(
            "issues",
            "Issue",
            List.of(
                    plain("id", KEY, ColumnType.TEXT, "Node id"),
                    plain("number", "number", ColumnType.WHOLE, "Number in the repository"),
                    plain("title", "title", ColumnType.TEXT, "Title").required("title"),
                    plain("body", BODY, ColumnType.TEXT, "Text, in Markdown").text("body"),
                    plain("state", STATE, ColumnType.TEXT, "OPEN or CLOSED").word("state", CLOSED, "OPEN"),
                    plain("state_reason", STATE_REASON, ColumnType.TEXT, "Why it is in its state")
                            .asked("stateReason(enableDuplicate: true)")
                            .word("stateReason", "COMPLETED", "DUPLICATE", "NOT_PLANNED"),
                    inside("author", "author", "login", "login", "Who opened it"),
                    each("labels", "labels", "name", "id name", "Names of its labels"),
                    each("label_ids", "labels", "id", "id name", "Node ids of its labels")
                            .references("labelIds"),
                    each("assignees", "assignees", "login", "id login", "Logins of those who work on it"),
                    each("assignee_ids", "assignees", "id", "id login", "Node ids of those who work on it")
                            .references("assigneeIds"),
                    inside("milestone", "milestone", "title", "id title", "Title of its milestone"),
                    inside("milestone_id", "milestone", "id", "id title", "Node id of its milestone")
                            .reference("milestoneId"),
                    plain("locked", "locked", ColumnType.BOOL, "Only collaborators may comment"),
                    plain("url", "url", ColumnType.TEXT, "Where people read it"),
                    plain("database_id", "fullDatabaseId", ColumnType.WHOLE, "Id in the REST API"),
                    plain("created_at", "createdAt", ColumnType.TIMESTAMP, "When it was opened"),
                    plain("updated_at", "updatedAt", ColumnType.TIMESTAMP, "When it was changed last"),
                    plain("closed_at", "closedAt", ColumnType.TIMESTAMP, "When it was closed")),
            new Verb("createIssue", "CreateIssueInput", null, "issue"),
            new Verb("updateIssue", "UpdateIssueInput", "id", "issue"),
            new Verb("deleteIssue", "DeleteIssueInput", "issueId", null),
            new Verb("closeIssue", "CloseIssueInput", "issueId", "issue"),
            "issues" + PAGE + OLDEST_FIRST,
            "issues" + PAGE + "filterBy: {since: $since}, orderBy: {field: UPDATED_AT, direction: ASC})",
            "issues(first: 100, filterBy: {since: $since}, orderBy: {field: CREATED_AT, direction: DESC})");

    static final GitHubObject LABELS = new GitHubObject(
            "labels",
            "Label",
            List.of(
                    plain("id", KEY, ColumnType.TEXT, "Node id"),
                    plain("name", "name", ColumnType.TEXT, "Name").required("name"),
                    plain("color", "color", ColumnType.TEXT, "Six hexadecimal digits")
                            .required("color"),
                    plain("description", "description", ColumnType.TEXT, "Description")
                            .text("description"),
                    plain("is_default", "isDefault", ColumnType.BOOL, "Made by GitHub with the repository"),
                    plain("url", "url", ColumnType.TEXT, "Where people see its issues"),
                    plain("created_at", "createdAt", ColumnType.TIMESTAMP, "When it was made"),
                    plain("updated_at", "updatedAt", ColumnType.TIMESTAMP, "When it was changed last")),
            new Verb("createLabel", "CreateLabelInput", null, "label"),
            new Verb("updateLabel", "UpdateLabelInput", "id", "label"),
            new Verb("deleteLabel", "DeleteLabelInput", "id", null),
            null,
            "labels" + PAGE + OLDEST_FIRST,
            null,
            null);

    static final List<GitHubObject> ALL = List.of(ISSUES, LABELS);

    GitHubObject {
        fields = List.copyOf(fields);
    }

    /** Null where GitHub has no such thing, or none that can be a table. */
    static @Nullable GitHubObject find(String name) {
        return ALL.stream().filter(each -> each.name.equals(name)).findFirst().orElse(null);
    }

    /** The object of a table, whose description has found it. */
    static GitHubObject of(String name) {
        GitHubObject object = find(name);
        if (object == null) {
            throw new IllegalArgumentException("GitHub has no table " + name);
        }
        return object;
    }

    @Nullable
    GitHubField field(String name) {
        return fields.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    Verb verb(Operation operation) {
        return switch (operation) {
            case INSERT -> insert;
            case UPDATE -> update;
            case DELETE -> delete;
        };
    }
}
