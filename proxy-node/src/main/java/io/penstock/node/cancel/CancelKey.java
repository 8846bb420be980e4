package io.penstock.node.cancel;

/** What a client was told, for as long as a CancelRequest with it means its session. */
@FunctionalInterface
public interface CancelKey {
    /** The session is over. From any thread. */
    void forget();
}
