package io.penstock.node.control;

import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.PermitCost;
import io.penstock.config.cluster.LimiterMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** An account's permits by way of this node's {@link PermitCache}. */
final class NodePermits implements Permits {
    /** The limiter is told what the API says so often, and at once when little is left. */
    private static final long TELL_EVERY = 2_000;

    private static final int LITTLE_LEFT = 20;

    private final LimiterRules rules;
    private final ActorRef<PermitCache.Command> cache;
    private final LongSupplier clock;
    private final Set<String> slotNames = new HashSet<>();
    private final AtomicLong callers = new AtomicLong();
    private final Map<String, LimitFeedback> last = new ConcurrentHashMap<>();
    private final Map<String, Long> toldAt = new ConcurrentHashMap<>();

    NodePermits(LimiterRules rules, ActorRef<PermitCache.Command> cache, LongSupplier clock) {
        this.rules = rules;
        this.cache = cache;
        this.clock = clock;
        rules.slots().forEach(slot -> slotNames.add(slot.name()));
    }

    @Override
    public Request acquire(List<PermitCost> costs, Duration maxWait) {
        Map<String, Integer> windows = new HashMap<>();
        Set<String> slots = new HashSet<>();
        for (PermitCost cost : costs) {
            if (slotNames.contains(cost.bucket())) {
                slots.add(cost.bucket());
            } else {
                windows.merge(cost.bucket(), cost.permits(), Integer::sum);
            }
        }
        if (rules.windows().stream().anyMatch(window -> window.name().equals(LimiterRules.BURST))) {
            windows.merge(LimiterRules.BURST, 1, Integer::sum);
        }
        if (slotNames.contains(LimiterRules.CONCURRENCY)) {
            slots.add(LimiterRules.CONCURRENCY);
        }
        long caller = callers.incrementAndGet();
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        cache.tell(new PermitCache.Acquire(caller, windows, slots, maxWait, answer));
        return new Request() {
            @Override
            public CompletionStage<Answer> answer() {
                return answer;
            }

            @Override
            public void cancel() {
                cache.tell(new PermitCache.Release(caller, false));
            }
        };
    }

    @Override
    public void release(Permit permit, boolean used) {
        cache.tell(new PermitCache.Release(permit.caller(), used));
    }

    @Override
    public void observed(List<LimitFeedback> feedback) {
        long now = clock.getAsLong();
        for (LimitFeedback each : feedback) {
            LimitFeedback before = last.put(each.bucket(), each);
            boolean little = each.remaining() * LITTLE_LEFT < each.limit();
            Long told = toldAt.get(each.bucket());
            if (before == null || told == null || little || now - told >= TELL_EVERY) {
                toldAt.put(each.bucket(), now);
                Duration resets = each.resetsAfter();
                cache.tell(new PermitCache.Pass(new LimiterMessage.Observed(
                        each.bucket(), each.limit(), each.remaining(), resets == null ? null : resets.toMillis())));
            }
        }
    }

    @Override
    public void refused(String bucket, @Nullable Duration retryAfter) {
        long pause =
                Math.clamp(retryAfter == null ? rules.penalty() : retryAfter.toMillis(), 1, LimiterState.LONGEST_PAUSE);
        cache.tell(new PermitCache.Refused(
                new LimiterMessage.Refused(bucket, retryAfter == null ? null : retryAfter.toMillis()), pause));
    }

    @Override
    public List<LimitFeedback> lastFeedback() {
        return List.copyOf(last.values());
    }

    @Override
    public long now() {
        return clock.getAsLong();
    }
}
