package io.penstock.node.control;

import io.penstock.config.cluster.LimiterReply;
import java.util.Map;
import java.util.Set;

/** What happens to a node's cache of permits. Lengths of time in milliseconds. */
sealed interface PermitEvent {
    /**
     * Somebody wants to make a call.
     *
     * @param costs what it takes from each window
     * @param slots the concurrency limits of which it takes a slot each
     */
    record Wanted(long caller, Map<String, Integer> costs, Set<String> slots, long maxWait) implements PermitEvent {
        public Wanted {
            costs = Map.copyOf(costs);
            slots = Set.copyOf(slots);
        }
    }

    /** The caller no longer waits, or its call is over: then {@code used} says whether it was made at all. */
    record Done(long caller, boolean used) implements PermitEvent {}

    record Told(LimiterReply reply) implements PermitEvent {}

    /** The API refused a call of this node for its limit. */
    record Refused(String bucket, long pause) implements PermitEvent {}

    record Tick() implements PermitEvent {}

    /** The node ends: it makes no more calls. */
    record Ended() implements PermitEvent {}
}
