package io.penstock.node.pool;

import io.penstock.protocol.pooling.Notification;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection that listens for many clients: who wants which channel, and who waits for what. Times are nanoseconds, of any clock.
 *
 * <p>Postgres tells a listening connection what has been committed before it answers the next message. So the answer to any message
 * that was sent after a commit comes behind the notifications of that commit.
 *
 * <pre>
 * state    event                                  what happens                                              next
 * CLOSED   reserve                                open; the client waits                                    OPENING
 *          fence                                  the client is answered no                                 CLOSED
 * OPENING  reserve, fence                         the client waits                                          OPENING
 *          opened                                 LISTEN or Sync for each that waits, in order              OPEN
 *          failed                                 each that waits is answered no                            CLOSED
 * OPEN     reserve                                LISTEN                                                    OPEN
 *          fence                                  Sync                                                      OPEN
 *          leave, nobody else has the channel     UNLISTEN                                                  OPEN
 *          ErrorResponse                          the first that waits will be answered no                  OPEN
 *          ReadyForQuery                          the first that waits is answered yes, or no               OPEN
 *          NotificationResponse                   to each client that has the channel                       OPEN
 *          lost                                   each that waits is answered no, each that has a channel
 *                                                 is told                                                   CLOSED
 *          tick, an answer is overdue             lost
 *          tick, nobody has had a channel long    close                                                     CLOSED
 *          tick, otherwise                        Sync: the connection is alive                             OPEN
 * </pre>
 *
 * <p>Not safe for use by several threads.
 *
 * @param <C> a client
 */
final class ListenerState<C> {
    /** What is done outside. */
    interface Effects<C> {
        void open();

        /** One simple query. */
        void query(String sql);

        void sync();

        void answer(C client, boolean granted);

        void hear(C client, Notification notification);

        /** What the client listens to is not heard any more. */
        void tellLost(C client);

        void close();
    }

    private enum State {
        CLOSED,
        OPENING,
        OPEN
    }

    /**
     * A message, and who waits for its answer.
     *
     * @param client null where nobody does
     * @param sql null for Sync
     */
    private record Asked<C>(@Nullable C client, @Nullable String sql, List<String> channels) {}

    private final Effects<C> effects;
    private final long idleNanos;
    private final long patienceNanos;
    private final Map<String, Set<C>> clients = new HashMap<>();
    private final ArrayDeque<Asked<C>> asked = new ArrayDeque<>();
    private State state = State.CLOSED;
    private boolean refused;
    /** When an answer has come last, or something was asked while none was owed. */
    private long progress;
    /** When a client had a channel last. */
    private long used;

    /**
     * @param idleNanos for how long the connection stays although nobody has a channel
     * @param patienceNanos how long an answer may take
     */
    ListenerState(Effects<C> effects, long idleNanos, long patienceNanos) {
        this.effects = effects;
        this.idleNanos = idleNanos;
        this.patienceNanos = patienceNanos;
    }

    /** Whether there is no connection, and none on its way. */
    boolean isClosed() {
        return state == State.CLOSED;
    }

    // ---- clients ----

    /** The client wants to hear these channels. */
    void reserve(C client, List<String> channels, long now) {
        for (String channel : channels) {
            clients.computeIfAbsent(channel, _ -> new LinkedHashSet<>()).add(client);
        }
        used = now;
        if (state == State.CLOSED) {
            state = State.OPENING;
            progress = now;
            effects.open();
        }
        StringBuilder sql = new StringBuilder();
        channels.forEach(
                channel -> sql.append("LISTEN ").append(quoted(channel)).append(';'));
        ask(new Asked<>(client, sql.toString(), channels), now);
    }

    /** The client wants to have heard everything that has been committed. */
    void fence(C client, long now) {
        if (state == State.CLOSED) {
            effects.answer(client, false);
        } else {
            ask(new Asked<>(client, null, List.of()), now);
        }
    }

    /** The client does not want these any more. */
    void leave(C client, Collection<String> channels, long now) {
        for (String channel : channels) {
            Set<C> those = clients.get(channel);
            if (those != null && those.remove(client) && those.isEmpty()) {
                clients.remove(channel);
                used = now;
                if (state == State.OPEN) {
                    ask(new Asked<>(null, "UNLISTEN " + quoted(channel), List.of()), now);
                }
            }
        }
    }

    /** The client has gone. */
    void leave(C client, long now) {
        List<String> had = clients.entrySet().stream()
                .filter(entry -> entry.getValue().contains(client))
                .map(Map.Entry::getKey)
                .toList();
        leave(client, had, now);
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private void ask(Asked<C> message, long now) {
        if (asked.isEmpty()) {
            progress = now;
        }
        asked.add(message);
        if (state == State.OPEN) {
            send(message);
        }
    }

    private void send(Asked<C> message) {
        if (message.sql() == null) {
            effects.sync();
        } else {
            effects.query(message.sql());
        }
    }

    // ---- the connection ----

    void opened(long now) {
        state = State.OPEN;
        progress = now;
        List.copyOf(asked).forEach(this::send);
    }

    /** It could not be opened. */
    void failed() {
        close();
    }

    /** ErrorResponse. */
    void refused() {
        refused = true;
    }

    /** ReadyForQuery. */
    void ready(long now) {
        Asked<C> answered = asked.poll();
        boolean granted = !refused;
        refused = false;
        progress = now;
        if (answered != null && answered.client() != null) {
            if (!granted) {
                answered.channels().forEach(channel -> remove(channel, answered.client()));
            }
            effects.answer(answered.client(), granted);
        }
    }

    private void remove(String channel, C client) {
        Set<C> those = clients.get(channel);
        if (those != null && those.remove(client) && those.isEmpty()) {
            clients.remove(channel);
        }
    }

    void heard(Notification notification) {
        Set<C> those = clients.get(notification.channel());
        if (those != null) {
            List.copyOf(those).forEach(client -> effects.hear(client, notification));
        }
    }

    /** It has ended. */
    void lost() {
        close();
    }

    /** Time passes; seldom is enough. */
    void tick(long now) {
        if (state == State.CLOSED) {
            return;
        }
        if (!asked.isEmpty() && now - progress > patienceNanos) {
            effects.close();
            close();
        } else if (state == State.OPEN && clients.isEmpty() && asked.isEmpty() && now - used > idleNanos) {
            effects.close();
            state = State.CLOSED;
        } else if (state == State.OPEN && asked.isEmpty()) {
            ask(new Asked<>(null, null, List.of()), now);
        }
    }

    private void close() {
        state = State.CLOSED;
        refused = false;
        List<Asked<C>> waiting = List.copyOf(asked);
        asked.clear();
        Set<C> listening = new LinkedHashSet<>();
        clients.values().forEach(listening::addAll);
        clients.clear();
        for (Asked<C> each : waiting) {
            if (each.client() != null) {
                effects.answer(each.client(), false);
            }
        }
        listening.forEach(effects::tellLost);
    }
}
