package io.penstock.config;

import java.time.Duration;

/**
 * What a client may take of a node.
 *
 * @param clients how many may be connected
 * @param authenticationTimeout from the connection to the end of the login
 * @param messageBytes the longest message a client may send
 * @param clientWriteTimeout how long a client may leave its answer unread
 */
public record LimitSettings(
        int clients, Duration authenticationTimeout, long messageBytes, Duration clientWriteTimeout) {
    public LimitSettings {
        if (clients < 1
                || messageBytes < 1
                || messageBytes > Integer.MAX_VALUE
                || !authenticationTimeout.isPositive()
                || !clientWriteTimeout.isPositive()) {
            throw new IllegalArgumentException("a limit must leave room for one client and one message");
        }
    }
}
