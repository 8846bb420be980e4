package io.penstock.sandbox.server;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** So many requests in any stretch of time that is this long: a rolling window, which forgets each request when it is older than that. */
public final class RateWindow {
    private final Duration length;
    private final Deque<Instant> taken = new ArrayDeque<>();
    private long most;

    public RateWindow(long most, Duration length) {
        this.most = most;
        this.length = length;
    }

    /** Whether one more request fits; it is counted when it does, and not when it does not. */
    public boolean take(Instant now) {
        if (remaining(now) == 0) {
            return false;
        }
        taken.addLast(now);
        return true;
    }

    /** Forgets the requests so far when the number is another one. */
    public void most(long requests) {
        if (requests != most) {
            most = requests;
            taken.clear();
        }
    }

    public long most() {
        return most;
    }

    public Duration length() {
        return length;
    }

    public long remaining(Instant now) {
        Instant start = now.minus(length);
        while (!taken.isEmpty() && !taken.getFirst().isAfter(start)) {
            taken.removeFirst();
        }
        return Math.max(0, most - taken.size());
    }

    public void clear() {
        taken.clear();
    }
}
