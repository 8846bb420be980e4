package io.penstock.node.control;

import io.penstock.config.cluster.LimiterMessage;
import io.penstock.config.cluster.LimiterReply;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/** Carries messages to and from a {@link PermitCacheState}. One for each account on each node. */
final class PermitCache extends AbstractBehavior<PermitCache.Command> {
    /** What is said on this node. */
    sealed interface Command extends NoSerializationVerificationNeeded {}

    /** @param answer completed on the actor's thread */
    record Acquire(
            long caller,
            Map<String, Integer> costs,
            Set<String> slots,
            Duration maxWait,
            CompletableFuture<Permits.Answer> answer)
            implements Command {}

    /** The caller gives up waiting, or is done with its permit. */
    record Release(long caller, boolean used) implements Command {}

    /** The API refused a call for its limit; null where it does not say for how long. */
    record Refused(LimiterMessage.Refused refusal, long pause) implements Command {}

    /** For the limiter, as it is. */
    record Pass(LimiterMessage.Observed observed) implements Command {}

    /** The node ends: what it holds goes back. */
    record End() implements Command {}

    private record Told(LimiterReply reply) implements Command {}

    private record Tick() implements Command {}

    /**
     * What a cache works with.
     *
     * @param node one life of one node
     * @param clock milliseconds that never go back
     * @param counted told of each permit how it was given: {@code held} here, {@code asked} for, or {@code denied}
     */
    record Setup(String node, Consumer<LimiterMessage> limiter, LongSupplier clock, Consumer<String> counted) {}

    private final Setup setup;
    private final TimerScheduler<Command> timers;
    private final ActorRef<LimiterReply> replyTo;
    private final PermitCacheState state = new PermitCacheState();
    private final Map<Long, CompletableFuture<Permits.Answer>> waiting = new HashMap<>();

    private PermitCache(ActorContext<Command> context, TimerScheduler<Command> timers, Setup setup) {
        super(context);
        this.setup = setup;
        this.timers = timers;
        this.replyTo = context.messageAdapter(LimiterReply.class, Told::new);
    }

    static Behavior<Command> create(Setup setup) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new PermitCache(context, timers, setup)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder().onAnyMessage(this::on).build();
    }

    private Behavior<Command> on(Command command) {
        long now = setup.clock().getAsLong();
        switch (command) {
            case Acquire acquire -> {
                waiting.put(acquire.caller(), acquire.answer());
                run(
                        new PermitEvent.Wanted(
                                acquire.caller(),
                                acquire.costs(),
                                acquire.slots(),
                                acquire.maxWait().toMillis()),
                        now);
            }
            case Release(long caller, boolean used) -> {
                waiting.remove(caller);
                run(new PermitEvent.Done(caller, used), now);
            }
            case Refused(LimiterMessage.Refused refusal, long pause) -> {
                setup.limiter().accept(refusal);
                run(new PermitEvent.Refused(refusal.bucket(), pause), now);
            }
            case Pass(LimiterMessage.Observed observed) -> setup.limiter().accept(observed);
            case Told(LimiterReply reply) -> run(new PermitEvent.Told(reply), now);
            case Tick() -> run(new PermitEvent.Tick(), now);
            case End() -> {
                run(new PermitEvent.Ended(), now);
                return Behaviors.stopped();
            }
        }
        long wakeAt = state.wakeAt(now);
        if (wakeAt == Long.MAX_VALUE) {
            timers.cancel("wake");
        } else {
            timers.startSingleTimer("wake", new Tick(), Duration.ofMillis(wakeAt - now));
        }
        return this;
    }

    private void run(PermitEvent event, long now) {
        List<PermitEffect> effects = state.on(event, now);
        for (PermitEffect effect : effects) {
            switch (effect) {
                case PermitEffect.Give(long caller, long until) -> {
                    boolean held = event instanceof PermitEvent.Wanted wanted && wanted.caller() == caller;
                    answer(caller, new Permits.Permit(caller, until), held ? "held" : "asked");
                }
                case PermitEffect.Refuse(long caller, String bucket, long retryAfter) ->
                    answer(caller, new Permits.Denied(bucket, Duration.ofMillis(retryAfter)), "denied");
                case PermitEffect.Ask(
                        long request,
                        int attempt,
                        Map<String, Integer> costs,
                        int needed,
                        int extra,
                        long maxWait) ->
                    setup.limiter()
                            .accept(new LimiterMessage.AskPermits(
                                    setup.node(), request, attempt, costs, needed, extra, maxWait, replyTo));
                case PermitEffect.Return(long epoch, long grant, int unused) ->
                    setup.limiter().accept(new LimiterMessage.ReturnPermits(epoch, grant, unused));
                case PermitEffect.Hold(long request, String bucket, int held, int wanted, long maxWait) ->
                    setup.limiter()
                            .accept(new LimiterMessage.HoldSlots(
                                    setup.node(), request, bucket, held, wanted, maxWait, replyTo));
            }
        }
    }

    private void answer(long caller, Permits.Answer answer, String how) {
        CompletableFuture<Permits.Answer> promise = waiting.remove(caller);
        if (promise != null) {
            setup.counted().accept(how);
            promise.complete(answer);
        }
    }
}
