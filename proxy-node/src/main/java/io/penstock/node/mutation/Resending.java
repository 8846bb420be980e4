package io.penstock.node.mutation;

import io.penstock.adapters.Adapter;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Verdict;
import io.penstock.node.api.Classifier;
import io.penstock.node.api.Prepared;
import io.penstock.node.api.SendOutcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Sends a request again whose answer was lost, to an API that does what has the same key once. What it says of this request it says of the lost one
 * too, but only where it has come to look at it: a limit or a token that is refused says nothing about an earlier copy.
 */
final class Resending {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    private final Adapter adapter;
    private final Prepared prepared;
    private final Mutation mutation;
    private final ApiCall call;
    private final ScheduledExecutorService timer;
    private final Clock clock;

    Resending(
            Adapter adapter,
            Prepared prepared,
            Mutation mutation,
            ApiCall call,
            ScheduledExecutorService timer,
            Clock clock) {
        if (call.idempotencyKey() == null) {
            throw new IllegalArgumentException("without a key a second request may be a second change");
        }
        this.adapter = adapter;
        this.prepared = prepared;
        this.mutation = mutation;
        this.call = call;
        this.timer = timer;
        this.clock = clock;
    }

    /** @return {@link MutationEvent.Answered} or {@link MutationEvent.StillUnknown} */
    CompletionStage<MutationEvent> resend(Duration within) {
        return after(FIRST_PAUSE, clock.instant().plus(within));
    }

    private CompletionStage<MutationEvent> after(Duration pause, Instant until) {
        CompletableFuture<Void> waited = new CompletableFuture<>();
        timer.schedule(() -> waited.complete(null), pause.toMillis(), TimeUnit.MILLISECONDS);
        return waited.thenCompose(_ ->
                        prepared.send(call, Classifier.verdict(response -> adapter.parse(mutation, call, response))))
                .thenCompose(outcome -> switch (outcome) {
                    case SendOutcome.Response(var response) ->
                        answered(adapter.parse(mutation, call, response), pause, until);
                    case SendOutcome.NotSent _ -> again(pause, until, "the API cannot be reached now");
                    case SendOutcome.Lost(String reason) -> again(pause, until, reason);
                });
    }

    private CompletionStage<MutationEvent> answered(Verdict verdict, Duration pause, Instant until) {
        return switch (verdict) {
            case Verdict.Answered known -> CompletableFuture.completedFuture(new MutationEvent.Answered(known));
            case Failure.RequestRejected known -> CompletableFuture.completedFuture(new MutationEvent.Answered(known));
            case Failure.RateLimited _ -> again(pause, until, "the API refuses to look at it now");
            case Failure.TokenExpired _ -> again(pause, until, "the API refuses the token");
            case Failure.AuthRevoked _ -> again(pause, until, "the API refuses the token");
            case Failure.Unavailable _ -> again(pause, until, "the API is not able to say it now");
            case Failure.UnknownOutcome(String reason) -> again(pause, until, reason);
        };
    }

    private CompletionStage<MutationEvent> again(Duration pause, Instant until, String reason) {
        Duration longer = pause.multipliedBy(2);
        return clock.instant().plus(longer).isAfter(until)
                ? CompletableFuture.completedFuture(new MutationEvent.StillUnknown(reason))
                : after(longer, until);
    }
}
