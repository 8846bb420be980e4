package io.penstock.adapters.github;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Body;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.Json;
import io.penstock.adapters.TableMapping;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The documents that are sent. They hold names of GraphQL alone: what a user wrote is always a variable, so that no text can end what it stands in.
 */
final class GraphQlDocuments {
    /** What {@link #table} asks for about a repository. */
    static final String REPOSITORY = "repository";

    /** The rows of a read, whatever the object. */
    static final String ROWS = "rows";

    private static final String DESCRIBE =
            "query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { id nameWithOwner } }";

    private GraphQlDocuments() {}

    /** The name of a row's own field and variable. */
    static String alias(int ordinal) {
        return "r" + ordinal;
    }

    /** One mutation for each row, done in this order: {@code r0: updateIssue(input: $r0) {issue {...row}}}. */
    static String mutations(TableMapping table, List<GitHubObject.Verb> verbs) {
        StringJoiner variables = new StringJoiner(", ", "mutation (", ") {");
        StringJoiner fields = new StringJoiner("\n");
        boolean results = false;
        for (int ordinal = 0; ordinal < verbs.size(); ordinal++) {
            GitHubObject.Verb verb = verbs.get(ordinal);
            String alias = alias(ordinal);
            String result = verb.result();
            results |= result != null;
            variables.add("$" + alias + ": " + verb.input() + "!");
            fields.add(alias + ": " + verb.mutation() + "(input: $" + alias + ") { "
                    + (result == null ? "clientMutationId" : result + " { ...row }") + " }");
        }
        return variables + "\n" + fields + "\n}" + (results ? "\n" + row(table) : "");
    }

    /** Rows by key, and the repository: whoever does not see that cannot say that a row is gone. */
    static String byKey(TableMapping table) {
        return "query ($repository: ID!, $keys: [ID!]!) {\nrepository: node(id: $repository) { id }\nrows: nodes(ids: $keys) { ...row }\n}\n"
                + row(table);
    }

    /**
     * A page of a connection of the repository.
     *
     * @param connection with its arguments
     * @param more fields that are asked for beside the columns
     */
    static String page(TableMapping table, String connection, String... more) {
        StringJoiner variables = new StringJoiner(", ", "query (", ") {");
        variables.add("$repository: ID!");
        if (connection.contains("$since")) {
            variables.add("$since: DateTime!");
        }
        if (connection.contains("$after")) {
            variables.add("$after: String");
        }
        String nodes = Stream.concat(Stream.of("...row"), Stream.of(more)).collect(Collectors.joining(" "));
        return variables + "\nrepository: node(id: $repository) { ... on Repository {\nrows: " + connection
                + " { nodes { " + nodes + " } pageInfo { hasNextPage endCursor } }\n} }\n}\n" + row(table);
    }

    /** The repository that the tables are of. */
    static Body repository(String owner, String name) {
        return body(DESCRIBE, Json.object().put("owner", owner).put("name", name));
    }

    static Body body(String document, ObjectNode variables) {
        ObjectNode body = Json.object().put("query", document);
        body.set("variables", variables);
        return new Body.Json(body);
    }

    /** What the columns of the table need. */
    private static String row(TableMapping table) {
        GitHubObject object = GitHubObject.of(table.object());
        return table.columns().stream()
                .map(ColumnMapping::field)
                .map(object::field)
                .filter(field -> field != null)
                .map(GitHubField::selection)
                .distinct()
                .collect(Collectors.joining(" ", "fragment row on " + object.type() + " { ", " }"));
    }
}
