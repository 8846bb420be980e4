package io.penstock.node.control;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many permits of one window are left. A granted permit may be used at any time until its grant ends, so it occupies the window from the
 * grant until a whole window after that end: then no window of the API, wherever it begins, holds more than the limit.
 *
 * <p>What the API itself says wins, because it also counts those who use the account without us. From its number everything is subtracted that
 * is granted and may not have been counted there yet.
 */
final class WindowBudget {
    /** Longer windows cannot be waited for after a move: there only the API's own count helps. */
    static final long LONGEST_WAIT = 60_000;

    /** A long log is kept in so many slices, each as late as its last grant. */
    private static final int SLICES = 1_000;

    /** A note has fewer: it is written every two seconds. */
    private static final int SLICES_OF_NOTE = 100;

    private final LimiterRules.Window rule;
    private final Deque<Slice> log = new ArrayDeque<>();
    private final Map<Long, Grant> returnable = new HashMap<>();
    private long occupied;
    private @Nullable Learned learned;
    private long closedUntil;
    private long lastGrantAt = Long.MIN_VALUE / 2;

    /** What the API said, less what was granted since. */
    private static final class Learned {
        final long limit;
        final @Nullable Long resetsAt;
        long remaining;

        Learned(long limit, long remaining, @Nullable Long resetsAt) {
            this.limit = limit;
            this.remaining = remaining;
            this.resetsAt = resetsAt;
        }
    }

    /** Permits that leave the window together. */
    private static final class Slice {
        final long leavesAt;
        long permits;

        Slice(long leavesAt) {
            this.leavesAt = leavesAt;
        }
    }

    /** A grant that may still be used or given back. */
    private record Grant(Slice slice, int costOfOne, long cost, long endsAt) {}

    WindowBudget(LimiterRules.Window rule) {
        this.rule = rule;
    }

    String name() {
        return rule.name();
    }

    /** Nothing is granted before then. */
    void close(long until) {
        closedUntil = Math.max(closedUntil, until);
    }

    /** After a move: what the owner before may have granted must have left the window. */
    void startConservatively(long now, long previousMayUseFor) {
        if (rule.length() <= LONGEST_WAIT && previousMayUseFor + rule.length() > 0) {
            close(now + previousMayUseFor + rule.length());
        }
    }

    /** Whether the window is too long to be waited for, so that whoever is next has to be told what was granted. */
    boolean isLong() {
        return rule.length() > LONGEST_WAIT;
    }

    LimiterNote.WindowNote note(long now) {
        forget(now);
        int together = log.size() / SLICES_OF_NOTE + 1;
        List<LimiterNote.Spent> spent = new ArrayList<>();
        long permits = 0;
        int slices = 0;
        for (Slice slice : log) {
            permits += slice.permits;
            if (++slices % together == 0 || slices == log.size()) {
                spent.add(new LimiterNote.Spent(slice.leavesAt - now, permits));
                permits = 0;
            }
        }
        Learned told = learned;
        return new LimiterNote.WindowNote(
                spent,
                closedUntil - now,
                told == null
                        ? null
                        : new LimiterNote.Told(
                                told.limit, told.remaining, told.resetsAt == null ? null : told.resetsAt - now));
    }

    /**
     * Goes on from what the owner before has noted.
     *
     * @param age of the note
     * @param last whether nothing was granted since; if not, what the API had told is no longer true
     */
    void resume(LimiterNote.WindowNote note, boolean last, long age, long now) {
        for (LimiterNote.Spent spent : note.spent()) {
            Slice slice = new Slice(now + spent.leavesAfter() - age);
            slice.permits = spent.permits();
            log.addLast(slice);
            occupied += slice.permits;
        }
        close(now + note.closedFor() - age);
        LimiterNote.Told told = note.told();
        if (last && told != null) {
            Long resets = told.resetsAfter();
            learned = new Learned(told.limit(), told.remaining(), resets == null ? null : now + resets - age);
        }
        forget(now);
    }

    /** Whether enough is known to grant more than is asked for. */
    boolean isKnown() {
        return learned != null || rule.length() <= LONGEST_WAIT;
    }

    long free(long now) {
        forget(now);
        if (now < closedUntil) {
            return 0;
        }
        long counted = limit() - reserve() - occupied;
        Learned told = learned;
        if (told == null || counted <= 0) {
            return Math.max(0, counted);
        }
        long left = Math.min(counted, told.remaining - reserve());
        // Without a call the API would never tell that there is something again.
        return left > 0 ? left : now >= probeAt(told) ? 1 : 0;
    }

    /** No permit is free before this time; nobody knows whether there is one at it. */
    long opensAt(long now) {
        if (free(now) > 0) {
            return now;
        }
        long opens = Math.max(now, closedUntil);
        Learned told = learned;
        if (limit() - reserve() - occupied <= 0) {
            Slice first = log.peekFirst();
            if (returnable.isEmpty() && first != null) {
                opens = Math.max(opens, first.leavesAt);
            }
        } else if (told != null && told.remaining - reserve() <= 0) {
            opens = Math.max(opens, probeAt(told));
        }
        return opens;
    }

    /** @param costOfOne what each of the granted calls takes from this window */
    void take(long grant, int costOfOne, int calls, long now, long validFor) {
        long cost = (long) costOfOne * calls;
        long endsAt = now + validFor;
        long width = Math.max(1, rule.length() / SLICES);
        long leavesAt = (endsAt + rule.length() + width - 1) / width * width;
        Slice slice = log.peekLast();
        if (slice == null || slice.leavesAt != leavesAt) {
            slice = new Slice(leavesAt);
            log.addLast(slice);
        }
        slice.permits += cost;
        occupied += cost;
        returnable.put(grant, new Grant(slice, costOfOne, cost, endsAt));
        lastGrantAt = now;
        if (learned != null) {
            learned.remaining -= cost;
        }
    }

    /** So many calls of a grant were not made and never will be. Nothing happens if the grant took nothing here. */
    void giveBack(long grant, int calls) {
        Grant given = returnable.remove(grant);
        if (given == null) {
            return;
        }
        long back = Math.min((long) calls * given.costOfOne, given.cost);
        given.slice.permits -= back;
        occupied -= back;
        if (given.cost > back) {
            returnable.put(grant, new Grant(given.slice, given.costOfOne, given.cost - back, given.endsAt));
        }
        if (learned != null) {
            learned.remaining += back;
        }
    }

    void observe(long limit, long remaining, @Nullable Long resetsAfter, long now) {
        forget(now);
        long uncounted = returnable.values().stream().mapToLong(Grant::cost).sum();
        learned = new Learned(limit, remaining - uncounted, resetsAfter == null ? null : now + resetsAfter);
    }

    private long limit() {
        return learned == null ? rule.permits() : learned.limit;
    }

    private long reserve() {
        return (long) (limit() * rule.reserve());
    }

    private long probeAt(Learned told) {
        long probe = lastGrantAt + Math.min(rule.length(), LONGEST_WAIT);
        return told.resetsAt == null ? probe : Math.min(told.resetsAt, probe);
    }

    private void forget(long now) {
        for (Slice first = log.peekFirst(); first != null && first.leavesAt <= now; first = log.peekFirst()) {
            occupied -= first.permits;
            log.removeFirst();
        }
        // Once it has ended a grant can still be given back while the message travels, but not for ever.
        returnable.values().removeIf(grant -> grant.endsAt + 1_000 <= now);
        if (learned != null && learned.resetsAt != null && learned.resetsAt <= now) {
            learned = null;
        }
    }
}
