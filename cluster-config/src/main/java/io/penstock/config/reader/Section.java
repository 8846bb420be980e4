package io.penstock.config.reader;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import io.penstock.config.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One object of the file, being read. Each getter notes a mistake instead of throwing and then answers with something valid, so that the
 * reading goes on and finds the next mistake too. {@link #end} must follow the last getter: it reports the keys that nobody asked for.
 */
final class Section {
    /** Stands for any name in the paths of the vocabulary. */
    private static final String ANY_NAME = "<name>";

    private static final ConfigObject NOTHING = ConfigValueFactory.fromMap(Map.of());

    private final String name;
    private final String path;
    private final String vocabularyPath;
    private final ConfigObject values;
    private final int line;
    private final Notes notes;
    private final Set<String> known = new LinkedHashSet<>();

    private Section(String name, String path, String vocabularyPath, ConfigObject values, int line, Notes notes) {
        this.name = name;
        this.path = path;
        this.vocabularyPath = vocabularyPath;
        this.values = values;
        this.line = line;
        this.notes = notes;
    }

    static Section root(String name, ConfigObject values, Notes notes) {
        return new Section(name, name, name, values, line(values, 0), notes);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** The object under the key; an empty one where the file has none. */
    Section section(String key) {
        known.add(key);
        ConfigValue value = values.get(key);
        if (value != null && !(value instanceof ConfigObject)) {
            mistake(key, "must be an object: " + key + " { ... }");
        }
        return new Section(
                key,
                path + "." + key,
                vocabularyPath + "." + key,
                value instanceof ConfigObject object ? object : NOTHING,
                lineOf(key),
                notes);
    }

    /** The objects under names that the user chooses. */
    <T> Map<String, T> named(String key, Function<Section, T> read) {
        Section all = section(key);
        Map<String, T> named = new LinkedHashMap<>();
        if (notes.isSurvey()) {
            T unused = read.apply(new Section(
                    ANY_NAME, all.path + "." + ANY_NAME, all.vocabularyPath + "." + ANY_NAME, NOTHING, 0, notes));
            return named;
        }
        for (String name : new TreeMap<>(all.values).keySet()) {
            all.known.add(name);
            ConfigValue value = all.values.get(name);
            if (value instanceof ConfigObject object) {
                named.put(
                        name,
                        read.apply(new Section(
                                name,
                                all.path + "." + name,
                                all.vocabularyPath + "." + ANY_NAME,
                                object,
                                all.lineOf(name),
                                notes)));
            } else {
                all.mistake(name, "must be an object: " + name + " { ... }");
            }
        }
        return named;
    }

    /** The texts under names that the user chooses. */
    Map<String, String> namedTexts(String key) {
        return namedTexts(key, "none");
    }

    /** @param defaultText what holds where the file says nothing */
    Map<String, String> namedTexts(String key, String defaultText) {
        notes.asked(vocabularyPath + "." + key + "." + ANY_NAME, defaultText);
        Section all = section(key);
        Map<String, String> named = new TreeMap<>();
        for (String name : all.values.keySet()) {
            String text = all.scalar(name);
            if (text != null) {
                named.put(name, text);
            }
        }
        return named;
    }

    @Nullable
    String optionalText(String key) {
        ask(key, "none");
        return scalar(key);
    }

    String text(String key, String defaultText) {
        ask(key, defaultText);
        String text = scalar(key);
        return text == null ? defaultText : text;
    }

    /** @param placeholder what the reading goes on with where the file says nothing */
    String requiredText(String key, String placeholder) {
        ask(key, "required");
        String text = scalar(key);
        if (text == null && !values.containsKey(key)) {
            mistake(key, "must be given");
        }
        return text == null ? placeholder : text;
    }

    @Nullable
    Secret optionalSecret(String key) {
        return optionalParsed(key, "must be a text", Secret::of);
    }

    int number(String key, int defaultNumber, int minimum, int maximum) {
        Integer number = optionalNumber(key, Integer.toString(defaultNumber), minimum, maximum);
        return number == null ? defaultNumber : number;
    }

    @Nullable
    Integer optionalNumber(String key, String defaultText, int minimum, int maximum) {
        ask(key, defaultText);
        String text = scalar(key);
        if (text == null) {
            return null;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= minimum && number <= maximum) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Falls through: the mistake is the same as for a number out of range.
        }
        mistake(key, "must be a number from " + minimum + " to " + maximum);
        return null;
    }

    /** A part of a whole, written {@code 0.1} or {@code 10%}. */
    double share(String key, String defaultText) {
        ask(key, defaultText);
        String text = scalar(key);
        double share = parseShare(text == null ? defaultText : text);
        if (share >= 0 && share < 1) {
            return share;
        }
        mistake(key, "must be a share such as 0.1 or 10%");
        return parseShare(defaultText);
    }

    private static double parseShare(String text) {
        try {
            return text.endsWith("%")
                    ? Double.parseDouble(text.substring(0, text.length() - 1)) / 100
                    : Double.parseDouble(text);
        } catch (NumberFormatException notANumber) {
            return Double.NaN;
        }
    }

    boolean bool(String key, boolean defaultValue) {
        ask(key, Boolean.toString(defaultValue));
        String text = scalar(key);
        if (text == null || text.equals("true") || text.equals("false")) {
            return text == null ? defaultValue : text.equals("true");
        }
        mistake(key, "must be true or false");
        return defaultValue;
    }

    <E extends Enum<E>> E choice(String key, Class<E> type, @Nullable E defaultValue) {
        ask(key, defaultValue == null ? "required" : word(defaultValue));
        E[] constants = type.getEnumConstants();
        String text = scalar(key);
        List<String> words = new ArrayList<>();
        for (E constant : constants) {
            words.add(word(constant));
            if (word(constant).equals(text)) {
                return constant;
            }
        }
        if (text != null) {
            String all = "must be " + String.join(" or ", words);
            notes.mistake(path + "." + key, lineOf(key), all, Spelling.nearest(text, words));
        } else if (defaultValue == null && !values.containsKey(key)) {
            mistake(key, "must be given: " + String.join(" or ", words));
        }
        return defaultValue == null ? constants[0] : defaultValue;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** A time longer than nothing, with its unit. */
    Duration duration(String key, String defaultText) {
        return duration(
                key,
                defaultText,
                ConfigValueFactory.fromAnyRef(defaultText).atKey(key).getDuration(key));
    }

    /** @param defaultText what the vocabulary says of the fallback */
    Duration duration(String key, String defaultText, Duration fallback) {
        Duration given = maybeDuration(key, defaultText);
        return given == null ? fallback : given;
    }

    /** A time longer than nothing, with its unit; null where the file says none. */
    @Nullable
    Duration optionalDuration(String key) {
        return maybeDuration(key, "none");
    }

    /** @param defaultText what holds where the file says nothing */
    @Nullable
    Duration maybeDuration(String key, String defaultText) {
        ask(key, defaultText);
        ConfigValue value = scalarValue(key);
        if (value == null) {
            return null;
        }
        try {
            // A bare number would be milliseconds, which nobody means.
            if (value.valueType() == ConfigValueType.STRING
                    && !scalarText(value).matches("\\s*[0-9.]+\\s*")) {
                Duration duration = value.atKey(key).getDuration(key);
                if (duration.isPositive()) {
                    return duration;
                }
            }
        } catch (ConfigException notADuration) {
            // Falls through: one message for all that is no duration.
        }
        mistake(key, "must be a time with its unit, such as 500ms, 30s or 5m");
        return null;
    }

    long bytes(String key, String defaultText, long maximum) {
        ask(key, defaultText);
        long fallback = ConfigValueFactory.fromAnyRef(defaultText).atKey(key).getBytes(key);
        ConfigValue value = scalarValue(key);
        if (value == null) {
            return fallback;
        }
        try {
            long bytes = value.atKey(key).getBytes(key);
            if (bytes >= 1 && bytes <= maximum) {
                return bytes;
            }
        } catch (ConfigException notASize) {
            // Falls through: one message for all that is no size.
        }
        mistake(key, "must be a size such as 64 KiB or 16 MiB, at most " + maximum + " bytes");
        return fallback;
    }

    /** @param parse answers null, or throws IllegalArgumentException with the reason, for what it does not understand */
    <T> T parsed(
            String key, @Nullable String defaultText, T placeholder, String form, Function<String, @Nullable T> parse) {
        ask(key, defaultText == null ? "required" : defaultText);
        String text = scalar(key);
        if (text == null) {
            if (defaultText == null && !values.containsKey(key)) {
                mistake(key, "must be given");
            }
            return placeholder;
        }
        T value = tryParse(key, text, form, parse);
        return value == null ? placeholder : value;
    }

    /** As {@link #parsed}, for a setting that may be left out. */
    <T> @Nullable T optionalParsed(String key, String form, Function<String, @Nullable T> parse) {
        return optionalParsed(key, "none", form, parse);
    }

    /** @param defaultText what holds where the file says nothing */
    <T> @Nullable T optionalParsed(String key, String defaultText, String form, Function<String, @Nullable T> parse) {
        ask(key, defaultText);
        String text = scalar(key);
        return text == null ? null : tryParse(key, text, form, parse);
    }

    private <T> @Nullable T tryParse(String key, String text, String form, Function<String, @Nullable T> parse) {
        try {
            T value = parse.apply(text);
            if (value == null) {
                mistake(key, form);
            }
            return value;
        } catch (IllegalArgumentException invalid) {
            String reason = invalid.getMessage();
            mistake(key, reason == null ? form : reason);
            return null;
        }
    }

    List<String> texts(String key) {
        ask(key, "[]");
        ConfigValue value = values.get(key);
        if (value instanceof ConfigList list) {
            List<String> texts = new ArrayList<>();
            for (ConfigValue element : list) {
                switch (element.valueType()) {
                    case STRING, NUMBER, BOOLEAN -> texts.add(scalarText(element));
                    case OBJECT, LIST, NULL -> mistake(key, "must be a list of single values");
                }
            }
            return texts;
        }
        if (value != null) {
            mistake(key, "must be a list: [\"...\", \"...\"]");
        }
        return List.of();
    }

    /** Notes that the value under the key is wrong. */
    void mistake(String key, String text) {
        notes.mistake(path + "." + key, lineOf(key), text, null);
    }

    /** Notes that the object itself is wrong, its name for one. */
    void mistake(String text) {
        notes.mistake(path, line, text, null);
    }

    /** As {@link #mistake(String, String)}, where the value should have been one of the known words. */
    void unknown(String key, String word, String text, Set<String> words) {
        notes.mistake(path + "." + key, lineOf(key), text, Spelling.nearest(word, words));
    }

    /** Reports what the file says and nobody asked for. */
    void end() {
        for (String key : values.keySet()) {
            if (!known.contains(key)) {
                notes.mistake(path + "." + key, lineOf(key), "is not a setting", Spelling.nearest(key, known));
            }
        }
    }

    private void ask(String key, String defaultText) {
        known.add(key);
        notes.asked(vocabularyPath + "." + key, defaultText);
    }

    private @Nullable String scalar(String key) {
        ConfigValue value = scalarValue(key);
        return value == null ? null : scalarText(value);
    }

    private @Nullable ConfigValue scalarValue(String key) {
        ConfigValue value = values.get(key);
        if (value == null) {
            return null;
        }
        return switch (value.valueType()) {
            case STRING, NUMBER, BOOLEAN -> value;
            case OBJECT, LIST, NULL -> {
                mistake(key, "must be a single value");
                yield null;
            }
        };
    }

    private static String scalarText(ConfigValue value) {
        // Not unwrapped(): that would make 1e5 of a password into 100000.0.
        return value.atKey("text").getString("text");
    }

    private int lineOf(String key) {
        ConfigValue value = values.get(key);
        return value == null ? line : line(value, line);
    }

    private static int line(ConfigValue value, int otherwise) {
        // A value from the environment has no line of its own.
        int own = value.origin().lineNumber();
        return own > 0 ? own : otherwise;
    }

    /** The last part of the path: the name that the user chose. */
    String name() {
        return name;
    }
}
