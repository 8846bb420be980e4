package io.penstock.node.cancel;

import java.util.concurrent.CompletionStage;

/** A session as seen by who wants to cancel what it does. */
@FunctionalInterface
public interface Cancellable {
    /**
     * Cancels what runs now. From any thread.
     *
     * @return done when it can hit nothing later any more: the server has its signal, or there was nothing to cancel
     */
    CompletionStage<?> cancel();
}
