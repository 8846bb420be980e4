package io.penstock.node.cancel;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The way to the other nodes. */
public interface CancelRoutes {
    /** This node's tag, which no other node of the cluster has. */
    int tag();

    /**
     * Hands a request to the node with this tag.
     *
     * @return whether the key was right, when the session there has been told; true as well where that cannot be known
     */
    CompletionStage<Boolean> forward(int tag, int processId, byte[] secret);

    /** Asks all other nodes, where the process id tells of none. @return whether the key was right at one of them, likewise */
    CompletionStage<Boolean> forwardToAll(int processId, byte[] secret);

    /** Says who takes requests that other nodes forward to this one. Until then, each has a wrong key. */
    void deliverTo(Delivery delivery);

    /** What takes requests for sessions of this node. */
    @FunctionalInterface
    interface Delivery {
        CompletionStage<Boolean> deliver(int processId, byte[] secret);
    }

    /** For a node that knows no other. */
    static CancelRoutes alone() {
        return new CancelRoutes() {
            @Override
            public int tag() {
                return ProcessIds.SMALLEST_TAG;
            }

            @Override
            public CompletionStage<Boolean> forward(int tag, int processId, byte[] secret) {
                return CompletableFuture.completedFuture(false);
            }

            @Override
            public CompletionStage<Boolean> forwardToAll(int processId, byte[] secret) {
                return CompletableFuture.completedFuture(false);
            }

            @Override
            public void deliverTo(Delivery delivery) {
                // Nobody forwards.
            }
        };
    }
}
