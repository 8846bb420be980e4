package io.penstock.node.api;

import io.penstock.adapters.ApiResponse;

/** What one HTTP exchange came to. A reason names what happened on the wire and repeats nothing of what was sent. */
public sealed interface Exchange {
    /** The whole answer, whatever its status. */
    record Answered(ApiResponse response) implements Exchange {}

    /** No byte of the request left: it is certain that nothing was applied. */
    record NotSent(String reason) implements Exchange {}

    /** Bytes may have left and no whole answer came. */
    record Lost(String reason) implements Exchange {}
}
