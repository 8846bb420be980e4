package io.penstock.config.reader;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong in the file.
 *
 * @param path of the setting, {@code penstock.listen}
 * @param line counted from 1; 0 where no line can be named
 * @param text what is wrong, a clause without a full stop
 * @param suggestion what was probably meant, or null
 */
public record Mistake(
        String path, int line, String text, @Nullable String suggestion) {
    /** For a person: {@code line 3: penstock.lisen is not a setting; did you mean listen?} */
    @Override
    public String toString() {
        return (line > 0 ? "line " + line + ": " : "")
                + path
                + " "
                + text
                + (suggestion == null ? "" : "; did you mean " + suggestion + "?");
    }
}
