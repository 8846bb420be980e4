package io.penstock.protocol.sql;

import org.jspecify.annotations.Nullable;

/**
 * What a statement has to do with the channels of its session: LISTEN and UNLISTEN count from the commit on, and so savepoints decide
 * about them, too. Names are as Postgres stores them.
 */
public sealed interface Listening {
    /** LISTEN. */
    record Listen(String channel) implements Listening {}

    /**
     * UNLISTEN.
     *
     * @param channel null for all
     */
    record Unlisten(@Nullable String channel) implements Listening {}

    /** NOTIFY, or a call of {@code pg_notify}. */
    record Notify() implements Listening {}

    /** SAVEPOINT. */
    record Savepoint(String name) implements Listening {}

    /** RELEASE of a savepoint. */
    record Release(String name) implements Listening {}

    /** ROLLBACK TO a savepoint. */
    record RollbackTo(String name) implements Listening {}
}
