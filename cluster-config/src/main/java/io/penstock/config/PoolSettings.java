package io.penstock.config;

import java.time.Duration;

/**
 * How clients share server connections.
 *
 * @param size how many server connections a node opens at most for one database and user
 * @param maxWait how long a client waits for one before it is refused
 */
public record PoolSettings(Mode mode, int size, Duration maxWait) {
    public PoolSettings {
        if (size < 1 || !maxWait.isPositive()) {
            throw new IllegalArgumentException("a pool needs a connection and a time to wait");
        }
    }

    /** When a server connection goes back to the pool. */
    public enum Mode {
        /** When its client disconnects. */
        SESSION,
        /** When its client's transaction ends. */
        TRANSACTION
    }
}
