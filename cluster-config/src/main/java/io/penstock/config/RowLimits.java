package io.penstock.config;

/** How many rows one statement may change, by verb. Zero allows none. */
public record RowLimits(int insert, int update, int delete) {
    public RowLimits {
        if (insert < 0 || update < 0 || delete < 0) {
            throw new IllegalArgumentException("row limits must not be negative");
        }
    }
}
