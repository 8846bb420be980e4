package io.penstock.node.crash;

import io.penstock.adapters.Operation;
import io.penstock.sandbox.server.ReceivedRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** One statement of one client, under way on a thread of its own. */
final class Attempt {
    private final Operation operation;
    private final String tag;
    private final List<String> keys;
    private final int rows;
    private final Connection connection;
    private final CompletableFuture<String> outcome = new CompletableFuture<>();

    /**
     * @param tag the e-mail address that its rows get, by which they are known again
     * @param keys of its rows; none for an INSERT
     * @param rows how many
     */
    Attempt(Operation operation, String tag, List<String> keys, int rows, Connection connection) {
        this.operation = operation;
        this.tag = tag;
        this.keys = keys;
        this.rows = rows;
        this.connection = connection;
        Thread.ofVirtual().start(this::run);
    }

    private void run() {
        String ids = keys.stream().collect(Collectors.joining("', '", "('", "')"));
        String sql = switch (operation) {
            case INSERT ->
                "insert into salesforce.contacts (last_name, email) select 'Crash ' || n, '" + tag
                        + "' from generate_series(1, " + rows + ") n returning id";
            case UPDATE -> "update salesforce.contacts set email = '" + tag + "' where id in " + ids + " returning id";
            case DELETE -> "delete from salesforce.contacts where id in " + ids + " returning id";
        };
        try (connection;
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            outcome.complete("");
        } catch (SQLException failed) {
            outcome.complete(String.valueOf(failed.getSQLState()));
        }
    }

    Operation operation() {
        return operation;
    }

    String tag() {
        return tag;
    }

    List<String> keys() {
        return keys;
    }

    int rows() {
        return rows;
    }

    /** The request is the one that this statement became; lookups name neither. */
    boolean sent(ReceivedRequest request) {
        return switch (operation) {
            case INSERT, UPDATE -> request.bodyText().contains('"' + tag + '"');
            case DELETE -> request.method().equals("DELETE") && request.target().contains(keys.getFirst());
        };
    }

    /** The client is gone, as when its process ends. */
    void vanish() throws SQLException {
        connection.abort(Runnable::run);
    }

    /** SQLSTATE, or an empty text where it went well. */
    String sqlState() throws ExecutionException, InterruptedException, TimeoutException {
        return outcome.get(90, TimeUnit.SECONDS);
    }

    /** The client was told that it is done. */
    boolean acknowledged() {
        return outcome.getNow("none").isEmpty();
    }

    @Override
    public String toString() {
        return operation + " of " + rows + " " + tag + " " + keys;
    }
}
