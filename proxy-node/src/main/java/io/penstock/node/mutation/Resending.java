package io.penstock.node.mutation;

import io.penstock.adapters.Adapter;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Verdict;
import io.penstock.node.api.Classifier;
import io.penstock.node.api.Prepared;
import io.penstock.node.api.SendOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Sends a request again whose answer was lost, to an API that does what has the same key once. What it says of this request it says of the lost one
 * too, but only where it has come to look at it: a limit or a token that is refused says nothing about an earlier copy.
 */
final class Resending {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    private final MutationServices services;
    private final Adapter adapter;
    private final Prepared prepared;
    private final Mutation mutation;
    private final ApiCall call;
    private final Instant until;

    Resending(MutationServices services, Adapter adapter, Prepared prepared, Mutation mutation, ApiCall call) {
        if (call.idempotencyKey() == null) {
            throw new IllegalArgumentException("without a key a second request may be a second change");
        }
        this.services = services;
        this.adapter = adapter;
        this.prepared = prepared;
        this.mutation = mutation;
        this.call = call;
        this.until = services.clock().instant().plus(services.resolveTime());
    }

    /** @return {@link MutationEvent.Answered} or {@link MutationEvent.StillUnknown} */
    CompletionStage<MutationEvent> begin() {
        return after(FIRST_PAUSE);
    }

    private CompletionStage<MutationEvent> after(Duration pause) {
        CompletableFuture<Void> waited = new CompletableFuture<>();
        services.timer().schedule(() -> waited.complete(null), pause.toMillis(), TimeUnit.MILLISECONDS);
        return waited.thenCompose(_ ->
                        prepared.send(call, Classifier.verdict(response -> adapter.parse(mutation, call, response))))
                .thenCompose(outcome -> switch (outcome) {
                    case SendOutcome.Response(var response) -> answered(adapter.parse(mutation, call, response), pause);
                    case SendOutcome.NotSent _ -> again(pause, "the API cannot be reached now");
                    case SendOutcome.Lost(String reason) -> again(pause, reason);
                });
    }

    private CompletionStage<MutationEvent> answered(Verdict verdict, Duration pause) {
        return switch (verdict) {
            case Verdict.Answered known -> CompletableFuture.completedFuture(new MutationEvent.Answered(known));
            case Failure.RequestRejected known -> CompletableFuture.completedFuture(new MutationEvent.Answered(known));
            case Failure.RateLimited _ -> again(pause, "the API refuses to look at it now");
            case Failure.TokenExpired _ -> again(pause, "the API refuses the token");
            case Failure.AuthRevoked _ -> again(pause, "the API refuses the token");
            case Failure.Unavailable _ -> again(pause, "the API is not able to say it now");
            case Failure.UnknownOutcome(String reason) -> again(pause, reason);
        };
    }

    private CompletionStage<MutationEvent> again(Duration pause, String reason) {
        Duration longer = pause.multipliedBy(2);
        return services.clock().instant().plus(longer).isAfter(until)
                ? CompletableFuture.completedFuture(new MutationEvent.StillUnknown(reason))
                : after(longer);
    }
}
