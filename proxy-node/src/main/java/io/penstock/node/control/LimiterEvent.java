package io.penstock.node.control;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happens to a limiter. Lengths of time in milliseconds. */
sealed interface LimiterEvent {
    /** See {@link io.penstock.config.cluster.LimiterMessage.AskPermits}. */
    record Asked(
            String node, long request, int attempt, Map<String, Integer> costs, int needed, int extra, long maxWait)
            implements LimiterEvent {}

    /** See {@link io.penstock.config.cluster.LimiterMessage.ReturnPermits}. */
    record Returned(long epoch, long grant, int unused) implements LimiterEvent {}

    /** See {@link io.penstock.config.cluster.LimiterMessage.HoldSlots}. */
    record Held(String node, long request, String bucket, int held, int wanted, long maxWait) implements LimiterEvent {}

    /** The node has ended, or the cluster has given it up: long after it was last heard of. */
    record Gone(String node) implements LimiterEvent {}

    /** See {@link io.penstock.config.cluster.LimiterMessage.Observed}. */
    record Observed(
            String bucket,
            long limit,
            long remaining,
            @Nullable Long resetsAfter) implements LimiterEvent {}

    /** See {@link io.penstock.config.cluster.LimiterMessage.Refused}. */
    record Refused(String bucket, @Nullable Long retryAfter) implements LimiterEvent {}

    /**
     * @param sinceSeen how long ago the owner before was last known to be one; null where there was none
     * @param note what it said then; null where it said nothing
     */
    record Begun(
            long epoch, @Nullable Long sinceSeen, @Nullable LimiterNote note) implements LimiterEvent {}

    record Renewed() implements LimiterEvent {}

    record StoreFailed() implements LimiterEvent {}

    /** There is a newer owner. */
    record Fenced() implements LimiterEvent {}

    /** This node ends, or the account's limiter is to be on another one. */
    record Leaving() implements LimiterEvent {}

    /** The last note is kept. */
    record Left() implements LimiterEvent {}

    record Tick() implements LimiterEvent {}
}
