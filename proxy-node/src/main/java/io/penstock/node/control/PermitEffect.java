package io.penstock.node.control;

import java.util.Map;

/** What a node's cache of permits wants done. Lengths of time in milliseconds. */
sealed interface PermitEffect {
    /** The caller may make its call until then. */
    record Give(long caller, long until) implements PermitEffect {}

    record Refuse(long caller, String bucket, long retryAfter) implements PermitEffect {}

    /** See {@link io.penstock.config.cluster.LimiterMessage.AskPermits}. */
    record Ask(long request, int attempt, Map<String, Integer> costs, int needed, int extra, long maxWait)
            implements PermitEffect {}

    /** See {@link io.penstock.config.cluster.LimiterMessage.ReturnPermits}. */
    record Return(long epoch, long grant, int unused) implements PermitEffect {}

    /** See {@link io.penstock.config.cluster.LimiterMessage.HoldSlots}. */
    record Hold(long request, String bucket, int held, int wanted, long maxWait) implements PermitEffect {}
}
