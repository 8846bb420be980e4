package io.penstock.node.session;

import io.penstock.config.ClientTimeouts;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.message.TransactionStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Since when one client has done nothing, or has waited for an answer. It looks at the client now and then, so that a query costs no look
 * at a clock: times are kept to twice the distance between two looks.
 *
 * <pre>
 * the client                                        for longer than          why it is disconnected
 * rests in no transaction                           idle                     57P05
 * rests in a transaction, also a failed one         idleInTransaction        25P03
 * is owed an answer, and has sent nothing since     query                    08006
 * anything else than at the last look               -                        the time begins again
 * </pre>
 */
final class ClientClock {
    private final ClientTimeouts timeouts;
    private long heard = -1;
    private @Nullable TransactionStatus resting;
    private long since;

    ClientClock(ClientTimeouts timeouts) {
        this.timeouts = timeouts;
    }

    /**
     * A look at the client.
     *
     * @param now in nanoseconds
     * @param heardNow a number that is another one whenever the client has sent something
     * @param restingNow the status of its transaction; null if it is owed an answer
     * @return why it is to be disconnected, or null
     */
    @Nullable
    ErrorCode look(long now, long heardNow, @Nullable TransactionStatus restingNow) {
        if (heardNow != heard || restingNow != resting) {
            heard = heardNow;
            resting = restingNow;
            since = now;
            return null;
        }
        return switch (restingNow) {
            case null -> over(now, timeouts.query(), ErrorCode.QUERY_TIMEOUT);
            case IDLE -> over(now, timeouts.idle(), ErrorCode.IDLE_SESSION_TIMEOUT);
            case IN_BLOCK, FAILED -> over(now, timeouts.idleInTransaction(), ErrorCode.IDLE_IN_TRANSACTION_TIMEOUT);
        };
    }

    private @Nullable ErrorCode over(long now, @Nullable Duration limit, ErrorCode reason) {
        return limit != null && now - since >= limit.toNanos() ? reason : null;
    }

    /** How often a client should be looked at, in milliseconds; 0 is never. */
    static long distance(ClientTimeouts timeouts) {
        long shortest = Math.min(
                millis(timeouts.idle()), Math.min(millis(timeouts.idleInTransaction()), millis(timeouts.query())));
        return shortest == Long.MAX_VALUE ? 0 : Math.clamp(shortest / 10, 20, 1_000);
    }

    private static long millis(@Nullable Duration limit) {
        return limit == null ? Long.MAX_VALUE : limit.toMillis();
    }
}
