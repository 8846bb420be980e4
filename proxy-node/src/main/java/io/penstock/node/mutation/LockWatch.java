package io.penstock.node.mutation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import javax.sql.DataSource;

/**
 * Sees the one deadlock that Postgres cannot see: the writer waits for a lock of the very client that waits for the writer. The client's session
 * looks idle to Postgres, so it would wait until the timeout.
 */
public final class LockWatch {
    private final DataSource connections;
    private final ExecutorService threads;

    /** @param threads may block */
    public LockWatch(DataSource connections, ExecutorService threads) {
        this.connections = connections;
        this.threads = threads;
    }

    /** Whether the process waits for a lock that {@code blocker} holds. False where that cannot be found out: the lock timeout ends it then. */
    CompletionStage<Boolean> blocks(int blocker, int waiting) {
        return CompletableFuture.supplyAsync(() -> ask(blocker, waiting), threads)
                .exceptionally(_ -> false);
    }

    private boolean ask(int blocker, int waiting) {
        try (Connection connection = connections.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("select ? = any(pg_catalog.pg_blocking_pids(?))")) {
            statement.setInt(1, blocker);
            statement.setInt(2, waiting);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        } catch (SQLException unknown) {
            return false;
        }
    }
}
