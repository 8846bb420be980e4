package io.penstock.node.control;

import java.util.HashMap;
import java.util.Map;

/**
 * Who holds how many slots of one concurrency limit. A node that does not say again that it holds its slots loses them, but only after the
 * longest call that it may have begun is over; one that has ended loses them when its hold ends.
 */
final class SlotBudget {
    private final LimiterRules.Slots rule;
    private final long longestCall;
    private final Map<String, Hold> holds = new HashMap<>();
    private long cautiousUntil;
    private long closedUntil;

    /**
     * What a node said last.
     *
     * @param endsAt until when it may begin calls
     * @param freeAt when they are over
     */
    private record Hold(int slots, long endsAt, long freeAt) {}

    SlotBudget(LimiterRules.Slots rule, long longestCall) {
        this.rule = rule;
        this.longestCall = longestCall;
    }

    String name() {
        return rule.name();
    }

    void close(long until) {
        closedUntil = Math.max(closedUntil, until);
    }

    /** After a move: living nodes say what they hold; half of the limit is for what dead ones may have left running. */
    void startConservatively(long now, long previousMayUseFor) {
        cautiousUntil = now + Math.max(0, previousMayUseFor + longestCall);
    }

    /** The node says what it holds: its word is the truth, also where it is more than the limit. */
    void hold(String node, int slots, long now, long validFor) {
        if (slots == 0) {
            holds.remove(node);
        } else {
            holds.put(node, new Hold(slots, now + validFor, now + validFor + longestCall));
        }
    }

    /** The node's connections have ended with it, so no call of its has to be waited for; where it lives on after all it begins none. */
    void gone(String node) {
        holds.computeIfPresent(node, (_, hold) -> new Hold(hold.slots, hold.endsAt, hold.endsAt));
    }

    int held(String node) {
        Hold hold = holds.get(node);
        return hold == null ? 0 : hold.slots;
    }

    int free(long now) {
        holds.values().removeIf(hold -> hold.freeAt <= now);
        if (now < closedUntil) {
            return 0;
        }
        int limit = now < cautiousUntil ? Math.max(1, rule.calls() / 2) : rule.calls();
        int held = holds.values().stream().mapToInt(Hold::slots).sum();
        return Math.max(0, limit - held);
    }

    long opensAt(long now) {
        return Math.max(now, closedUntil);
    }
}
