package io.penstock.config.cluster;

/** What a node says to one that has forwarded a CancelRequest. */
public sealed interface CancelReply extends ClusterMessage {
    /** The session has been told, if the key was right. */
    record CancelDelivered(boolean right) implements CancelReply {}
}
