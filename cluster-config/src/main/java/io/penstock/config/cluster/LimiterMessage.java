package io.penstock.config.cluster;

import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** What a node says to the limiter of an API account. All times are lengths, in milliseconds: the clocks of two nodes have nothing in common. */
public sealed interface LimiterMessage extends ClusterMessage {
    /**
     * Wants to make calls. Said again with the same request it keeps its place in the queue, so that a node may repeat it until it is
     * answered: the limiter may have moved and forgotten.
     *
     * @param node one life of one node
     * @param attempt counts the repetitions; a grant names the attempt that its time counts from
     * @param costs what one call takes from each window
     * @param needed calls that somebody is waiting for
     * @param extra calls that somebody will probably want soon
     * @param maxWait after which nobody needs the answer
     */
    record AskPermits(
            String node,
            long request,
            int attempt,
            Map<String, Integer> costs,
            int needed,
            int extra,
            long maxWait,
            ActorRef<LimiterReply> replyTo)
            implements LimiterMessage {
        public AskPermits {
            costs = Map.copyOf(costs);
        }
    }

    /** Permits of a grant that the node did not use and never will. */
    record ReturnPermits(long epoch, long grant, int unused) implements LimiterMessage {}

    /**
     * Says how many slots of a concurrency limit the node goes on holding, and how many more it wants. It must be said again before the hold
     * ends. Whoever limits after a move learns from it what is held.
     */
    record HoldSlots(
            String node,
            long request,
            String bucket,
            int held,
            int wanted,
            long maxWait,
            ActorRef<LimiterReply> replyTo)
            implements LimiterMessage {}

    /** The API said what is left. */
    record Observed(
            String bucket,
            long limit,
            long remaining,
            @Nullable Long resetsAfter) implements LimiterMessage {}

    /** The API refused a call for its limit. */
    record Refused(String bucket, @Nullable Long retryAfter) implements LimiterMessage {}

    /** What the entity says to itself; never leaves its node. */
    non-sealed interface Local extends LimiterMessage {}
}
