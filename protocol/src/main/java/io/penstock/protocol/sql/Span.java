package io.penstock.protocol.sql;

/** A half-open range of offsets, in UTF-16 code units, into a statement's text. */
public record Span(int start, int end) {
    public Span {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("not a span: " + start + " to " + end);
        }
    }

    /** The text that this span covers in the statement that it was taken from. */
    public String of(String sql) {
        return sql.substring(start, end);
    }
}
