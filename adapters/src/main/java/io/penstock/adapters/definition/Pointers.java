package io.penstock.adapters.definition;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.adapters.definition.yaml.Section;
import io.penstock.adapters.definition.yaml.Yaml;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Reads places in answers: pointers (RFC 6901), conditions, and finders with their patterns. */
final class Pointers {
    private Pointers() {}

    /** Null where the key is not there, or no pointer. */
    static @Nullable JsonPointer optional(Section section, String key) {
        String text = section.text(key);
        return text == null ? null : compile(section, key, text);
    }

    static JsonPointer or(Section section, String key, String otherwise) {
        JsonPointer pointer = optional(section, key);
        return pointer == null ? JsonPointer.compile(otherwise) : pointer;
    }

    static JsonPointer required(Section section, String key) {
        section.required(key);
        return or(section, key, "");
    }

    static List<JsonPointer> several(Section section, String key) {
        List<JsonPointer> pointers = new ArrayList<>();
        for (String text : section.texts(key)) {
            JsonPointer pointer = compile(section, key, text);
            if (pointer != null) {
                pointers.add(pointer);
            }
        }
        return pointers;
    }

    private static @Nullable JsonPointer compile(Section section, String key, String text) {
        if (text.isEmpty() || text.startsWith("/")) {
            return JsonPointer.compile(text);
        }
        section.mistake(key, "has \"" + text + "\", which is no JSON pointer: it begins with /, or is empty for all");
        return null;
    }

    /** Texts by pointer. */
    static Conditions conditions(Section section, String key) {
        Map<JsonPointer, String> texts = new LinkedHashMap<>();
        section.textMap(key).forEach((at, text) -> {
            JsonPointer pointer = compile(section, key, at);
            if (pointer != null) {
                texts.put(pointer, text);
            }
        });
        return new Conditions(texts);
    }

    /** A pointer, a section with {@code at} and {@code matches}, or several of both. */
    static Finder finder(Section section, String key) {
        List<Finder.Place> places = new ArrayList<>();
        for (Yaml item : section.items(key)) {
            Finder.Place place = switch (item) {
                case Yaml.Scalar(int _, JsonNode json) -> place(compile(section, key, json.asText()), null);
                case Yaml.Mapping mapping -> place(section, key, mapping);
                case Yaml.Sequence list -> {
                    section.mistakes().add(list.line(), section.path(key), "holds a list within a list");
                    yield null;
                }
            };
            if (place != null) {
                places.add(place);
            }
        }
        return new Finder(places);
    }

    private static Finder.@Nullable Place place(Section section, String key, Yaml.Mapping mapping) {
        Section one = section.section(section.path(key), mapping);
        if (one == null) {
            return null;
        }
        JsonPointer at = required(one, "at");
        Pattern matches = pattern(one, "matches");
        one.done();
        return place(at, matches);
    }

    private static Finder.@Nullable Place place(@Nullable JsonPointer at, @Nullable Pattern matches) {
        return at == null ? null : new Finder.Place(at, matches);
    }

    static @Nullable Pattern pattern(Section section, String key) {
        String text = section.text(key);
        if (text == null) {
            return null;
        }
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException broken) {
            section.mistake(key, "is no regular expression: " + broken.getDescription());
            return null;
        }
    }
}
