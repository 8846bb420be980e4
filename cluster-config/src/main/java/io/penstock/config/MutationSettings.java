package io.penstock.config;

/**
 * What happens to a mutation of a synced table.
 *
 * @param inTransaction what it does inside a transaction block
 * @param warn whether the client is told by a WARNING, once a transaction, that a mutation escaped it
 */
public record MutationSettings(InTransaction inTransaction, boolean warn) {
    /** A mutation cannot be undone at the API, so it cannot be part of a transaction. */
    public enum InTransaction {
        /** Applied and committed at once, whatever the transaction does next. */
        ESCAPE,
        /** Refused with 25001. */
        REFUSE
    }
}
