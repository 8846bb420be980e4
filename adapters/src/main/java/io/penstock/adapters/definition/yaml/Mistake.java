package io.penstock.adapters.definition.yaml;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong in a document.
 *
 * @param line from 1
 * @param path of the value, such as {@code tables.contacts.insert.max_rows}; empty for the document
 * @param suggestion what was probably meant, or null
 */
public record Mistake(
        int line, String path, String message, @Nullable String suggestion) {
    /** For a person: {@code line 3: tables.contacts.kye is not a setting; did you mean key?} */
    @Override
    public String toString() {
        return "line " + line + ": " + (path.isEmpty() ? "" : path + " ") + message
                + (suggestion == null ? "" : "; did you mean " + suggestion + "?");
    }
}
