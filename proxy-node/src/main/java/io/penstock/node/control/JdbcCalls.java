package io.penstock.node.control;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import javax.sql.DataSource;

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
}
