package io.penstock.node.api;

import io.penstock.adapters.ApiCall;
import io.penstock.adapters.LimitFeedback;
import io.penstock.node.control.ControlMetrics;
import io.penstock.node.control.ControlPlane;
import io.penstock.node.control.Permits;
import io.penstock.node.control.Tokens;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The gateway over {@link ApiClient}, with permits and tokens of the {@link ControlPlane}. */
public final class HttpApiGateway implements ApiGateway {
    private final ApiClient client;
    private final Function<String, Permits> permits;
    private final Function<String, Tokens> tokens;
    private final ControlMetrics metrics;

    public HttpApiGateway(ApiClient client, ControlPlane control, ControlMetrics metrics) {
        this(client, control::permits, control::tokens, metrics);
    }

    /** With permits and tokens by account, for whoever is no part of a cluster. */
    public HttpApiGateway(
            ApiClient client,
            Function<String, Permits> permits,
            Function<String, Tokens> tokens,
            ControlMetrics metrics) {
        this.client = client;
        this.permits = permits;
        this.tokens = tokens;
        this.metrics = metrics;
    }

    @Override
    public Preparation prepare(Account account, List<ApiCall> calls, Duration within) {
        if (calls.isEmpty()) {
            throw new IllegalArgumentException("without a call there is nothing to prepare");
        }
        Permits ofAccount = permits.apply(account.name());
        Wire wire = new Wire(account, client, ofAccount, tokens.apply(account.name()), metrics);
        long deadline = ofAccount.now() + within.toMillis();
        Permits.Request permit = ofAccount.acquire(calls.getFirst().costs(), within);
        CompletableFuture<Readiness> readiness = new CompletableFuture<>();
        // The token second: while one waits for a permit, a token may come to its end.
        permit.answer().whenComplete((answer, mistake) -> {
            switch (answer) {
                case null -> readiness.completeExceptionally(mistake);
                case Permits.Denied denied -> readiness.complete(new Readiness.Refused(wire.limited(denied)));
                case Permits.Permit given ->
                    wire.token(0, deadline)
                            .thenApply(token -> ready(wire, given, token, deadline))
                            .whenComplete((ready, broken) -> {
                                boolean wanted = ready == null
                                        ? readiness.completeExceptionally(broken)
                                        : readiness.complete(ready);
                                if (!wanted || !(ready instanceof Readiness.Ready)) {
                                    ofAccount.release(given, false);
                                }
                            });
            }
        });
        return new Waiting(readiness, permit);
    }

    private static Readiness ready(Wire wire, Permits.Permit permit, Tokens.Answer answer, long deadline) {
        if (!(answer instanceof Tokens.Handed(var token))) {
            return new Readiness.Refused(wire.withoutToken(answer));
        }
        PgError unfit = wire.unfit(token);
        return unfit == null
                ? new Readiness.Ready(new HttpPrepared(wire, permit, token, deadline))
                : new Readiness.Refused(unfit);
    }

    @Override
    public List<LimitFeedback> lastFeedback(Account account) {
        return permits.apply(account.name()).lastFeedback();
    }

    /** A preparation under way. Whoever completes its future first decides: the permit, or the cancel. */
    private record Waiting(CompletableFuture<Readiness> promise, Permits.Request permit) implements Preparation {
        @Override
        public CompletionStage<Readiness> readiness() {
            return promise;
        }

        @Override
        public void cancel() {
            if (promise.complete(new Readiness.Refused(ErrorCode.CANCELED.error()))) {
                permit.cancel();
            }
        }
    }
}
