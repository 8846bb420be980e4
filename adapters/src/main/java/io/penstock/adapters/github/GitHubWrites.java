package io.penstock.adapters.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.ColumnType;
import io.penstock.adapters.Details;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Plan;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.TableMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Plans a mutation as one document with a field for each row.
 *
 * <pre>
 * statement                                               field of a row
 * ------------------------------------------------------  -----------------------------------------
 * INSERT                                                  createIssue
 * UPDATE                                                  updateIssue
 * UPDATE issues SET state = 'CLOSED', state_reason = ...  closeIssue, which alone takes a reason
 * DELETE                                                  deleteIssue
 * </pre>
 *
 * and likewise for labels. A value that GitHub could only refuse together with the whole document is refused here, where its row is known.
 */
final class GitHubWrites {
    private GitHubWrites() {}

    static Plan plan(Mutation mutation, int maxRows) {
        Rejection refusal = refusal(mutation, maxRows);
        if (refusal != null) {
            return new Plan.Refused(refusal);
        }
        List<RowChange> rows = mutation.rows();
        if (mutation.operation() == Operation.UPDATE
                && rows.stream().allMatch(row -> row.values().isEmpty())) {
            return new Plan.Planned(List.of());
        }
        List<GitHubObject.Verb> verbs = new ArrayList<>();
        ObjectNode variables = Json.object();
        for (RowChange row : rows) {
            GitHubObject.Verb verb = verb(mutation, row);
            ObjectNode input = variables.putObject(GraphQlDocuments.alias(row.ordinal()));
            Rejection unfit = fill(input, verb, mutation, row);
            if (unfit != null) {
                return new Plan.Refused(unfit);
            }
            verbs.add(verb);
        }
        return new Plan.Planned(List.of(new ApiCall(
                "POST",
                GitHubAdapter.PATH,
                GitHubAdapter.HEADERS,
                GraphQlDocuments.body(GraphQlDocuments.mutations(mutation.table(), verbs), variables),
                rows.stream().map(RowChange::ordinal).toList(),
                GitHubLimits.write(rows.size(), mutation.operation() == Operation.INSERT ? rows.size() : 0),
                null,
                true)));
    }

    private static @Nullable Rejection refusal(Mutation mutation, int maxRows) {
        TableMapping table = mutation.table();
        int count = mutation.rows().size();
        if (count <= maxRows) {
            return null;
        }
        String limit = table.schema() + "." + table.table() + " takes at most " + maxRows + " rows per "
                + mutation.operation() + ", the statement has " + count + ".";
        return new Rejection(
                maxRows == 0 ? ErrorClass.UNSUPPORTED : ErrorClass.TOO_MANY, null, null, "ROW_LIMIT", limit);
    }

    private static GitHubObject.Verb verb(Mutation mutation, RowChange row) {
        GitHubObject object = GitHubObject.of(mutation.table().object());
        GitHubObject.Verb closing = object.closing();
        boolean reason = row.values().properties().stream()
                .anyMatch(assigned -> !assigned.getValue().isNull()
                        && GitHubObject.STATE_REASON.equals(fieldName(mutation.table(), assigned.getKey())));
        return closing != null && reason && mutation.operation() == Operation.UPDATE
                ? closing
                : object.verb(mutation.operation());
    }

    private static @Nullable String fieldName(TableMapping table, String column) {
        ColumnMapping mapping = table.column(column);
        return mapping == null ? null : mapping.field();
    }

    /** Puts the row's values into the input of its mutation; the reason where one cannot be sent. */
    private static @Nullable Rejection fill(
            ObjectNode input, GitHubObject.Verb verb, Mutation mutation, RowChange row) {
        TableMapping table = mutation.table();
        GitHubObject object = GitHubObject.of(table.object());
        boolean insert = mutation.operation() == Operation.INSERT;
        if (verb.key() != null) {
            input.put(verb.key(), row.key());
        } else {
            input.put("repositoryId", GitHubDescription.repositoryId(table));
        }
        for (Map.Entry<String, JsonNode> assigned : row.values().properties()) {
            ColumnMapping column = table.column(assigned.getKey());
            GitHubField field = column == null ? null : object.field(column.field());
            Rejection unfit = column == null || field == null
                    ? unmapped(row, assigned.getKey())
                    : fill(input, mutation, row, column, field, assigned.getValue());
            if (unfit != null) {
                return unfit;
            }
        }
        if (verb.equals(object.closing())) {
            return closed(input, mutation, row);
        }
        if (insert) {
            for (ColumnMapping column : table.columns()) {
                GitHubField field = object.field(column.field());
                GitHubField.Writing writing = field == null ? null : field.writing();
                if (field != null
                        && writing != null
                        && field.isRequired()
                        && writing.insert()
                        && !input.has(writing.input())) {
                    return required(row, column);
                }
            }
            if (table.correlationField() != null) {
                String text = input.path(GitHubObject.BODY).asText();
                input.put(GitHubObject.BODY, CorrelationMark.marked(text, mutation, row.ordinal()));
            }
        }
        return null;
    }

    private static @Nullable Rejection fill(
            ObjectNode input,
            Mutation mutation,
            RowChange row,
            ColumnMapping column,
            GitHubField field,
            JsonNode value) {
        boolean insert = mutation.operation() == Operation.INSERT;
        GitHubField.Writing writing = field.writing();
        boolean leftToTheApi = value.isNull() && (insert || field.name().equals(GitHubObject.STATE_REASON));
        if (leftToTheApi) {
            // SQL's DEFAULT is a NULL by now, and a new row has nothing that could be cleared
            return null;
        }
        if (writing == null || !(insert ? column.creatable() : column.updatable())) {
            String message = "Key (" + column.column() + ") cannot be written at the API"
                    + (writing == null ? "." : " by an INSERT: every issue begins OPEN.");
            return new Rejection(ErrorClass.READ_ONLY, row.ordinal(), column.column(), "READ_ONLY", message);
        }
        JsonNode cleared = writing.cleared();
        if (value.isNull() && cleared == null) {
            return required(row, column);
        }
        String unfit = value.isNull() ? null : unfit(field, writing, value);
        if (unfit != null) {
            String key = Details.key(mutation, row.ordinal(), column.column());
            return new Rejection(ErrorClass.FORMAT, row.ordinal(), column.column(), "UNFIT", key + " " + unfit);
        }
        input.set(writing.input(), value.isNull() && cleared != null ? cleared : value);
        return null;
    }

    /** Why GitHub cannot be told this value, or null. */
    private static @Nullable String unfit(GitHubField field, GitHubField.Writing writing, JsonNode value) {
        if (field.type() instanceof ColumnType.TextArray) {
            boolean texts = value.isArray() && value.valueStream().allMatch(JsonNode::isTextual);
            return texts ? null : "is not a list of texts.";
        }
        if (!value.isTextual()) {
            return "is not a text.";
        }
        return writing.words().isEmpty() || writing.words().contains(value.textValue())
                ? null
                : "is not one of " + String.join(", ", writing.words()) + ".";
    }

    /** What closes with a reason says nothing else; then what it closes needs not be said. */
    private static @Nullable Rejection closed(ObjectNode input, Mutation mutation, RowChange row) {
        boolean closes = GitHubObject.CLOSED.equals(Json.text(input, GitHubObject.STATE));
        input.remove(GitHubObject.STATE);
        if (closes && input.size() == 2) {
            return null;
        }
        String column = mutation.table().columns().stream()
                .filter(each -> each.field().equals(GitHubObject.STATE_REASON))
                .map(ColumnMapping::column)
                .findFirst()
                .orElse(GitHubObject.STATE_REASON);
        String message = Details.key(mutation, row.ordinal(), column)
                + " can be written only by a statement that sets the state to CLOSED and no other column.";
        return new Rejection(ErrorClass.RULE, row.ordinal(), column, "REASON_WITHOUT_CLOSING", message);
    }

    private static Rejection required(RowChange row, ColumnMapping column) {
        String message = Details.of(ErrorClass.REQUIRED, "", column.column(), "");
        return new Rejection(ErrorClass.REQUIRED, row.ordinal(), column.column(), "REQUIRED", message);
    }

    private static Rejection unmapped(RowChange row, String column) {
        String message = "Column " + column + " is not mapped to a field of the API.";
        return new Rejection(ErrorClass.UNKNOWN_COLUMN, row.ordinal(), column, "UNMAPPED", message);
    }
}
