package io.penstock.config;

import org.jspecify.annotations.Nullable;

/** How many rows one statement may change, by verb. Zero allows none; null leaves it to what is usual for the API. */
public record RowLimits(
        @Nullable Integer insert,
        @Nullable Integer update,
        @Nullable Integer delete) {
    public RowLimits {
        if (isNegative(insert) || isNegative(update) || isNegative(delete)) {
            throw new IllegalArgumentException("row limits must not be negative");
        }
    }

    private static boolean isNegative(@Nullable Integer rows) {
        return rows != null && rows < 0;
    }
}
