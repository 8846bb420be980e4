package io.penstock.config.cluster;

import org.apache.pekko.actor.typed.ActorRef;

/** What nodes say to one another about CancelRequests of their clients. */
public sealed interface CancelMessage extends ClusterMessage {
    /** Wants to know the tag of a node, which leads the process ids of its sessions. Answered when it has one. */
    record AskTag(ActorRef<CancelMessage> replyTo) implements CancelMessage {}

    /**
     * A node has this tag.
     *
     * @param node one life of one node
     */
    record TagTold(String node, int tag, ActorRef<CancelMessage> router) implements CancelMessage {}

    /** A client of another node wants a session of this one cancelled. */
    record ForwardCancel(int processId, byte[] secret, ActorRef<CancelReply> replyTo) implements CancelMessage {
        @Override
        public String toString() {
            return "ForwardCancel[" + processId + "]";
        }
    }

    /** What a node says to itself. */
    non-sealed interface Local extends CancelMessage {}
}
