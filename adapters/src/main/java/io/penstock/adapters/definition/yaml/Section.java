package io.penstock.adapters.definition.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of a document while it is read: hands out its values by key and type, notes what is wrong and goes on, and in the end knows which
 * keys nobody asked for.
 */
public final class Section {
    private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,8})(ms|s|m|h|d)");

    private final String path;
    private final Yaml.Mapping mapping;
    private final Mistakes mistakes;
    private final Set<String> asked = new LinkedHashSet<>();

    public Section(String path, Yaml.Mapping mapping, Mistakes mistakes) {
        this.path = path;
        this.mapping = mapping;
        this.mistakes = mistakes;
    }

    public String path() {
        return path;
    }

    public int line() {
        return mapping.line();
    }

    public String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** The line of a key, or of the section where it has none such. */
    public int line(String key) {
        Yaml.Mapping.Entry entry = mapping.entries().get(key);
        return entry == null ? line() : entry.line();
    }

    public Set<String> keys() {
        return mapping.entries().keySet();
    }

    public boolean has(String key) {
        return mapping.entries().containsKey(key);
    }

    public Mistakes mistakes() {
        return mistakes;
    }

    /** Notes that the value of a key is wrong; the message continues its path. */
    public void mistake(String key, String message) {
        mistakes.add(line(key), path(key), message);
    }

    /** The value of a key as it stands, or null. */
    public @Nullable Yaml value(String key) {
        asked.add(key);
        Yaml.Mapping.Entry entry = mapping.entries().get(key);
        return entry == null ? null : entry.value();
    }

    /** The value where it must be there; else null, and the mistake is noted. */
    public @Nullable Yaml required(String key) {
        Yaml value = value(key);
        if (value == null) {
            mistakes.add(line(), path(key), "is missing");
        }
        return value;
    }

    public @Nullable String text(String key) {
        Yaml value = value(key);
        if (value == null) {
            return null;
        }
        if (value instanceof Yaml.Scalar(int _, JsonNode json) && !json.isNull()) {
            return json.asText();
        }
        mistake(key, "is not a text");
        return null;
    }

    /** The text, or an empty one where it is missing, which is then noted. */
    public String requiredText(String key) {
        if (required(key) == null) {
            return "";
        }
        String text = text(key);
        return text == null ? "" : text;
    }

    public boolean truth(String key, boolean otherwise) {
        Yaml value = value(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Yaml.Scalar(int _, JsonNode json) && json.isBoolean()) {
            return json.booleanValue();
        }
        mistake(key, "is neither true nor false");
        return otherwise;
    }

    public int number(String key, int otherwise, int least, int most) {
        Yaml value = value(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Yaml.Scalar(int _, JsonNode json)
                && json.isIntegralNumber()
                && json.canConvertToInt()
                && json.intValue() >= least
                && json.intValue() <= most) {
            return json.intValue();
        }
        mistake(key, "is not a whole number from " + least + " to " + most);
        return otherwise;
    }

    /** Such as {@code 30s}, {@code 500ms}, {@code 24h}. */
    public @Nullable Duration duration(String key) {
        String text = text(key);
        if (text == null) {
            return null;
        }
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            mistake(key, "is not a time such as 30s (ms, s, m, h, d)");
            return null;
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    /** One of several words. */
    public <T> @Nullable T choice(String key, Map<String, T> choices) {
        String text = text(key);
        return text == null ? null : chosen(key, text, choices);
    }

    /** The same for a word that was found elsewhere in the value of the key. */
    public <T> @Nullable T chosen(String key, String word, Map<String, T> choices) {
        T choice = choices.get(word);
        if (choice == null) {
            mistakes.add(
                    line(key),
                    path(key),
                    "is \"" + word + "\", and not one of " + String.join(", ", choices.keySet()),
                    word,
                    choices.keySet());
        }
        return choice;
    }

    /** A text, or several: the order is kept. */
    public List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (Yaml item : items(key)) {
            if (item instanceof Yaml.Scalar(int _, JsonNode json) && !json.isNull()) {
                texts.add(json.asText());
            } else {
                mistakes.add(item.line(), path(key), "holds something that is no text");
            }
        }
        return texts;
    }

    /** The items of a list; one value alone stands for a list of one; empty where there is none. */
    public List<Yaml> items(String key) {
        Yaml value = value(key);
        return switch (value) {
            case null -> List.of();
            case Yaml.Sequence(int _, List<Yaml> items) -> items;
            case Yaml.Scalar scalar -> List.of(scalar);
            case Yaml.Mapping one -> List.of(one);
        };
    }

    /** A section below, or null. */
    public @Nullable Section section(String key) {
        Yaml value = value(key);
        return value == null ? null : section(path(key), value);
    }

    /** A value of this document as a section; null where it is none, which is then noted. */
    public @Nullable Section section(String at, Yaml value) {
        if (value instanceof Yaml.Mapping below) {
            return new Section(at, below, mistakes);
        }
        mistakes.add(value.line(), at, "is not a section with keys of its own");
        return null;
    }

    /** Each section of a list or of a mapping, read by the same function, with its key or number. */
    public <T> Map<String, T> each(String key, Function<Section, @Nullable T> reader) {
        Map<String, T> read = new LinkedHashMap<>();
        Section sections = section(key);
        if (sections == null) {
            return read;
        }
        for (String name : sections.keys()) {
            Section one = sections.section(name);
            T result = one == null ? null : reader.apply(one);
            if (result != null) {
                read.put(name, result);
            }
        }
        return read;
    }

    /** Keys with a text each. */
    public Map<String, String> textMap(String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        Section below = section(key);
        if (below != null) {
            for (String name : below.keys()) {
                String text = below.text(name);
                if (text != null) {
                    texts.put(name, text);
                }
            }
        }
        return texts;
    }

    /** Notes the keys that nobody asked for. To be called when all that may stand here has been asked for. */
    public void done() {
        mapping.entries().forEach((key, entry) -> {
            if (!asked.contains(key)) {
                mistakes.add(entry.line(), path(key), "is not a setting", key, asked);
            }
        });
    }
}
