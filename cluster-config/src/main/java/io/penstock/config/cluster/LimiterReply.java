package io.penstock.config.cluster;

/**
 * What the limiter of an API account says to a node. Each carries the limiter's epoch: a node that has seen a newer one ignores the older.
 */
public sealed interface LimiterReply extends ClusterMessage {
    long epoch();

    /**
     * So many calls may begin.
     *
     * @param waited how long the request was in the queue
     * @param validFor from the moment that the attempt was sent plus {@code waited}; what is unused then must be given back
     */
    record PermitsGranted(long epoch, long request, int attempt, long grant, int count, long waited, long validFor)
            implements LimiterReply {}

    /** So many slots the node now holds in all, as long as {@link PermitsGranted} says of its permits. */
    record SlotsHeld(long epoch, long request, String bucket, int slots, long waited, long validFor)
            implements LimiterReply {}

    /** There will be nothing within the time: the bucket that stands in the way, and when to ask again. */
    record Denied(long epoch, long request, String bucket, long retryAfter) implements LimiterReply {}

    /** Somebody else waits for slots: give back at once what is not in use. */
    record SlotsWanted(long epoch, String bucket) implements LimiterReply {}

    /** The API has refused: permits already granted must not be used for so long. */
    record Paused(long epoch, String bucket, long pause) implements LimiterReply {}
}
