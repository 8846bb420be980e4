package io.penstock.config;

import org.jspecify.annotations.Nullable;

/**
 * The only user whose sessions pass the guard of a synced table.
 *
 * @param password null where the server asks for none
 * @param size how many connections a node opens at most: as many mutations run at the same time
 */
public record WriterSettings(String user, @Nullable Secret password, int size) {
    public WriterSettings {
        if (user.isEmpty() || size < 1) {
            throw new IllegalArgumentException("a writer needs a user and a connection");
        }
    }
}
