package io.penstock.node.control;

import io.penstock.config.Secret;
import io.penstock.config.cluster.KeeperMessage;
import io.penstock.config.cluster.KeeperReply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** An account's token by way of its keeper, kept on this node while it is good. */
final class NodeTokens implements Tokens {
    /** Asks the keeper and waits for its answer; fails where none comes in time. */
    interface Keeper {
        CompletionStage<KeeperReply> ask(Function<ActorRef<KeeperReply>, KeeperMessage> question, Duration maxWait);
    }

    private static final Duration SOON = Duration.ofSeconds(1);
    /** Until a keeper that has given up is gone. */
    private static final Duration MOVING = Duration.ofMillis(100);

    private final String account;
    private final Keeper keeper;
    private final LongSupplier clock;
    private final ControlMetrics metrics;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicReference<@Nullable Token> held = new AtomicReference<>();

    NodeTokens(String account, Keeper keeper, LongSupplier clock, ControlMetrics metrics) {
        this.account = account;
        this.keeper = keeper;
        this.clock = clock;
        this.metrics = metrics;
    }

    @Override
    public CompletionStage<Answer> token(long refused, Duration maxWait) {
        Token token = held.get();
        long now = clock.getAsLong();
        if (token != null && token.version() != refused && !hasEnded(token, now)) {
            metrics.token(account, "held");
            return CompletableFuture.completedFuture(new Handed(token));
        }
        metrics.token(account, "asked");
        return ask(refused, maxWait, now)
                .thenCompose(answer -> isMoved(answer)
                        ? CompletableFuture.supplyAsync(
                                        () -> ask(refused, maxWait, now),
                                        CompletableFuture.delayedExecutor(MOVING.toMillis(), TimeUnit.MILLISECONDS))
                                .thenCompose(Function.identity())
                        : CompletableFuture.completedFuture(answer));
    }

    /** The keeper that was asked is none any more; whoever asks again finds the one that is. */
    private static boolean isMoved(Answer answer) {
        return answer instanceof Unavailable(String _, Duration retryAfter) && retryAfter.isZero();
    }

    private CompletionStage<Answer> ask(long refused, Duration maxWait, long now) {
        metrics.question(account, "keeper");
        long request = requests.incrementAndGet();
        return keeper.ask(replyTo -> new KeeperMessage.AskToken(request, refused, replyTo), maxWait)
                .handle((reply, failure) -> reply == null || failure != null
                        ? new Unavailable("The token keeper did not answer in time.", SOON)
                        : answer(reply, now));
    }

    private static boolean hasEnded(Token token, long now) {
        Long expiresAt = token.expiresAt();
        return expiresAt != null && now >= expiresAt;
    }

    private Answer answer(KeeperReply reply, long askedAt) {
        return switch (reply) {
            case KeeperReply.TokenHanded handed -> {
                Long validFor = handed.validFor();
                Token token = new Token(
                        handed.version(),
                        Secret.of(handed.accessToken()),
                        handed.baseUrl(),
                        validFor == null ? null : askedAt + validFor);
                // An answer that was overtaken must not put an older token in a newer one's place.
                held.accumulateAndGet(
                        token,
                        (old, fresh) -> old == null || fresh == null || fresh.version() >= old.version() ? fresh : old);
                yield new Handed(token);
            }
            case KeeperReply.TokenRevoked(long _, String code, String message) -> new Revoked(code, message);
            case KeeperReply.TokenUnavailable(long _, String message, long retryAfter) ->
                new Unavailable(message, Duration.ofMillis(retryAfter));
        };
    }
}
