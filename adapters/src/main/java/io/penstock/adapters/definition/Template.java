package io.penstock.adapters.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A text with placeholders, <code>${name}</code>. Names stand for values that are known; nothing is computed. */
record Template(List<Part> parts) {
    /** What a text is made of. */
    sealed interface Part {
        /** Stands as it is. */
        record Literal(String text) implements Part {}

        /** Stands for a value. */
        record Placeholder(String name) implements Part {}
    }

    /** What the names stand for; null where there is no such value now. */
    @FunctionalInterface
    interface Names {
        @Nullable
        JsonNode value(String name);
    }

    Template {
        parts = List.copyOf(parts);
    }

    static Template of(String text) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int begin = text.indexOf("${", from);
            int end = begin < 0 ? -1 : text.indexOf('}', begin);
            if (end < 0) {
                break;
            }
            if (begin > from) {
                parts.add(new Part.Literal(text.substring(from, begin)));
            }
            parts.add(new Part.Placeholder(text.substring(begin + 2, end)));
            from = end + 1;
        }
        if (from < text.length()) {
            parts.add(new Part.Literal(text.substring(from)));
        }
        return new Template(parts);
    }

    /** The names in the texts of a value, however deep. */
    static Set<String> names(JsonNode json) {
        Set<String> names = new LinkedHashSet<>();
        collect(json, names);
        return names;
    }

    private static void collect(JsonNode json, Set<String> names) {
        if (json.isTextual()) {
            names.addAll(of(json.textValue()).names());
        }
        json.forEach(below -> collect(below, names));
    }

    Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (Part part : parts) {
            if (part instanceof Part.Placeholder(String name)) {
                names.add(name);
            }
        }
        return names;
    }

    /** The value of a template that is one placeholder and nothing else, else its text; null where a placeholder has no value. */
    @Nullable
    JsonNode json(Names values) {
        if (parts.size() == 1 && parts.getFirst() instanceof Part.Placeholder(String name)) {
            return values.value(name);
        }
        String text = text(values);
        return text == null ? null : new TextNode(text);
    }

    /** As text; a list is joined by commas. Null where a placeholder has no value. */
    @Nullable
    String text(Names values) {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Part.Literal(String literal) -> text.append(literal);
                case Part.Placeholder(String name) -> {
                    JsonNode value = values.value(name);
                    if (value == null) {
                        return null;
                    }
                    text.append(plain(value));
                }
            }
        }
        return text.toString();
    }

    /** A value as it stands within a text. */
    static String plain(JsonNode value) {
        if (!value.isArray()) {
            return value.isValueNode() ? value.asText() : value.toString();
        }
        List<String> items = new ArrayList<>();
        value.forEach(item -> items.add(plain(item)));
        return String.join(",", items);
    }
}
