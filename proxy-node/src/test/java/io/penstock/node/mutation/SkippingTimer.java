package io.penstock.node.mutation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A timer and its clock, for which time passes only by waiting, and waiting takes none. */
final class SkippingTimer extends ScheduledThreadPoolExecutor {
    private final List<Long> waits = new ArrayList<>();
    private Instant now = Instant.EPOCH;

    SkippingTimer() {
        super(1);
    }

    /** What was waited for so far, in milliseconds. */
    List<Long> waits() {
        return waits;
    }

    /** Something else takes this time. */
    void pass(Duration time) {
        now = now.plus(time);
    }

    Clock clock() {
        InstantSource source = () -> now;
        return source.withZone(ZoneOffset.UTC);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
        waits.add(unit.toMillis(delay));
        now = now.plus(delay, unit.toChronoUnit());
        try {
            work.call();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
        return super.schedule(() -> null, 0, TimeUnit.SECONDS);
    }
}
