package io.penstock.node.api;

import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Failure;
import io.penstock.node.control.Permits;
import io.penstock.node.control.Token;
import io.penstock.node.control.Tokens;
import io.penstock.protocol.error.PgError;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends calls with a permit each.
 *
 * <pre>
 * what came                                   what is done
 * ------------------------------------------  ------------------------------------------------------------------
 * no permit (any more)                        another one is waited for; denied: NotSent
 * not sent, lost                              NotSent, Lost
 * an answer, token refused, first time        a newer token is got, the call is sent again; none to be had: NotSent
 * an answer, token refused, again             Response: another refresh would go round for ever
 * an answer, over a limit                     the limiter is told; a permit in time: sent again; else Response
 * any other answer                            Response
 * </pre>
 */
final class HttpPrepared implements Prepared {
    private static final Logger LOG = LoggerFactory.getLogger(HttpPrepared.class);

    /** How often a limit may send a call round again: an API that always says so would hold a statement for its whole time. */
    private static final int MOST_LIMITED = 5;

    private final Wire wire;
    private final long deadline;
    private final AtomicReference<Permits.@Nullable Permit> unused;
    private volatile Token token;

    HttpPrepared(Wire wire, Permits.Permit permit, Token token, long deadline) {
        this.wire = wire;
        this.deadline = deadline;
        this.unused = new AtomicReference<>(permit);
        this.token = token;
    }

    @Override
    public CompletionStage<SendOutcome> send(ApiCall call, Classifier classifier) {
        return new Sending(call, classifier).send().exceptionally(mistake -> {
            // After the answer came, perhaps: what the API did is known to it alone.
            LOG.error("handling an answer of the API broke", mistake);
            return new SendOutcome.Lost("the answer could not be handled");
        });
    }

    @Override
    public void close() {
        Permits.Permit permit = unused.getAndSet(null);
        if (permit != null) {
            wire.permits().release(permit, false);
        }
    }

    /** One call on its way. */
    private final class Sending {
        private final ApiCall call;
        private final Classifier classifier;
        private boolean refreshed;
        private int limited;

        Sending(ApiCall call, Classifier classifier) {
            this.call = call;
            this.classifier = classifier;
        }

        CompletionStage<SendOutcome> send() {
            Permits.Permit permit = unused.getAndSet(null);
            if (permit != null && wire.permits().now() < permit.until()) {
                return send(permit);
            }
            if (permit != null) {
                // It has ended while the intent was written, and would count in a later window than the limiter
                // believes.
                wire.permits().release(permit, false);
            }
            return acquire(null);
        }

        /** @param instead what to answer where no permit is to be had; null for the limiter's own refusal */
        private CompletionStage<SendOutcome> acquire(@Nullable SendOutcome instead) {
            return wire.permits()
                    .acquire(call.costs(), wire.left(deadline))
                    .answer()
                    .thenCompose(answer -> switch (answer) {
                        case Permits.Permit permit -> send(permit);
                        case Permits.Denied denied ->
                            done(instead == null ? new SendOutcome.NotSent(wire.limited(denied)) : instead);
                    });
        }

        private CompletionStage<SendOutcome> send(Permits.Permit permit) {
            Token used = token;
            return wire.exchange(call, used)
                    // Also where it breaks: the slot would stay taken for ever.
                    .whenComplete(
                            (exchange, _) -> wire.permits().release(permit, !(exchange instanceof Exchange.NotSent)))
                    .thenCompose(exchange -> switch (exchange) {
                        case Exchange.NotSent(String reason) -> done(new SendOutcome.NotSent(wire.unreachable(reason)));
                        case Exchange.Lost(String reason) -> done(new SendOutcome.Lost(reason));
                        case Exchange.Answered(ApiResponse response) -> answered(response, used);
                    });
        }

        private CompletionStage<SendOutcome> answered(ApiResponse response, Token used) {
            SendOutcome.Response outcome = new SendOutcome.Response(response);
            return switch (classifier.failure(response)) {
                case Failure.TokenExpired()
                when !refreshed -> {
                    refreshed = true;
                    wire.metrics().retry(wire.account().name(), "token");
                    yield refresh(used);
                }
                case Failure.RateLimited(String bucket, var retryAfter, String _) -> {
                    wire.permits().refused(bucket, retryAfter);
                    if (++limited > MOST_LIMITED || wire.permits().now() >= deadline) {
                        yield done(outcome);
                    }
                    wire.metrics().retry(wire.account().name(), "limit");
                    yield acquire(outcome);
                }
                case null -> done(outcome);
                case Failure.TokenExpired _ -> done(outcome);
                case Failure.RequestRejected _ -> done(outcome);
                case Failure.AuthRevoked _ -> done(outcome);
                case Failure.Unavailable _ -> done(outcome);
                case Failure.UnknownOutcome _ -> done(outcome);
            };
        }

        private CompletionStage<SendOutcome> refresh(Token refused) {
            return wire.token(refused.version(), deadline).thenCompose(answer -> {
                if (!(answer instanceof Tokens.Handed(Token newer))) {
                    return done(new SendOutcome.NotSent(wire.withoutToken(answer)));
                }
                PgError unfit = wire.unfit(newer);
                if (unfit != null) {
                    return done(new SendOutcome.NotSent(unfit));
                }
                token = newer;
                return acquire(null);
            });
        }

        private static CompletionStage<SendOutcome> done(SendOutcome outcome) {
            return CompletableFuture.completedFuture(outcome);
        }
    }
}
