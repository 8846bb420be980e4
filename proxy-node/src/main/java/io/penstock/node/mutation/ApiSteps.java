package io.penstock.node.mutation;

import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Mutation;
import io.penstock.node.api.Account;
import io.penstock.node.api.ApiGateway.Preparation;
import io.penstock.node.api.ApiGateway.Readiness;
import io.penstock.node.api.Classifier;
import io.penstock.node.api.Prepared;
import io.penstock.node.api.SendOutcome;
import io.penstock.node.journal.ApiTrace;
import io.penstock.node.mutation.CrashPoints.CrashPoint;
import io.penstock.protocol.error.PgError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a mutation does at its API: permit and token, the requests, and finding out what became of one that was lost. */
final class ApiSteps {
    private static final Logger LOG = LoggerFactory.getLogger(ApiSteps.class);

    /** What the node may need after the API's own time, before recovery may take the entry for abandoned. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private final MutationServices services;
    private final SyncedTable target;
    private final Account account;
    private @Nullable Preparation preparation;
    private @Nullable Prepared prepared;
    private ApiTrace trace = ApiTrace.NONE;
    private Instant sentAt = Instant.MAX;

    ApiSteps(MutationServices services, SyncedTable target) {
        this.services = services;
        this.target = target;
        Account known = services.accounts().get(target.account());
        if (known == null) {
            throw new IllegalStateException("no account " + target.account());
        }
        this.account = known;
    }

    /** What is known of the last request, for the journal. */
    ApiTrace trace() {
        return trace;
    }

    /** How long the mutation may be at its API: a wait for a permit, the requests, another wait where an answer was lost. */
    Duration longest(int calls) {
        var timeouts = account.settings().timeouts();
        return timeouts.maxQueueWait()
                .plus(timeouts.request().multipliedBy(calls))
                .plus(timeouts.maxQueueWait())
                .plus(services.resolveTime())
                .plus(MARGIN);
    }

    /**
     * @param over whether the mutation has ended meanwhile, so that nobody wants the permit any more
     * @param loop the session's, where that is decided
     */
    CompletionStage<MutationEvent> prepare(List<ApiCall> calls, BooleanSupplier over, Executor loop) {
        Preparation waiting = services.gateway()
                .prepare(account, calls, account.settings().timeouts().maxQueueWait());
        preparation = waiting;
        return waiting.readiness()
                .thenApplyAsync(
                        readiness -> switch (readiness) {
                            case Readiness.Refused(PgError error) -> new MutationEvent.PrepareRefused(error);
                            case Readiness.Ready(Prepared ready) -> {
                                if (over.getAsBoolean()) {
                                    ready.close();
                                } else {
                                    prepared = ready;
                                }
                                yield new MutationEvent.Prepared();
                            }
                        },
                        loop);
    }

    CompletionStage<MutationEvent> send(Mutation mutation, ApiCall call) {
        Prepared ready = prepared;
        if (ready == null) {
            throw new IllegalStateException("a request that was not prepared");
        }
        sentAt = services.clock().instant();
        Classifier classifier = Classifier.verdict(response -> target.adapter().parse(mutation, call, response));
        CompletionStage<SendOutcome> sending = ready.send(call, classifier);
        CompletionStage<?> passed =
                services.crashPoints().passing(CrashPoint.AFTER_SEND, target.name(), mutation.operation());
        return sending.thenCombine(passed, (outcome, _) -> outcome).thenApply(outcome -> switch (outcome) {
            case SendOutcome.Response(ApiResponse response) -> {
                trace = new ApiTrace(response.status(), null);
                yield new MutationEvent.Answered(target.adapter().parse(mutation, call, response));
            }
            case SendOutcome.NotSent(PgError error) -> new MutationEvent.NotSent(error);
            case SendOutcome.Lost(String reason) -> new MutationEvent.Lost(reason);
        });
    }

    CompletionStage<MutationEvent> readBack(List<String> keys) {
        return resolver()
                .readBack(target.mapping(), keys)
                .thenApply(
                        rows -> rows == null ? new MutationEvent.ReadBackFailed() : new MutationEvent.ReadBack(rows));
    }

    /**
     * Sends the request again, with a permit of its own: the lost one may have taken all the time that the first preparation had.
     *
     * @return {@link MutationEvent.Answered} or {@link MutationEvent.StillUnknown}; never fails
     */
    CompletionStage<MutationEvent> resend(Mutation mutation, ApiCall call) {
        return services.gateway()
                .prepare(account, List.of(call), account.settings().timeouts().maxQueueWait())
                .readiness()
                .thenCompose(readiness -> switch (readiness) {
                    case Readiness.Refused _ ->
                        CompletableFuture.<MutationEvent>completedFuture(
                                new MutationEvent.StillUnknown("the API cannot be reached now"));
                    case Readiness.Ready(Prepared again) ->
                        new Resending(target.adapter(), again, mutation, call, services.timer(), services.clock())
                                .resend(services.resolveTime())
                                .whenComplete((_, _) -> again.close());
                })
                .exceptionally(mistake -> {
                    LOG.error("sending a request again broke", mistake);
                    return new MutationEvent.StillUnknown("the request could not be sent again");
                });
    }

    CompletionStage<? extends MutationEvent> resolve(Mutation mutation) {
        return resolver().resolve(mutation, sentAt);
    }

    private Resolver resolver() {
        return new Resolver(services.gateway(), account, services.timer(), services.clock(), services.resolveTime());
    }

    /** Gives back what was not used. */
    void release() {
        if (preparation != null) {
            preparation.cancel();
            preparation = null;
        }
        if (prepared != null) {
            prepared.close();
            prepared = null;
        }
    }
}
