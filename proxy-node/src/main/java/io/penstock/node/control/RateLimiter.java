package io.penstock.node.control;

import io.penstock.config.cluster.LimiterMessage;
import io.penstock.config.cluster.LimiterReply;
import java.time.Duration;
import java.util.LinkedHashMap;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries messages to and from a {@link LimiterState}. One for each account in the whole cluster; a new one learns again what it has to know. */
public final class RateLimiter extends AbstractBehavior<LimiterMessage> {
    /** A life of a node that was not heard of for so many others is forgotten. */
    private static final int MOST_NODES = 1_000;

    /** @param clock milliseconds that never go back */
    record Setup(String account, LimiterRules rules, EpochStore store, LongSupplier clock) {}

    private static final Logger LOG = LoggerFactory.getLogger(RateLimiter.class);

    /** Something that the machine has to know. */
    private record Happened(LimiterEvent event) implements LimiterMessage.Local, NoSerializationVerificationNeeded {}

    /** What a shard tells it before it moves to another node. */
    record Leave() implements LimiterMessage.Local, NoSerializationVerificationNeeded {}

    private final Setup setup;
    private final TimerScheduler<LimiterMessage> timers;
    private final LimiterState state;
    private final Map<String, ActorRef<LimiterReply>> nodes = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ActorRef<LimiterReply>> eldest) {
            return size() > MOST_NODES;
        }
    };

    private RateLimiter(ActorContext<LimiterMessage> context, TimerScheduler<LimiterMessage> timers, Setup setup) {
        super(context);
        this.setup = setup;
        this.timers = timers;
        this.state = new LimiterState(setup.rules());
        long now = setup.clock().getAsLong();
        run(state.start(now));
        wake(now);
    }

    static Behavior<LimiterMessage> create(Setup setup) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new RateLimiter(context, timers, setup)));
    }

    @Override
    public Receive<LimiterMessage> createReceive() {
        return newReceiveBuilder().onAnyMessage(this::on).build();
    }

    private Behavior<LimiterMessage> on(LimiterMessage message) {
        LimiterEvent event = switch (message) {
            case LimiterMessage.AskPermits ask -> {
                meet(ask.node(), ask.replyTo());
                yield new LimiterEvent.Asked(
                        ask.node(),
                        ask.request(),
                        ask.attempt(),
                        ask.costs(),
                        ask.needed(),
                        ask.extra(),
                        ask.maxWait());
            }
            case LimiterMessage.HoldSlots hold -> {
                meet(hold.node(), hold.replyTo());
                yield new LimiterEvent.Held(
                        hold.node(), hold.request(), hold.bucket(), hold.held(), hold.wanted(), hold.maxWait());
            }
            case LimiterMessage.ReturnPermits(long epoch, long grant, int unused) ->
                new LimiterEvent.Returned(epoch, grant, unused);
            case LimiterMessage.Observed(String bucket, long limit, long remaining, Long resetsAfter) ->
                new LimiterEvent.Observed(bucket, limit, remaining, resetsAfter);
            case LimiterMessage.Refused(String bucket, Long retryAfter) -> new LimiterEvent.Refused(bucket, retryAfter);
            case Happened(LimiterEvent.Gone gone) -> {
                nodes.remove(gone.node());
                yield gone;
            }
            case Happened happened -> happened.event;
            case Leave() -> new LimiterEvent.Leaving();
            case LimiterMessage.Local other -> throw new IllegalStateException("not mine: " + other.getClass());
        };
        long now = setup.clock().getAsLong();
        boolean stop = run(state.on(event, now));
        wake(now);
        return stop ? Behaviors.stopped() : this;
    }

    private void meet(String node, ActorRef<LimiterReply> replyTo) {
        if (nodes.put(node, replyTo) == null) {
            getContext().watchWith(replyTo, new Happened(new LimiterEvent.Gone(node)));
        }
    }

    private void wake(long now) {
        long wakeAt = state.wakeAt(now);
        if (wakeAt == Long.MAX_VALUE) {
            timers.cancel("wake");
        } else {
            timers.startSingleTimer(
                    "wake", new Happened(new LimiterEvent.Tick()), Duration.ofMillis(Math.max(1, wakeAt - now)));
        }
    }

    /** Whether this limiter is to end. */
    private boolean run(List<LimiterEffect> effects) {
        boolean stop = false;
        for (LimiterEffect effect : effects) {
            switch (effect) {
                case LimiterEffect.Begin() -> tell(setup.store().begin(setup.account()), RateLimiter::begun);
                case LimiterEffect.Renew(long epoch, LimiterNote note) ->
                    tell(
                            setup.store().renew(setup.account(), epoch, note),
                            owner -> owner ? new LimiterEvent.Renewed() : fenced());
                case LimiterEffect.Leave(long epoch, LimiterNote note) ->
                    tell(setup.store().renew(setup.account(), epoch, note), _ -> new LimiterEvent.Left());
                case LimiterEffect.Grant grant ->
                    reply(
                            grant.node(),
                            new LimiterReply.PermitsGranted(
                                    state.epoch(),
                                    grant.request(),
                                    grant.attempt(),
                                    grant.grant(),
                                    grant.count(),
                                    grant.waited(),
                                    grant.validFor()));
                case LimiterEffect.Hold hold ->
                    reply(
                            hold.node(),
                            new LimiterReply.SlotsHeld(
                                    state.epoch(),
                                    hold.request(),
                                    hold.bucket(),
                                    hold.slots(),
                                    hold.waited(),
                                    hold.validFor()));
                case LimiterEffect.Deny(String node, long request, String bucket, long retryAfter) ->
                    reply(node, new LimiterReply.Denied(state.epoch(), request, bucket, retryAfter));
                case LimiterEffect.WantSlots(String bucket, String waitingNode) ->
                    nodes.forEach((node, replyTo) -> {
                        if (!node.equals(waitingNode)) {
                            replyTo.tell(new LimiterReply.SlotsWanted(state.epoch(), bucket));
                        }
                    });
                case LimiterEffect.Pause(String bucket, long pause) -> {
                    getContext()
                            .getLog()
                            .warn("account {} is over limit {}: nothing for {} ms", setup.account(), bucket, pause);
                    nodes.values()
                            .forEach(replyTo -> replyTo.tell(new LimiterReply.Paused(state.epoch(), bucket, pause)));
                }
                case LimiterEffect.Stop() -> stop = true;
            }
        }
        return stop;
    }

    private LimiterEvent fenced() {
        LOG.warn("another node limits account {}", setup.account());
        return new LimiterEvent.Fenced();
    }

    private static LimiterEvent begun(EpochStore.Begun begun) {
        Duration since = begun.sinceSeen();
        return new LimiterEvent.Begun(begun.epoch(), since == null ? null : since.toMillis(), begun.note());
    }

    private <T> void tell(CompletionStage<T> stage, Function<T, LimiterEvent> event) {
        getContext().pipeToSelf(stage, (value, failure) -> {
            if (failure != null || value == null) {
                LOG.warn("the store of account {} failed: {}", setup.account(), JdbcCalls.reason(failure));
                return new Happened(new LimiterEvent.StoreFailed());
            }
            return new Happened(event.apply(value));
        });
    }

    private void reply(String node, LimiterReply reply) {
        ActorRef<LimiterReply> replyTo = nodes.get(node);
        if (replyTo != null) {
            replyTo.tell(reply);
        }
    }
}
