package io.penstock.adapters;

import java.time.Duration;

/**
 * What an API can do with one operation on one table.
 *
 * @param maxRows rows a statement may have: the API's own limit or the table's configured one, whichever is less
 * @param atomic all rows or none
 * @param returnsFullRow the answer to the write carries canonical rows; else they cost a read
 * @param conditionalWrite can be made to fail when the row has changed since it was read
 * @param softDelete a deleted row can come back
 * @param serverTimeout how long an abandoned request may still be at work at the API; until then its absence proves nothing
 */
public record Capabilities(
        boolean supported,
        int maxRows,
        Batch batch,
        boolean atomic,
        boolean returnsFullRow,
        ResultOrder resultOrder,
        Idempotency idempotency,
        boolean conditionalWrite,
        boolean softDelete,
        Duration serverTimeout) {
    /** How several rows travel. */
    public enum Batch {
        SINGLE_REQUEST,
        FAN_OUT
    }

    /** How results find their rows. */
    public enum ResultOrder {
        REQUEST,
        BY_KEY,
        BY_CORRELATION
    }

    /** Whether the same write may be sent twice. */
    public enum Idempotency {
        /** The API knows a repeated key. */
        KEY,
        /** Doing it twice is doing it once. */
        NATURAL,
        NONE
    }
}
