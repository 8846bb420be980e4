package io.penstock.adapters;

/** How many rows one statement may have, by operation. Zero means that the operation is not allowed. */
public record RowLimits(int insert, int update, int delete) {
    public RowLimits {
        if (insert < 0 || update < 0 || delete < 0) {
            throw new IllegalArgumentException("row limits must not be negative");
        }
    }

    public int of(Operation operation) {
        return switch (operation) {
            case INSERT -> insert;
            case UPDATE -> update;
            case DELETE -> delete;
        };
    }

    /** These limits, none above {@code maxima}: configuration may lower what the API allows, never raise it. */
    public RowLimits within(RowLimits maxima) {
        return new RowLimits(
                Math.min(insert, maxima.insert), Math.min(update, maxima.update), Math.min(delete, maxima.delete));
    }
}
