package io.penstock.adapters.github;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.ColumnType;
import io.penstock.adapters.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that GitHub tells about an object, and how it is written.
 *
 * @param column what the column is called where configuration gives no other name
 * @param name what configuration calls it: GitHub's own name, with a point where it lies deeper
 * @param selection what asks for it, in GraphQL
 * @param at where it lies in the answer
 * @param element of a list of objects: which of their members is meant
 * @param writing null where GitHub alone writes it
 */
record GitHubField(
        String column,
        String name,
        ColumnType type,
        String selection,
        JsonPointer at,
        @Nullable String element,
        @Nullable Writing writing,
        String label) {
    /**
     * How a value is sent.
     *
     * @param input the member of the mutation's input
     * @param insert may stand in an INSERT
     * @param cleared what stands for NULL; null where there has to be a value
     * @param words all the values that there are, or none where it may be any
     */
    record Writing(String input, boolean insert, @Nullable JsonNode cleared, List<String> words) {
        Writing {
            words = List.copyOf(words);
        }
    }

    private static final JsonNode NO_TEXT = new TextNode("");

    /** What lies in the object itself, by GitHub's own name. */
    static GitHubField plain(String column, String name, ColumnType type, String label) {
        return new GitHubField(column, name, type, name, JsonPointer.compile("/" + name), null, null, label);
    }

    /** A member of an object in the object. */
    static GitHubField inside(String column, String object, String member, String selection, String label) {
        return new GitHubField(
                column,
                object + "." + member,
                ColumnType.TEXT,
                object + " { " + selection + " }",
                JsonPointer.compile("/" + object + "/" + member),
                null,
                null,
                label);
    }

    /** A member of each object of a connection, whole: no object has as many as are asked for here. */
    static GitHubField each(String column, String connection, String member, String selection, String label) {
        return new GitHubField(
                column,
                connection + "." + member,
                ColumnType.TEXT_ARRAY,
                connection + "(first: 100) { nodes { " + selection + " } }",
                JsonPointer.compile("/" + connection + "/nodes"),
                member,
                null,
                label);
    }

    /** Asked for in other words than its name alone. */
    GitHubField asked(String words) {
        return new GitHubField(column, name, type, words, at, element, writing, label);
    }

    /** There has to be a value. */
    GitHubField required(String input) {
        return written(new Writing(input, true, null, List.of()));
    }

    /** A text without a character is no text. */
    GitHubField text(String input) {
        return written(new Writing(input, true, NO_TEXT, List.of()));
    }

    GitHubField reference(String input) {
        return written(new Writing(input, true, NullNode.instance, List.of()));
    }

    GitHubField references(String input) {
        return written(new Writing(input, true, Json.array(), List.of()));
    }

    /** One of some words, and not in an INSERT. */
    GitHubField word(String input, String... words) {
        return written(new Writing(input, false, null, List.of(words)));
    }

    private GitHubField written(Writing how) {
        return new GitHubField(column, name, type, selection, at, element, how, label);
    }

    boolean isRequired() {
        return writing != null && writing.cleared() == null;
    }

    ColumnMapping mapping(String columnName) {
        Writing how = writing;
        boolean nullable = !name.equals("id") && !(isRequired() && how != null && how.insert());
        return new ColumnMapping(columnName, name, type, how != null && how.insert(), how != null, nullable, label);
    }
}
