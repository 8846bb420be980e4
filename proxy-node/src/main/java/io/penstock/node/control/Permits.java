package io.penstock.node.control;

import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.PermitCost;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One account's permits, as a node sees them. */
public interface Permits {
    /** What came of asking. */
    sealed interface Answer {}

    /**
     * One call may begin. Whoever has it says when the call is over.
     *
     * @param until when it must have begun, by {@link #now}
     */
    record Permit(long caller, long until) implements Answer {}

    /** Not within the time. */
    record Denied(String bucket, Duration retryAfter) implements Answer {}

    /** A request for one permit under way. */
    interface Request {
        /** Never fails. */
        CompletionStage<Answer> answer();

        /** Stops waiting; gives a permit that is there already back unused. */
        void cancel();
    }

    /** Waits in order for a permit for one call. */
    Request acquire(List<PermitCost> costs, Duration maxWait);

    /** The call is over, or was never made. */
    void release(Permit permit, boolean used);

    /** The API said in an answer what is left. */
    void observed(List<LimitFeedback> feedback);

    /** The API refused a call for its limit. */
    void refused(String bucket, @Nullable Duration retryAfter);

    /** What the API last said. */
    List<LimitFeedback> lastFeedback();

    /** The clock of {@link Permit#until}, in milliseconds. */
    long now();
}
