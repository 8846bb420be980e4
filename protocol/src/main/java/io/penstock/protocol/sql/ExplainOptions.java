package io.penstock.protocol.sql;

import java.util.List;

/**
 * The options of an EXPLAIN, in either syntax; of an option given twice the last one counts, as in Postgres.
 *
 * @param others every other option as written, such as {@code BUFFERS} or {@code costs off}
 */
public record ExplainOptions(boolean analyze, boolean verbose, Format format, List<String> others) {
    /** The format of the plan. UNKNOWN is a word that Postgres refuses. */
    public enum Format {
        TEXT,
        XML,
        JSON,
        YAML,
        UNKNOWN
    }

    public ExplainOptions {
        others = List.copyOf(others);
    }
}
