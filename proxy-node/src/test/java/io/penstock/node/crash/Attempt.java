package io.penstock.node.crash;

import io.penstock.adapters.Operation;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One statement of one client, under way on a thread of its own. */
final class Attempt {
    private final Operation operation;
    private final String tag;
    private final String key;
    private final Connection connection;
    private final CompletableFuture<String> outcome = new CompletableFuture<>();

    /**
     * @param tag the e-mail address that the row gets, by which it is known again
     * @param key of the row; empty for an INSERT
     */
    Attempt(Operation operation, String tag, String key, Connection connection) {
        this.operation = operation;
        this.tag = tag;
        this.key = key;
        this.connection = connection;
        Thread.ofVirtual().start(this::run);
    }

    private void run() {
        String sql = switch (operation) {
            case INSERT ->
                "insert into salesforce.contacts (last_name, email) values ('Crash', '" + tag + "') returning id";
            case UPDATE -> "update salesforce.contacts set email = '" + tag + "' where id = '" + key + "' returning id";
            case DELETE -> "delete from salesforce.contacts where id = '" + key + "' returning id";
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

    String key() {
        return key;
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
        return operation + " " + tag + " " + key;
    }
}
