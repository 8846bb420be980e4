package io.penstock.node.session;

import io.penstock.protocol.session.SessionEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cancel requests of one session: those that come for it, and those that it sends to its server. While one of those is under way
 * nothing else is done that it could hit.
 */
final class SessionCancels {
    private static final Logger LOG = LoggerFactory.getLogger(SessionCancels.class);

    private final SessionLogic stage;
    private final CancelGate gate = new CancelGate();

    SessionCancels(SessionLogic stage) {
        this.stage = stage;
    }

    /** Somebody has the session's key. From any thread. @return done when no cancel of it is under way any more */
    CompletionStage<?> requested() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        stage.asEvent(() -> {
                    stage.handle(new SessionEvent.CancelRequested());
                    gate.behind(() -> done.complete(null));
                })
                .whenComplete((_, gone) -> {
                    if (gone != null) {
                        done.complete(null);
                    }
                });
        return done;
    }

    /** Cancels what the server does. */
    void send() {
        ServerSide side = stage.server();
        CompletionStage<?> delivered = side == null ? CompletableFuture.completedFuture(null) : side.cancel();
        gate.shut();
        delivered.whenComplete((_, failure) -> {
            if (failure != null) {
                LOG.warn("a cancel request did not reach the server", failure);
            }
            stage.outside(() -> {
                gate.arrived();
                stage.handle(new SessionEvent.CancelDelivered());
            });
        });
    }

    /** Runs the event when none is under way. */
    void behind(Runnable event) {
        gate.behind(event);
    }

    /** The session is over: nothing can be hit any more. */
    void over() {
        gate.open();
    }
}
