package io.penstock.node.crash;

import io.penstock.adapters.Operation;
import io.penstock.sandbox.server.ReceivedRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** One statement of one client, under way on a thread of its own. */
final class Attempt {
    private final CrashApi api;
    private final Operation operation;
    private final String mark;
    private final List<String> keys;
    private final int rows;
    private final Connection connection;
    private final CompletableFuture<String> outcome = new CompletableFuture<>();

    /**
     * @param mark what its rows get, by which they are known again
     * @param keys of its rows; none for an INSERT
     * @param rows how many
     */
    Attempt(CrashApi api, Operation operation, String mark, List<String> keys, int rows, Connection connection) {
        this.api = api;
        this.operation = operation;
        this.mark = mark;
        this.keys = keys;
        this.rows = rows;
        this.connection = connection;
        Thread.ofVirtual().start(this::run);
    }

    private void run() {
        String ids = keys.stream().collect(Collectors.joining("', '", "('", "')"));
        String sql = switch (operation) {
            case INSERT ->
                "insert into " + api.relation() + " (" + String.join(", ", api.columns()) + ") select " + api.values()
                        + ", '" + mark + "' from generate_series(1, " + rows + ") n returning id";
            case UPDATE ->
                "update " + api.relation() + " set " + api.marked() + " = '" + mark + "' where id in " + ids
                        + " returning id";
            case DELETE -> "delete from " + api.relation() + " where id in " + ids + " returning id";
        };
        try (connection;
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            outcome.complete("");
        } catch (SQLException failed) {
            outcome.complete(String.valueOf(failed.getSQLState()));
        }
    }

    CrashApi api() {
        return api;
    }

    Operation operation() {
        return operation;
    }

    String mark() {
        return mark;
    }

    List<String> keys() {
        return keys;
    }

    int rows() {
        return rows;
    }

    /** As a {@link NodeProcess} calls it. */
    String kind() {
        return api.relation() + ":" + operation;
    }

    /** How many rows of an API show its effect. @param held as {@link CrashApi#held} gives it */
    long effects(Map<String, String> held) {
        return switch (operation) {
            case INSERT -> held.values().stream().filter(mark::equals).count();
            case UPDATE ->
                keys.stream().filter(key -> mark.equals(held.get(key))).count();
            case DELETE -> keys.stream().filter(key -> !held.containsKey(key)).count();
        };
    }

    /** The request is one that this statement became; lookups are none. */
    boolean sent(ReceivedRequest request) {
        if (!api.write(operation).is(request)) {
            return false;
        }
        String key = keys.isEmpty() ? "" : keys.getFirst();
        return switch (operation) {
            case INSERT, UPDATE ->
                request.bodyText()
                        .contains(
                                mark.substring(0, mark.length() - api.mailbox().length()));
            case DELETE -> request.target().contains(key) || request.bodyText().contains('"' + key + '"');
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
        return operation + " of " + rows + " at " + api + " " + mark + " " + keys;
    }
}
