package io.penstock.node.pool;

import io.penstock.config.PoolSettings;
import io.penstock.node.pool.PoolEffect.Close;
import io.penstock.node.pool.PoolEffect.Give;
import io.penstock.node.pool.PoolEffect.Move;
import io.penstock.node.pool.PoolEffect.Notify;
import io.penstock.node.pool.PoolEffect.Open;
import io.penstock.node.pool.PoolEffect.Refuse;
import io.penstock.node.pool.PoolEffect.TimedOut;
import io.penstock.node.pool.PoolEffect.TurnAway;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The server connections for one database and user on a node: a machine without clock, threads or sockets.
 *
 * <p>Clients and connections live on event loops, and a connection serves only clients of its own loop, so that a query crosses no
 * thread. A connection is of use to a client only if it logged in with the same start-up parameters (its profile). Connections, those
 * being opened among them, are never more than {@code size}.
 *
 * <pre>
 * event        there is                                              effect
 * ask          nobody in line, one idle: its loop, its profile       Give
 *              nobody in line, one idle: another loop, its profile   Move
 *              none idle of its profile, fewer than size             in line, Open
 *              all of size, one idle of another profile              in line, Close that, Open
 *              otherwise                                             in line
 * returned     the pool is closed, or the connection too old         Close; then as for ask, for the line
 *              a client of this loop and profile in line, and the
 *                first in line came at most OVERTAKE before it       Give
 *              the first in line has another loop                    Move to it
 *              the first in line has another profile                 Close, Open
 *              nobody in line                                        idle
 * opened                                                             a member, in use until it is returned
 * openFailed   somebody in line with that profile                    Refuse the first of them; Open for the next
 * lost         leased or idle                                        forgotten; Open if somebody is in line
 * leave                                                              out of the line
 * tick         in line for max_wait                                  TimedOut
 *              in line for wait_notice                               Notify, once
 *              idle for server_idle_timeout, or too old and idle     Close
 * close                                                              TurnAway the line, Close what is idle
 * </pre>
 *
 * <p>Times are nanoseconds of one monotonic clock. Not safe for use by several threads.
 */
final class PoolState<W, S> {
    /**
     * By how much a client may have to let younger ones of the connection's own loop go first. Moving a connection costs some ten
     * microseconds on two loops; giving every second one to the other loop, because its first is a little older, would cost more than
     * such a wait.
     */
    static final long OVERTAKE = 5_000_000;

    private final PoolSettings settings;
    private final Consumer<PoolEffect<W, S>> effects;
    private final Set<PoolMember<S>> members = new HashSet<>();
    /** For each loop; the one used last is used next, so that those that are not needed go cold together. */
    private final List<Deque<PoolMember<S>>> idle = new ArrayList<>();
    /** For each loop, in the order of arrival. */
    private final List<Deque<PoolWaiter<W>>> lines = new ArrayList<>();

    private final Map<Map<String, String>, Integer> opening = new HashMap<>();
    private int openingCount;
    private int waiting;
    private boolean closed;

    PoolState(PoolSettings settings, int loops, Consumer<PoolEffect<W, S>> effects) {
        this.settings = settings;
        this.effects = effects;
        for (int i = 0; i < loops; i++) {
            idle.add(new ArrayDeque<>());
            lines.add(new ArrayDeque<>());
        }
    }

    int waiting() {
        return waiting;
    }

    int open() {
        return members.size() + openingCount;
    }

    int idleCount() {
        int count = 0;
        for (Deque<PoolMember<S>> each : idle) {
            count += each.size();
        }
        return count;
    }

    /** Nobody waits, nothing is open: the pool can be forgotten. */
    boolean isEmpty() {
        return waiting == 0 && open() == 0;
    }

    // ---- clients ----

    /** A connection that is idle on the client's loop, taken for it; null if it has to {@link #ask}. The usual case, without any effect. */
    @Nullable
    PoolMember<S> take(Map<String, String> profile, int loop) {
        return waiting > 0 || closed ? null : takeIdle(idle.get(loop), profile);
    }

    void ask(W who, Map<String, String> profile, int loop, long now) {
        if (closed) {
            effects.accept(new TurnAway<>(who));
            return;
        }
        PoolWaiter<W> waiter = new PoolWaiter<>(who, profile, loop, now);
        // Whoever waits for another profile has a connection on its way already, or there would be none idle.
        PoolMember<S> member = first(profile) == null ? findIdle(profile, loop) : null;
        if (member != null) {
            give(waiter, member);
            return;
        }
        lines.get(loop).add(waiter);
        waiting++;
        openForLine();
    }

    /** The client does not want one any more; whether it was still in line. */
    boolean leave(W who, int loop) {
        boolean left = lines.get(loop).removeIf(waiter -> waiter.who == who);
        if (left) {
            waiting--;
        }
        return left;
    }

    // ---- connections ----

    /** A connection that was to be opened is there; say {@link #returned} when it can be used. */
    PoolMember<S> opened(S server, Map<String, String> profile, int loop, long now) {
        openingEnded(profile);
        PoolMember<S> member = new PoolMember<>(server, profile, loop, now);
        members.add(member);
        return member;
    }

    void openFailed(Map<String, String> profile, Throwable failure) {
        openingEnded(profile);
        PoolWaiter<W> first = first(profile);
        if (first != null) {
            remove(first);
            effects.accept(new Refuse<>(first.who, failure));
        }
        openForLine();
    }

    private void openingEnded(Map<String, String> profile) {
        openingCount--;
        opening.merge(profile, -1, (a, b) -> a + b == 0 ? null : a + b);
    }

    /** The connection is fit for anybody's use. */
    void returned(PoolMember<S> member, long now) {
        if (!members.contains(member)) {
            return;
        }
        if (closed || tooOld(member, now)) {
            members.remove(member);
            effects.accept(new Close<>(member));
            openForLine();
            return;
        }
        PoolWaiter<W> next = nextFor(member);
        if (next == null) {
            member.idle = true;
            member.idleSince = now;
            idle.get(member.loop).push(member);
        } else if (next.profile.equals(member.profile)) {
            remove(next);
            give(next, member);
        } else {
            members.remove(member);
            effects.accept(new Close<>(member));
            openForLine();
        }
    }

    /** The connection has ended, or is not fit for use: whoever says so closes it. */
    void lost(PoolMember<S> member) {
        if (members.remove(member)) {
            if (member.idle) {
                idle.get(member.loop).remove(member);
            }
            openForLine();
        }
    }

    private boolean tooOld(PoolMember<S> member, long now) {
        return now - member.bornAt > settings.serverLifetime().toNanos();
    }

    // ---- the rest ----

    void tick(long now) {
        for (Deque<PoolWaiter<W>> line : lines) {
            for (PoolWaiter<W> head = line.peek();
                    head != null && now - head.since >= settings.maxWait().toNanos();
                    head = line.peek()) {
                line.remove();
                waiting--;
                effects.accept(new TimedOut<>(head.who));
            }
            int ahead = 0;
            for (PoolWaiter<W> waiter : line) {
                if (now - waiter.since < settings.waitNotice().toNanos()) {
                    break;
                }
                if (!waiter.notified) {
                    waiter.notified = true;
                    effects.accept(new Notify<>(waiter.who, ahead));
                }
                ahead++;
            }
        }
        for (Deque<PoolMember<S>> each : idle) {
            for (Iterator<PoolMember<S>> members = each.iterator(); members.hasNext(); ) {
                PoolMember<S> member = members.next();
                if (tooOld(member, now)
                        || now - member.idleSince > settings.serverIdleTimeout().toNanos()) {
                    members.remove();
                    forget(member);
                }
            }
        }
        openForLine();
    }

    void close() {
        closed = true;
        for (Deque<PoolWaiter<W>> line : lines) {
            line.forEach(waiter -> effects.accept(new TurnAway<>(waiter.who)));
            line.clear();
        }
        waiting = 0;
        for (Deque<PoolMember<S>> each : idle) {
            each.forEach(this::forget);
            each.clear();
        }
    }

    private void forget(PoolMember<S> member) {
        members.remove(member);
        effects.accept(new Close<>(member));
    }

    // ---- who gets what ----

    private void give(PoolWaiter<W> waiter, PoolMember<S> member) {
        member.idle = false;
        if (member.loop == waiter.loop) {
            effects.accept(new Give<>(waiter.who, member));
        } else {
            member.loop = waiter.loop;
            effects.accept(new Move<>(waiter.who, member, waiter.loop));
        }
    }

    private @Nullable PoolMember<S> findIdle(Map<String, String> profile, int loop) {
        PoolMember<S> found = takeIdle(idle.get(loop), profile);
        for (int other = 0; found == null && other < idle.size(); other++) {
            found = takeIdle(idle.get(other), profile);
        }
        return found;
    }

    private static <S> @Nullable PoolMember<S> takeIdle(Deque<PoolMember<S>> from, Map<String, String> profile) {
        for (Iterator<PoolMember<S>> members = from.iterator(); members.hasNext(); ) {
            PoolMember<S> member = members.next();
            if (member.profile.equals(profile)) {
                members.remove();
                member.idle = false;
                return member;
            }
        }
        return null;
    }

    private @Nullable PoolWaiter<W> nextFor(PoolMember<S> member) {
        if (waiting == 0) {
            return null;
        }
        PoolWaiter<W> first = first(null);
        PoolWaiter<W> own = first(lines.get(member.loop), member.profile);
        return first == null || (own != null && own.since - first.since <= OVERTAKE) ? own : first;
    }

    /** The one who waits longest, of a profile or at all. */
    private @Nullable PoolWaiter<W> first(@Nullable Map<String, String> profile) {
        PoolWaiter<W> first = null;
        for (Deque<PoolWaiter<W>> line : lines) {
            PoolWaiter<W> head = first(line, profile);
            if (head != null && (first == null || head.since < first.since)) {
                first = head;
            }
        }
        return first;
    }

    private static <W> @Nullable PoolWaiter<W> first(Deque<PoolWaiter<W>> line, @Nullable Map<String, String> profile) {
        for (PoolWaiter<W> waiter : line) {
            if (profile == null || waiter.profile.equals(profile)) {
                return waiter;
            }
        }
        return null;
    }

    private void remove(PoolWaiter<W> waiter) {
        if (lines.get(waiter.loop).remove(waiter)) {
            waiting--;
        }
    }

    /** Opens as many as there are waiters without one on its way, as far as the size allows, for those first who wait longest. */
    private void openForLine() {
        if (waiting <= openingCount || closed || (open() >= settings.size() && idleCount() == 0)) {
            return; // the usual case of a full pool, however long the line is
        }
        Map<Map<String, String>, Integer> coming = new HashMap<>(opening);
        List<PoolWaiter<W>> order = new ArrayList<>(waiting);
        lines.forEach(order::addAll);
        order.sort((a, b) -> Long.compare(a.since, b.since));
        for (PoolWaiter<W> waiter : order) {
            if (coming.merge(waiter.profile, -1, Integer::sum) >= 0) {
                continue;
            }
            if (members.size() + openingCount >= settings.size() && !closeOneIdle()) {
                return;
            }
            openingCount++;
            opening.merge(waiter.profile, 1, Integer::sum);
            effects.accept(new Open<>(waiter.profile, waiter.loop));
        }
    }

    /** Makes room for another profile. */
    private boolean closeOneIdle() {
        PoolMember<S> oldest = null;
        for (Deque<PoolMember<S>> each : idle) {
            PoolMember<S> last = each.peekLast();
            if (last != null && (oldest == null || last.idleSince < oldest.idleSince)) {
                oldest = last;
            }
        }
        if (oldest == null) {
            return false;
        }
        idle.get(oldest.loop).remove(oldest);
        forget(oldest);
        return true;
    }
}
