package io.penstock.node.api;

import io.penstock.adapters.ApiResponse;
import io.penstock.protocol.error.PgError;

/** What became of a call. */
public sealed interface SendOutcome {
    /** The whole answer. */
    record Response(ApiResponse response) implements SendOutcome {}

    /** Certainly not applied: no byte left, or the API refused the token and there was no better one. */
    record NotSent(PgError error) implements SendOutcome {}

    /**
     * Bytes may have left and no whole answer came: nobody knows whether a write was applied.
     *
     * @param reason for the journal and the log; repeats nothing of the call
     */
    record Lost(String reason) implements SendOutcome {}
}
