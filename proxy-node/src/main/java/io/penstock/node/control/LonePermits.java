package io.penstock.node.control;

import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.PermitCost;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Permits for a command that asks an API a few things, one after the other, without belonging to the cluster: nobody counts them but the API.
 * They leave it the time of a moment between two calls, and as long as it asks for where it says that it is over a limit.
 */
public final class LonePermits implements Permits {
    private static final long BETWEEN = 200;
    private static final Duration USUAL_PAUSE = Duration.ofSeconds(2);

    private final LongSupplier clock;
    private long notBefore;

    /** @param clock milliseconds that never go back */
    public LonePermits(LongSupplier clock) {
        this.clock = clock;
        this.notBefore = clock.getAsLong();
    }

    @Override
    public synchronized Request acquire(List<PermitCost> costs, Duration maxWait) {
        long now = clock.getAsLong();
        long wait = Math.max(0, notBefore - now);
        if (wait > maxWait.toMillis()) {
            return new Given(CompletableFuture.completedFuture(new Denied("of the API", Duration.ofMillis(wait))));
        }
        notBefore = Math.max(now, notBefore) + BETWEEN;
        return new Given(new CompletableFuture<Answer>()
                .completeOnTimeout(new Permit(0, Long.MAX_VALUE), wait, TimeUnit.MILLISECONDS));
    }

    @Override
    public void release(Permit permit, boolean used) {
        // It was nobody's.
    }

    @Override
    public void observed(List<LimitFeedback> feedback) {
        // Too few calls to plan with.
    }

    @Override
    public synchronized void refused(String bucket, @Nullable Duration retryAfter) {
        Duration pause = retryAfter == null ? USUAL_PAUSE : retryAfter;
        notBefore = Math.max(notBefore, clock.getAsLong() + pause.toMillis());
    }

    @Override
    public List<LimitFeedback> lastFeedback() {
        return List.of();
    }

    @Override
    public long now() {
        return clock.getAsLong();
    }

    private record Given(CompletionStage<Answer> answer) implements Request {
        @Override
        public void cancel() {
            // Nobody waits for the permit but the one who has it.
        }
    }
}
