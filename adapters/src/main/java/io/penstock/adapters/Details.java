package io.penstock.adapters;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** The sentences of DETAIL, in the words of the table: the column, and the value that the statement itself carried. For the client only. */
public final class Details {
    /** Longer values would bury the message. */
    private static final int SHOWN_CHARACTERS = 100;

    private Details() {}

    /** {@code Key (column)=(value)}, as Postgres begins its own details. */
    public static String key(Mutation mutation, @Nullable Integer ordinal, String column) {
        JsonNode value =
                ordinal == null ? null : mutation.rows().get(ordinal).values().get(column);
        if (value == null) {
            return "Key (" + column + ")";
        }
        String text = value.isNull() ? "null" : value.isValueNode() ? value.asText() : value.toString();
        return "Key (" + column + ")=(" + shorten(text) + ")";
    }

    /** The row that is gone. */
    public static String gone(String keyColumn, String key) {
        return "Key (" + keyColumn + ")=(" + shorten(key) + ") no longer exists at the API.";
    }

    /**
     * What is wrong with a column.
     *
     * @param said the API's own words
     */
    public static String of(ErrorClass errorClass, String key, String column, String said) {
        return switch (errorClass) {
            case REQUIRED -> "Key (" + column + ") is required.";
            case DUPLICATE -> key + " already exists.";
            case REFERENCE -> key + " refers to nothing that the API knows.";
            case FORMAT -> key + " is not a value that the API takes: " + sentence(said);
            case TOO_LONG -> key + " is too long: " + sentence(said);
            case RANGE -> key + " is out of range: " + sentence(said);
            case READ_ONLY -> "Key (" + column + ") cannot be written at the API.";
            case UNKNOWN_COLUMN -> "The API does not know column " + column + ": " + sentence(said);
            case RULE, NOT_FOUND, FORBIDDEN, AUTH, RATE, LOCKED, UNAVAILABLE, UNKNOWN, PARTIAL, TOO_MANY, UNSUPPORTED ->
                key + " was refused: " + sentence(said);
        };
    }

    /** With a full stop where it has none. */
    public static String sentence(String message) {
        String text = message.strip();
        return text.isEmpty() || ".!?".indexOf(text.charAt(text.length() - 1)) >= 0 ? text : text + ".";
    }

    private static String shorten(String text) {
        if (text.length() <= SHOWN_CHARACTERS) {
            return text;
        }
        int end =
                Character.isHighSurrogate(text.charAt(SHOWN_CHARACTERS - 1)) ? SHOWN_CHARACTERS - 1 : SHOWN_CHARACTERS;
        return text.substring(0, end) + "...";
    }
}
