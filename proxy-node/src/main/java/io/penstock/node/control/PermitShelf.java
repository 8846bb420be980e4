package io.penstock.node.control;

import io.penstock.config.cluster.LimiterReply;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The permits of one price that a node has in hand, and its questions for more. */
final class PermitShelf {
    /** After so long a question is repeated: it, or its answer, or the limiter's memory of it may be lost. */
    static final long REPEAT = 2_000;

    private static final int LONGEST_EXTRA = 64;
    private static final long RECENT = 5_000;

    /** So often at most the shelf is filled in advance. */
    private static final long REFILL = 200;

    private final Map<String, Integer> costs;
    private final Deque<Lot> lots = new ArrayDeque<>();
    private final Deque<Long> givenAt = new ArrayDeque<>();
    private @Nullable Question question;
    private long refilledAt = Long.MIN_VALUE / 2;

    /** Part of a grant. */
    static final class Lot {
        final long epoch;
        final long grant;
        final long until;
        int count;

        Lot(long epoch, long grant, int count, long until) {
            this.epoch = epoch;
            this.grant = grant;
            this.count = count;
            this.until = until;
        }
    }

    /** The one question that is open. */
    private static final class Question {
        final long request;
        final Map<Integer, Long> sentAt = new HashMap<>();
        int attempt;
        int needed;

        Question(long request, int needed) {
            this.request = request;
            this.needed = needed;
        }
    }

    PermitShelf(Map<String, Integer> costs) {
        this.costs = costs;
    }

    @Nullable
    Lot take(long now) {
        Lot lot = lots.peekFirst();
        if (lot == null) {
            return null;
        }
        lot.count--;
        if (lot.count == 0) {
            lots.removeFirst();
        }
        givenAt.addLast(now);
        return lot;
    }

    boolean isEmpty() {
        return lots.isEmpty();
    }

    /** A permit that its caller did not use. */
    void putBack(Lot lot, List<PermitEffect> effects, long now) {
        if (lot.until <= now) {
            effects.add(new PermitEffect.Return(lot.epoch, lot.grant, 1));
        } else {
            lots.addFirst(new Lot(lot.epoch, lot.grant, 1, lot.until));
        }
    }

    /** Gives back what has ended. */
    void expire(List<PermitEffect> effects, long now) {
        for (Iterator<Lot> each = lots.iterator(); each.hasNext(); ) {
            Lot lot = each.next();
            if (lot.until <= now) {
                effects.add(new PermitEffect.Return(lot.epoch, lot.grant, lot.count));
                each.remove();
            }
        }
        while (!givenAt.isEmpty() && givenAt.getFirst() + RECENT <= now) {
            givenAt.removeFirst();
        }
    }

    /** Whether the grant answers the open question; no other can be used, because its time cannot be told. */
    boolean granted(LimiterReply.PermitsGranted grant) {
        Question open = question;
        Long sentAt = open == null || open.request != grant.request() ? null : open.sentAt.get(grant.attempt());
        if (open == null || sentAt == null) {
            return false;
        }
        open.needed -= grant.count();
        if (open.needed <= 0) {
            question = null;
        }
        if (grant.count() > 0) {
            long until = sentAt + grant.waited() + grant.validFor();
            lots.addLast(new Lot(grant.epoch(), grant.grant(), grant.count(), until));
        }
        return true;
    }

    /** Whether the denial was for the open question. */
    boolean denied(long request) {
        boolean mine = question != null && question.request == request;
        if (mine) {
            question = null;
        }
        return mine;
    }

    /** Asks for what the waiting need, and for some more where calls come often. */
    void ask(int waiting, long maxWait, long newRequest, List<PermitEffect> effects, long now) {
        int often = Math.min(LONGEST_EXTRA, givenAt.size());
        Question open = question;
        if (open != null && waiting > 0 && open.needed > 0) {
            Long lastSent = open.sentAt.get(open.attempt);
            if (lastSent != null && now - lastSent >= REPEAT) {
                open.attempt++;
                send(open, often, maxWait, effects, now);
            }
            return;
        }
        boolean refill = often >= 8 && inHand() <= often / 4 && now - refilledAt >= REFILL;
        if (waiting > 0) {
            // What was asked for in advance is not waited for: a permit of it that comes late goes back.
            question = new Question(newRequest, waiting);
            send(question, often, maxWait, effects, now);
        } else if (refill) {
            refilledAt = now;
            question = new Question(newRequest, 0);
            send(question, often, REPEAT, effects, now);
        }
    }

    private void send(Question asked, int extra, long maxWait, List<PermitEffect> effects, long now) {
        asked.sentAt.put(asked.attempt, now);
        effects.add(new PermitEffect.Ask(asked.request, asked.attempt, costs, asked.needed, extra, maxWait));
    }

    int inHand() {
        return lots.stream().mapToInt(lot -> lot.count).sum();
    }
}
