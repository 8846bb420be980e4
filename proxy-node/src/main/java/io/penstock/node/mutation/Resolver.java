package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Adapter;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Reading;
import io.penstock.adapters.Resolution;
import io.penstock.adapters.TableMapping;
import io.penstock.node.api.Account;
import io.penstock.node.api.ApiGateway;
import io.penstock.node.api.ApiGateway.Readiness;
import io.penstock.node.api.Classifier;
import io.penstock.node.api.Prepared;
import io.penstock.node.api.SendOutcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the API for what became of a lost request, while its statement still waits. What {@link Resolution} decides, this does.
 *
 * <p>Its time is for looking. Where the account's limits hold a look up, that is a wait as before any request: no longer than
 * {@code max_queue_wait}, and it takes nothing of the time. Otherwise a busy account's lost requests would all stay in doubt.
 */
final class Resolver {
    private static final Logger LOG = LoggerFactory.getLogger(Resolver.class);

    /** A request that was cut off is often seen a moment later: the first looks come soon. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    private final ApiGateway gateway;
    private final Account account;
    private final ScheduledExecutorService timer;
    private final Clock clock;
    private Instant until;

    /** @param within how long to look, beginning now */
    Resolver(ApiGateway gateway, Account account, ScheduledExecutorService timer, Clock clock, Duration within) {
        this.gateway = gateway;
        this.account = account;
        this.timer = timer;
        this.clock = clock;
        this.until = clock.instant().plus(within);
    }

    /** @return {@link MutationEvent.FoundApplied}, {@link MutationEvent.FoundNotApplied} or {@link MutationEvent.StillUnknown}; never fails */
    CompletionStage<MutationEvent> resolve(Mutation mutation, Instant sentAt) {
        return look(mutation, sentAt, FIRST_PAUSE).exceptionally(mistake -> {
            LOG.error("looking up what became of a mutation broke", mistake);
            return new MutationEvent.StillUnknown("the API could not be asked");
        });
    }

    private CompletionStage<MutationEvent> look(Mutation mutation, Instant sentAt, Duration pause) {
        Adapter adapter = account.adapter();
        return switch (Resolution.next(adapter, mutation, new Resolution.Facts(sentAt, clock.instant(), null))) {
            case Resolution.Step.Ask(List<ApiCall> calls) ->
                read(mutation, calls).thenCompose(seen -> {
                    if (seen == null) {
                        return again(mutation, sentAt, pause, "the API could not be asked");
                    }
                    return switch (Resolution.next(
                            adapter, mutation, new Resolution.Facts(sentAt, clock.instant(), seen))) {
                        case Resolution.Step.Settled settled ->
                            CompletableFuture.completedFuture(
                                    settled.notApplied().isEmpty()
                                            ? new MutationEvent.FoundApplied(settled.applied())
                                            : settled.applied().isEmpty()
                                                    ? new MutationEvent.FoundNotApplied(settled.reason())
                                                    : new MutationEvent.StillUnknown(settled.reason()));
                        case Resolution.Step.Wait _ ->
                            again(mutation, sentAt, pause, "the API does not show the change, or not yet");
                        case Resolution.Step.InDoubt(String reason) ->
                            CompletableFuture.completedFuture(new MutationEvent.StillUnknown(reason));
                        case Resolution.Step.Ask _, Resolution.Step.Resend _ ->
                            CompletableFuture.completedFuture(
                                    new MutationEvent.StillUnknown("recovery has to find it out"));
                    };
                });
            case Resolution.Step.InDoubt(String reason) ->
                CompletableFuture.completedFuture(new MutationEvent.StillUnknown(reason));
            case Resolution.Step.Resend _, Resolution.Step.Settled _, Resolution.Step.Wait _ ->
                CompletableFuture.completedFuture(new MutationEvent.StillUnknown("recovery has to find it out"));
        };
    }

    private CompletionStage<MutationEvent> again(Mutation mutation, Instant sentAt, Duration pause, String reason) {
        if (clock.instant().plus(pause).isAfter(until)) {
            return CompletableFuture.completedFuture(new MutationEvent.StillUnknown(reason));
        }
        CompletableFuture<Void> waited = new CompletableFuture<>();
        timer.schedule(() -> waited.complete(null), pause.toMillis(), TimeUnit.MILLISECONDS);
        return waited.thenCompose(_ -> look(mutation, sentAt, pause.multipliedBy(2)));
    }

    /** What the API shows, by ordinal; null where it could not be asked. */
    private CompletionStage<@Nullable Map<Integer, ObjectNode>> read(Mutation mutation, List<ApiCall> calls) {
        Adapter adapter = account.adapter();
        return responses(
                        calls,
                        call -> mutation.operation() == Operation.INSERT
                                ? Classifier.reading(response -> adapter.parseCorrelated(mutation, response))
                                : Classifier.reading(
                                        response -> adapter.parseReadBack(mutation.table(), call, response)))
                .thenApply(responses ->
                        responses == null ? null : got(Resolution.observe(adapter, mutation, calls, responses)));
    }

    /** Canonical rows by key; null where they could not be read. */
    CompletionStage<@Nullable Map<String, ObjectNode>> readBack(TableMapping table, List<String> keys) {
        Adapter adapter = account.adapter();
        List<ApiCall> calls = adapter.readBack(table, keys);
        return responses(calls, call -> Classifier.reading(response -> adapter.parseReadBack(table, call, response)))
                .thenApply(responses -> {
                    if (responses == null) {
                        return null;
                    }
                    Map<String, ObjectNode> rows = new HashMap<>();
                    for (int i = 0; i < calls.size(); i++) {
                        Map<String, ObjectNode> some =
                                got(adapter.parseReadBack(table, calls.get(i), responses.get(i)));
                        if (some == null) {
                            return null;
                        }
                        rows.putAll(some);
                    }
                    return rows;
                });
    }

    private static <T> @Nullable T got(Reading<T> reading) {
        return switch (reading) {
            case Reading.Got<T>(T value) -> value;
            case Reading.Failed<T> _ -> null;
        };
    }

    /** The answers to reads, in order; null where one did not come. */
    private CompletionStage<@Nullable List<ApiResponse>> responses(
            List<ApiCall> calls, Function<ApiCall, Classifier> classifier) {
        Instant asked = clock.instant();
        return gateway.prepare(account, calls, account.settings().timeouts().maxQueueWait())
                .readiness()
                .thenCompose(readiness -> {
                    until = until.plus(Duration.between(asked, clock.instant()));
                    return switch (readiness) {
                        case Readiness.Refused _ ->
                            CompletableFuture.<@Nullable List<ApiResponse>>completedFuture(null);
                        case Readiness.Ready(Prepared prepared) ->
                            send(prepared, calls, classifier, new ArrayList<>())
                                    .whenComplete((_, _) -> prepared.close());
                    };
                });
    }

    private CompletionStage<@Nullable List<ApiResponse>> send(
            Prepared prepared,
            List<ApiCall> calls,
            Function<ApiCall, Classifier> classifier,
            List<ApiResponse> responses) {
        if (responses.size() == calls.size()) {
            return CompletableFuture.completedFuture(responses);
        }
        ApiCall call = calls.get(responses.size());
        return prepared.send(call, classifier.apply(call)).thenCompose(outcome -> switch (outcome) {
            case SendOutcome.Response(ApiResponse response) -> {
                responses.add(response);
                yield send(prepared, calls, classifier, responses);
            }
            case SendOutcome.NotSent _, SendOutcome.Lost _ ->
                CompletableFuture.<@Nullable List<ApiResponse>>completedFuture(null);
        });
    }
}
