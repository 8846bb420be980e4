package io.penstock.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long clients of a database may do nothing, or wait for an answer, before they are disconnected; null is for ever.
 *
 * @param idle in no transaction
 * @param idleInTransaction in a transaction
 * @param query with a statement that has not been answered
 */
public record ClientTimeouts(
        @Nullable Duration idle,
        @Nullable Duration idleInTransaction,
        @Nullable Duration query) {
    /** Nobody is disconnected. */
    public static final ClientTimeouts NONE = new ClientTimeouts(null, null, null);

    public ClientTimeouts {
        if (isNothing(idle) || isNothing(idleInTransaction) || isNothing(query)) {
            throw new IllegalArgumentException("a time to wait is longer than nothing");
        }
    }

    private static boolean isNothing(@Nullable Duration time) {
        return time != null && !time.isPositive();
    }
}
