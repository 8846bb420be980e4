package io.penstock.config;

import java.time.Duration;

/**
 * What a client may take of a node.
 *
 * @param clients how many may be connected
 * @param clientsPerUser how many of them with the same user name
 * @param clientsPerDatabase how many of them at the same database
 * @param authenticationTimeout from the connection to the end of the login
 * @param messageBytes the longest message a client may send
 * @param clientWriteTimeout how long a client may leave its answer unread
 */
public record LimitSettings(
        int clients,
        int clientsPerUser,
        int clientsPerDatabase,
        Duration authenticationTimeout,
        long messageBytes,
        Duration clientWriteTimeout) {
    public LimitSettings {
        if (clients < 1
                || clientsPerUser < 1
                || clientsPerDatabase < 1
                || messageBytes < 1
                || messageBytes > Integer.MAX_VALUE
                || !authenticationTimeout.isPositive()
                || !clientWriteTimeout.isPositive()) {
            throw new IllegalArgumentException("a limit must leave room for one client and one message");
        }
    }
}
