package io.penstock.adapters.definition;

import java.util.Locale;
import java.util.Set;

/** Names of columns made of an API's names of fields. */
public final class ColumnNames {
    /** Postgres cuts longer names. */
    private static final int MAX_NAME = 63;

    private ColumnNames() {}

    /** {@code First name} is {@code first_name}; a name that is taken gets a number. */
    public static String of(String field, Set<String> taken) {
        String name = snake(field);
        String unique = name;
        for (int i = 2; !taken.add(unique); i++) {
            String number = "_" + i;
            unique = name.substring(0, Math.min(name.length(), MAX_NAME - number.length())) + number;
        }
        return unique;
    }

    /** Letters of any alphabet stay; whatever is neither letter nor digit parts words. */
    private static String snake(String field) {
        String snake = field.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replaceAll("[^\\p{L}\\p{N}]+", "_")
                .replaceAll("^_+|_+$", "")
                .toLowerCase(Locale.ROOT);
        String name = snake.isEmpty() ? "field" : snake;
        while (name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_NAME) {
            name = name.substring(0, name.offsetByCodePoints(name.length(), -1));
        }
        return name;
    }
}
