package io.penstock.node.api;

import io.penstock.adapters.ApiCall;
import io.penstock.adapters.LimitFeedback;
import io.penstock.protocol.error.PgError;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Sends calls within the account's limits and with its token. First everything that can fail without a byte being sent, then the sending:
 * between the two a mutation writes its intent.
 */
public interface ApiGateway {
    /**
     * Gets a permit for the first of the calls and a token. Nothing is sent.
     *
     * @param within how long to wait; also the time within which {@link Prepared#send} may wait for further permits
     */
    Preparation prepare(Account account, List<ApiCall> calls, Duration within);

    /** What the account's API last said about its limits; empty before its first answer. For EXPLAIN and for people. */
    List<LimitFeedback> lastFeedback(Account account);

    /** A preparation under way. */
    interface Preparation {
        /** Never fails. */
        CompletionStage<Readiness> readiness();

        /** Ends the waiting with 57014. Without effect once {@link #readiness} is there: whoever has it closes the {@link Prepared}. */
        void cancel();
    }

    /** What came of a preparation. */
    sealed interface Readiness {
        /** It must be closed. */
        record Ready(Prepared prepared) implements Readiness {}

        /** Certainly not applied: nothing was sent. */
        record Refused(PgError error) implements Readiness {}
    }
}
