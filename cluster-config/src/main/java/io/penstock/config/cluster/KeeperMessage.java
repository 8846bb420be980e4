package io.penstock.config.cluster;

import org.apache.pekko.actor.typed.ActorRef;

/** What a node says to the token keeper of an API account. */
public sealed interface KeeperMessage extends ClusterMessage {
    /**
     * Wants the access token.
     *
     * @param refused version of the token that the API refused, 0 for none: a newer one is simply handed out
     */
    record AskToken(long request, long refused, ActorRef<KeeperReply> replyTo) implements KeeperMessage {}

    /** What the entity says to itself; never leaves its node. */
    non-sealed interface Local extends KeeperMessage {}
}
