package io.penstock.node.pool;

import java.util.Map;

/**
 * What a {@link PoolState} wants done.
 *
 * @param <W> who waits
 * @param <S> a server connection
 */
sealed interface PoolEffect<W, S> {
    /** The connection is the waiter's, and lives on its loop. */
    record Give<W, S>(W waiter, PoolMember<S> member) implements PoolEffect<W, S> {}

    /** The connection is the waiter's, as soon as it has been moved to the waiter's loop. */
    record Move<W, S>(W waiter, PoolMember<S> member, int loop) implements PoolEffect<W, S> {}

    /** A connection is to be opened; answer by {@link PoolState#opened} or {@link PoolState#openFailed}. */
    record Open<W, S>(Map<String, String> profile, int loop) implements PoolEffect<W, S> {}

    /** The connection is no longer the pool's. */
    record Close<W, S>(PoolMember<S> member) implements PoolEffect<W, S> {}

    /** The waiter's time is over. */
    record TimedOut<W, S>(W waiter) implements PoolEffect<W, S> {}

    /** The waiter has waited long enough to be told so. */
    record Notify<W, S>(W waiter, int ahead) implements PoolEffect<W, S> {}

    /** No connection could be opened for the waiter. */
    record Refuse<W, S>(W waiter, Throwable failure) implements PoolEffect<W, S> {}

    /** The pool has been closed. */
    record TurnAway<W, S>(W waiter) implements PoolEffect<W, S> {}
}
