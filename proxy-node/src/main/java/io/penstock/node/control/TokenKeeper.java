package io.penstock.node.control;

import io.penstock.adapters.TokenAnswer;
import io.penstock.config.Secret;
import io.penstock.config.cluster.KeeperMessage;
import io.penstock.config.cluster.KeeperReply;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries messages to and from a {@link TokenState}. One for each account in the whole cluster; it remembers nothing that the store does not. */
public final class TokenKeeper extends AbstractBehavior<KeeperMessage> {
    /**
     * What a keeper works with.
     *
     * @param refreshBefore how long before its end a token is no longer handed out; null where the API does not tell the end
     * @param refresh asks the login server, within {@link CredentialStore#CLAIM_LIFE}; never fails
     * @param clock milliseconds that never go back
     */
    public record Setup(
            String account,
            CredentialStore.Origin origin,
            @Nullable Duration refreshBefore,
            CredentialStore store,
            Function<Secret, CompletionStage<TokenAnswer>> refresh,
            LongSupplier clock) {}

    private static final Logger LOG = LoggerFactory.getLogger(TokenKeeper.class);

    /** Something that the machine has to know. */
    private record Happened(TokenEvent event) implements KeeperMessage.Local, NoSerializationVerificationNeeded {}

    private record Caller(long request, ActorRef<KeeperReply> replyTo) {}

    private final Setup setup;
    private final TimerScheduler<KeeperMessage> timers;
    private final TokenState state;
    private final Map<Long, Caller> callers = new HashMap<>();
    private long callerNumbers;

    private TokenKeeper(ActorContext<KeeperMessage> context, TimerScheduler<KeeperMessage> timers, Setup setup) {
        super(context);
        this.setup = setup;
        this.timers = timers;
        this.state = new TokenState(setup.refreshBefore());
        run(state.start());
    }

    public static Behavior<KeeperMessage> create(Setup setup) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new TokenKeeper(context, timers, setup)));
    }

    @Override
    public Receive<KeeperMessage> createReceive() {
        return newReceiveBuilder().onAnyMessage(this::on).build();
    }

    private Behavior<KeeperMessage> on(KeeperMessage message) {
        TokenEvent event = switch (message) {
            case KeeperMessage.AskToken ask -> {
                callers.put(++callerNumbers, new Caller(ask.request(), ask.replyTo()));
                yield new TokenEvent.Wanted(callerNumbers, ask.refused());
            }
            case Happened happened -> happened.event;
            case KeeperMessage.Local other -> throw new IllegalStateException("not mine: " + other.getClass());
        };
        TokenState.Phase before = state.phase();
        boolean stop = run(state.on(event, setup.clock().getAsLong()));
        if (state.phase() != before && state.phase() == TokenState.Phase.REVOKED) {
            getContext().getLog().error("account {} has to be authorised again", setup.account());
        }
        return stop ? Behaviors.stopped() : this;
    }

    /** Whether this keeper is to end. */
    private boolean run(List<TokenEffect> effects) {
        boolean stop = false;
        for (TokenEffect effect : effects) {
            switch (effect) {
                case TokenEffect.Load() ->
                    tell(setup.store().begin(setup.account(), setup.origin()), TokenEvent.Loaded::new);
                case TokenEffect.Claim(long epoch) ->
                    tell(
                            setup.store().claim(setup.account(), epoch),
                            owner -> owner ? new TokenEvent.Claimed() : new TokenEvent.Fenced());
                case TokenEffect.Refresh(Secret refreshToken) -> {
                    getContext().getLog().info("refreshing the token of account {}", setup.account());
                    tell(setup.refresh().apply(refreshToken), TokenEvent.Answered::new);
                }
                case TokenEffect.Store(long expectedVersion, StoredCredential credential) ->
                    tell(
                            setup.store().store(setup.account(), expectedVersion, credential),
                            kept -> kept ? new TokenEvent.Stored() : new TokenEvent.Fenced());
                case TokenEffect.Hand(long caller, Token token) -> hand(caller, token);
                case TokenEffect.RefuseRevoked(long caller, StoredCredential.Revocation why) ->
                    reply(caller, request -> new KeeperReply.TokenRevoked(request, why.code(), why.message()));
                case TokenEffect.RefuseUnavailable(long caller, String message, long retryAfter) ->
                    reply(caller, request -> new KeeperReply.TokenUnavailable(request, message, retryAfter));
                case TokenEffect.WakeAt(long time) ->
                    timers.startSingleTimer(
                            "wake",
                            new Happened(new TokenEvent.Tick()),
                            Duration.ofMillis(Math.max(1, time - setup.clock().getAsLong())));
                case TokenEffect.Stop() -> {
                    getContext().getLog().warn("another node keeps the token of account {}", setup.account());
                    stop = true;
                }
            }
        }
        return stop;
    }

    private <T> void tell(CompletionStage<T> stage, Function<T, TokenEvent> event) {
        getContext().pipeToSelf(stage, (value, failure) -> {
            if (failure != null || value == null) {
                LOG.warn("the store of account {} failed: {}", setup.account(), JdbcCalls.reason(failure));
                return new Happened(new TokenEvent.StoreFailed());
            }
            return new Happened(event.apply(value));
        });
    }

    private void hand(long caller, Token token) {
        Long expiresAt = token.expiresAt();
        Long validFor = expiresAt == null ? null : expiresAt - setup.clock().getAsLong();
        reply(
                caller,
                request -> new KeeperReply.TokenHanded(
                        request, token.version(), token.access().reveal(), token.baseUrl(), validFor));
    }

    private void reply(long number, Function<Long, KeeperReply> reply) {
        Caller caller = callers.remove(number);
        if (caller != null) {
            caller.replyTo().tell(reply.apply(caller.request()));
        }
    }
}
