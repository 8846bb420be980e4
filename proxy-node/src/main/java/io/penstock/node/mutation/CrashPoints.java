package io.penstock.node.mutation;

import io.penstock.adapters.Operation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Told when a mutation passes a point at which the end of the process, of Postgres or of the client is worth a test. A node that is started as users
 * start one is told nothing: no setting, property or variable leads to anything but {@link #NONE}.
 */
@FunctionalInterface
public interface CrashPoints {
    /** Where everybody else runs. */
    CrashPoints NONE = (_, _, _) -> CompletableFuture.completedFuture(null);

    /**
     * On the session's loop or on the thread that keeps answers, neither of which may be held up: other mutations need them.
     *
     * @param table {@code schema.table}
     * @return the mutation goes on when it is complete
     */
    CompletionStage<?> passing(CrashPoint point, String table, Operation operation);

    /** In the order of a mutation. */
    enum CrashPoint {
        /** The rows are locked, permit and token are at hand. */
        BEFORE_INTENT,
        /** The intent is durable, no byte has left. */
        AFTER_INTENT,
        /** The request is with the HTTP client: it may arrive or not, and nobody reads the answer. */
        AFTER_SEND,
        /** The API's answer is in memory alone. */
        AFTER_ANSWER,
        /** The answer is on the node's disk; its rows are on their way to Postgres and will not last without COMMIT. */
        BEFORE_COMMIT,
        /** COMMIT is on its way to Postgres, behind rows and mark. */
        AT_COMMIT,
        /** Committed; the client does not know yet. */
        AFTER_COMMIT
    }
}
