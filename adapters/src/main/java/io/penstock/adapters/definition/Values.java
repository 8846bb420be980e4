package io.penstock.adapters.definition;

import org.jspecify.annotations.Nullable;

/**
 * How an API writes values.
 *
 * @param nulls what clears a field
 * @param numbersAsText {@code "12.5"} for {@code 12.5}
 * @param booleansAsText {@code "true"} for {@code true}
 * @param timestamps how a point in time is written, and read where it is a number
 * @param separator between the elements of a list that is one text; null where a list is a list
 * @param emptyIsNull a text without a character, or a list without an element, is read as NULL
 * @param absentIsFalse a truth value that is not in an answer is false
 */
public record Values(
        Nulls nulls,
        boolean numbersAsText,
        boolean booleansAsText,
        Timestamps timestamps,
        @Nullable String separator,
        boolean emptyIsNull,
        boolean absentIsFalse) {
    /** As JSON has them. */
    public static final Values PLAIN = new Values(Nulls.NULL, false, false, Timestamps.ISO, null, false, false);

    /** What is sent for NULL. */
    public enum Nulls {
        NULL,
        /** A text without a character. */
        EMPTY
    }

    /** A point in time. */
    public enum Timestamps {
        ISO,
        EPOCH_SECONDS,
        EPOCH_MILLIS
    }
}
