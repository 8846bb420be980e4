package io.penstock.node.backend;

import io.penstock.protocol.error.PgError;

/** A statement of ours that the server answered with an error, for callers that have no better way to go on. */
public final class StatementFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient PgError error;

    StatementFailed(PgError error) {
        super(error.sqlState() + " " + error.message());
        this.error = error;
    }

    public PgError error() {
        return error;
    }
}
