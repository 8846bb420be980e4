package io.penstock.adapters.openapi;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** YAML line by line, with remarks for the person who goes on from there. Whatever a stranger wrote stays within its quotes or its comment. */
final class DraftText {
    private static final Set<String> WORDS = Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

    private final StringBuilder text = new StringBuilder();
    private int decisions;

    /** Something that only a person can know. */
    void decide(int depth, String what) {
        decisions++;
        comment(depth, "decide: " + what);
    }

    void comment(int depth, String what) {
        text.append("  ".repeat(depth)).append("# ").append(OneLine.whole(what)).append('\n');
    }

    /** Lines that hold once somebody takes the comment sign away. */
    void commented(int depth, String line) {
        text.append("  ".repeat(depth)).append("# ").append(line).append('\n');
    }

    /** A line that is YAML already. */
    void line(int depth, String yaml) {
        text.append("  ".repeat(depth)).append(yaml).append('\n');
    }

    void entry(int depth, String key, String value) {
        line(depth, key + ": " + scalar(value));
    }

    void blank() {
        text.append('\n');
    }

    int decisions() {
        return decisions;
    }

    /** A text as YAML writes it, in or outside of braces. */
    static String scalar(String value) {
        String line = value.replaceAll("[\\p{Cntrl}\\u2028\\u2029\\ufeff]+", " ");
        return line.matches("[A-Za-z/][A-Za-z0-9_/.-]*") && !WORDS.contains(line.toLowerCase(java.util.Locale.ROOT))
                ? line
                : "'" + line.replace("'", "''") + "'";
    }

    /** {@code {a: x, b: y}}; the values are YAML already. */
    static String flow(Map<String, String> entries) {
        return entries.entrySet().stream()
                .map(entry -> scalar(entry.getKey()) + ": " + entry.getValue())
                .collect(Collectors.joining(", ", "{", "}"));
    }

    static String flow(List<String> items) {
        return "[" + String.join(", ", items) + "]";
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
