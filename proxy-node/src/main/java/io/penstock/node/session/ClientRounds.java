package io.penstock.node.session;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Goes round the clients whose time is limited, with one timer for all of an event loop instead of one for each client.
 *
 * <p>Each method is called on the event loop that it is given.
 */
final class ClientRounds {
    private final Map<EventLoop, Round> rounds = new ConcurrentHashMap<>();

    /** Who is visited. */
    interface Visited {
        /**
         * On its event loop.
         *
         * @param now in nanoseconds
         */
        void visit(long now);
    }

    private static final class Round {
        final Set<Visited> clients = new LinkedHashSet<>();
        long distance = Long.MAX_VALUE;

        @Nullable
        Future<?> timer;

        void visitAll() {
            long now = System.nanoTime();
            List.copyOf(clients).forEach(client -> client.visit(now));
        }

        void start(EventLoop loop, long millis) {
            stop();
            distance = millis;
            timer = loop.scheduleWithFixedDelay(this::visitAll, millis, millis, TimeUnit.MILLISECONDS);
        }

        void stop() {
            if (timer != null) {
                timer.cancel(false);
                timer = null;
            }
            distance = Long.MAX_VALUE;
        }
    }

    /** Visits it from now on, at least as often as it says. */
    void join(EventLoop loop, Visited client, long millis) {
        Round round = rounds.computeIfAbsent(loop, _ -> new Round());
        round.clients.add(client);
        if (millis < round.distance) {
            round.start(loop, millis);
        }
    }

    void leave(EventLoop loop, Visited client) {
        Round round = rounds.get(loop);
        if (round != null && round.clients.remove(client) && round.clients.isEmpty()) {
            round.stop();
        }
    }
}
