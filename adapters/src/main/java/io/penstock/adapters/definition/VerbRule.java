package io.penstock.adapters.definition;

import com.fasterxml.jackson.core.JsonPointer;
import org.jspecify.annotations.Nullable;

/**
 * How one kind of statement is done. There is either {@code each}, or {@code many} and {@code one}, or one of these.
 *
 * @param maxRows what the API allows at most in a statement
 * @param defaultRows what is allowed where the table's configuration says nothing
 * @param one a statement of a single row
 * @param many all rows of a statement in one request
 * @param each a request for each row: the API has none for several
 * @param atomic all rows or none
 * @param idempotencyHeader by which the API knows a request that it has had before; null where it has none
 */
record VerbRule(
        int maxRows,
        int defaultRows,
        @Nullable Form one,
        @Nullable Form many,
        @Nullable Form each,
        boolean atomic,
        @Nullable String idempotencyHeader) {
    /** A request and what its answer means. */
    record Form(RequestRule request, Result result) {}

    /** How results find their rows. */
    enum Correlate {
        /** In the order of the rows that were sent. */
        ORDER,
        /** By the key. */
        KEY,
        /** By the reference that was sent along. */
        REFERENCE,
        /** By the value of the column that decides between INSERT and UPDATE. */
        UPSERT
    }

    /**
     * What a successful answer holds.
     *
     * @param rows the list of results, or the one result; null where success alone says that all rows are done
     * @param correlate how they find their rows
     * @param reference where a result has the reference that was sent along
     * @param complete a result is the whole row; else it is read back
     * @param deleted what must stand in a result of a DELETE
     * @param errors a list of errors beside the results; null where there is none
     */
    record Result(
            @Nullable JsonPointer rows,
            Correlate correlate,
            @Nullable JsonPointer reference,
            boolean complete,
            Conditions deleted,
            @Nullable JsonPointer errors) {}

    /** The form for so many rows. */
    Form form(int rows) {
        Form chosen = each != null ? each : rows == 1 && one != null ? one : many == null ? one : many;
        if (chosen == null) {
            throw new IllegalStateException("a verb without a form");
        }
        return chosen;
    }
}
