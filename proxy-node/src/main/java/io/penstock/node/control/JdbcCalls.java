package io.penstock.node.control;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Runs short statements where blocking hurts nobody. */
final class JdbcCalls {
    /** What to do with a connection, which is in autocommit mode. */
    interface Call<T> {
        T on(Connection connection) throws SQLException;
    }

    private final DataSource database;
    private final Executor blocking;

    JdbcCalls(DataSource database, Executor blocking) {
        this.database = database;
        this.blocking = blocking;
    }

    <T> CompletionStage<T> call(Call<T> call) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (Connection connection = database.getConnection()) {
                        return call.on(connection);
                    } catch (SQLException failure) {
                        throw new CompletionException(failure);
                    }
                },
                blocking);
    }

    /** What a log may say of a failure: SQLSTATE and kind, no text that might quote values. */
    static String reason(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        return cause instanceof SQLException sql
                ? "SQLSTATE " + sql.getSQLState()
                : cause == null ? "no answer" : cause.getClass().getSimpleName();
    }
}
