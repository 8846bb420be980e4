package io.penstock.config;

import java.time.Duration;

/**
 * How clients share server connections.
 *
 * @param size how many server connections a node opens at most for one database and user
 * @param maxWait how long a client waits for one before it is refused
 * @param waitNotice how long a client waits for one before it is told so
 * @param serverLifetime how old a connection may be when it goes back to the pool
 * @param serverIdleTimeout how long a connection is kept that nobody uses
 * @param timeouts how long its clients may take
 * @param preparedBytes how much of a server's memory prepared statements may take in transaction mode, roughly
 */
public record PoolSettings(
        Mode mode,
        int size,
        Duration maxWait,
        Duration waitNotice,
        Duration serverLifetime,
        Duration serverIdleTimeout,
        ClientTimeouts timeouts,
        long preparedBytes) {
    public PoolSettings {
        if (size < 1
                || !maxWait.isPositive()
                || !waitNotice.isPositive()
                || !serverLifetime.isPositive()
                || !serverIdleTimeout.isPositive()
                || preparedBytes < 1) {
            throw new IllegalArgumentException("a pool needs a connection and a time to wait");
        }
    }

    /** With the times that hold where the file says nothing. */
    public PoolSettings(Mode mode, int size, Duration maxWait) {
        this(
                mode,
                size,
                maxWait,
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                Duration.ofMinutes(10),
                ClientTimeouts.NONE,
                16 << 20);
    }

    /** The same with other times for clients. */
    public PoolSettings with(ClientTimeouts other) {
        return new PoolSettings(
                mode, size, maxWait, waitNotice, serverLifetime, serverIdleTimeout, other, preparedBytes);
    }

    /** When a server connection goes back to the pool. */
    public enum Mode {
        /** When its client disconnects. */
        SESSION,
        /** When its client's transaction ends. */
        TRANSACTION
    }
}
