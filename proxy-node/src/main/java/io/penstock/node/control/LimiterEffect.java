package io.penstock.node.control;

/** What a limiter wants done. Lengths of time in milliseconds. */
sealed interface LimiterEffect {
    /** Take a new epoch: {@link EpochStore#begin}. */
    record Begin() implements LimiterEffect {}

    /** {@link EpochStore#renew}. */
    record Renew(long epoch, LimiterNote note) implements LimiterEffect {}

    /** {@link EpochStore#renew} for the last time: the note is for the next owner. */
    record Leave(long epoch, LimiterNote note) implements LimiterEffect {}

    record Grant(String node, long request, int attempt, long grant, int count, long waited, long validFor)
            implements LimiterEffect {}

    record Hold(String node, long request, String bucket, int slots, long waited, long validFor)
            implements LimiterEffect {}

    record Deny(String node, long request, String bucket, long retryAfter) implements LimiterEffect {}

    /** Ask all nodes but this one for slots that they do not use. */
    record WantSlots(String bucket, String waitingNode) implements LimiterEffect {}

    /** Tell all nodes. */
    record Pause(String bucket, long pause) implements LimiterEffect {}

    /** This owner is none any more: end it. */
    record Stop() implements LimiterEffect {}
}
