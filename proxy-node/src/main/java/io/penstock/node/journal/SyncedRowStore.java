package io.penstock.node.journal;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.TableMapping;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the API's rows into synced tables, by SQL that the proxy made, on a connection that is logged in as the writer (which is what the guard
 * looks at) and works as the tables' owner (so that row security hides nothing). Only the columns of the given rows are touched: local columns keep
 * what they hold.
 *
 * <p>Every method belongs inside a transaction that {@link #begin} has begun.
 */
public final class SyncedRowStore {
    /** What the table holds in the place of a row of the API. */
    public enum Standing {
        /** No row of this key. */
        ABSENT,
        /** The very same values. */
        SAME,
        /** An earlier state, by the API's own time of change. */
        OLDER,
        /** Other values that are not certainly earlier: the API counts in seconds, and rows change several times in one. */
        NOT_CERTAINLY_OLDER
    }

    /** The moment before the API was read, so that what was written here since is not undone by what was read. */
    public record Moment(String snapshot, OffsetDateTime time) {}

    private SyncedRowStore() {}

    /** Begins a transaction in which synced tables can be written. */
    public static void begin(Connection writer, Duration lockTimeout) throws SQLException {
        writer.setAutoCommit(false);
        try (Statement statement = writer.createStatement()) {
            statement.execute("set local role penstock");
            statement.execute("set local lock_timeout = " + lockTimeout.toMillis());
        }
    }

    /** Locks the rows of these keys against running statements, which lock them too before they ask the API. */
    public static void lock(Connection writer, TableMapping table, Collection<String> keys) throws SQLException {
        TableSql sql = new TableSql(table);
        try (PreparedStatement statement = writer.prepareStatement(sql.lock())) {
            statement.setArray(1, JournalStore.textArray(writer, keys));
            statement.executeQuery().close();
        }
    }

    /** Compares the API's rows with the table's, by key. Lock first, or the answer is history at once. */
    public static Map<String, Standing> compare(Connection writer, TableMapping table, List<ObjectNode> rows)
            throws SQLException {
        TableSql sql = new TableSql(table);
        Map<String, Standing> standings = new HashMap<>();
        for (Map.Entry<Set<String>, List<ObjectNode>> group : byColumns(rows)) {
            try (PreparedStatement statement = writer.prepareStatement(sql.compare(group.getKey()))) {
                statement.setString(1, json(group.getValue()));
                try (ResultSet result = statement.executeQuery()) {
                    while (result.next()) {
                        standings.put(result.getString(1), Standing.valueOf(result.getString(2)));
                    }
                }
            }
        }
        return standings;
    }

    /** Inserts or updates, whatever is there. */
    public static void store(Connection writer, TableMapping table, List<ObjectNode> rows) throws SQLException {
        TableSql sql = new TableSql(table);
        for (Map.Entry<Set<String>, List<ObjectNode>> group : byColumns(rows)) {
            try (PreparedStatement statement = writer.prepareStatement(sql.upsert(group.getKey()))) {
                statement.setString(1, json(group.getValue()));
                statement.executeUpdate();
            }
        }
    }

    /** Deletes by key; keys without a row do no harm. */
    public static int delete(Connection writer, TableMapping table, Collection<String> keys) throws SQLException {
        try (PreparedStatement statement = writer.prepareStatement(new TableSql(table).delete())) {
            statement.setArray(1, JournalStore.textArray(writer, keys));
            return statement.executeUpdate();
        }
    }

    /** To be taken before the API is read. */
    public static Moment moment(Connection writer) throws SQLException {
        try (Statement statement = writer.createStatement();
                ResultSet row = statement.executeQuery("select pg_current_snapshot()::text, clock_timestamp()")) {
            row.next();
            return new Moment(
                    row.getString(1), row.getObject(2, OffsetDateTime.class).withOffsetSameInstant(ZoneOffset.UTC));
        }
    }

    /**
     * Stores rows that were read from the API at {@code moment} or later, but none that would take the table back: a row that holds a later change,
     * or was written here since the moment, stays; a row that was deleted through Penstock since the moment stays away.
     *
     * @return how many rows were written
     */
    public static int storeRead(Connection writer, TableMapping table, List<ObjectNode> rows, Moment moment)
            throws SQLException {
        TableSql sql = new TableSql(table);
        int stored = 0;
        for (Map.Entry<Set<String>, List<ObjectNode>> group : byColumns(rows)) {
            try (PreparedStatement statement = writer.prepareStatement(sql.upsertRead(group.getKey()))) {
                statement.setString(1, json(group.getValue()));
                statement.setString(2, table.schema());
                statement.setString(3, table.table());
                statement.setObject(4, moment.time());
                for (int i = 5; i < 5 + TableSql.SNAPSHOT_PARAMETERS; i++) {
                    statement.setString(i, moment.snapshot());
                }
                stored += statement.executeUpdate();
            }
        }
        return stored;
    }

    /** Deletes rows that the API, read at {@code moment} or later, calls deleted; a row that was written here since stays. */
    public static int deleteRead(Connection writer, TableMapping table, Collection<String> keys, Moment moment)
            throws SQLException {
        try (PreparedStatement statement = writer.prepareStatement(new TableSql(table).deleteRead())) {
            statement.setArray(1, JournalStore.textArray(writer, keys));
            for (int i = 2; i < 2 + TableSql.SNAPSHOT_PARAMETERS; i++) {
                statement.setString(i, moment.snapshot());
            }
            return statement.executeUpdate();
        }
    }

    /** Rows of the same columns go in one statement; an adapter's canonical rows all have the same. */
    private static List<Map.Entry<Set<String>, List<ObjectNode>>> byColumns(List<ObjectNode> rows) {
        Map<Set<String>, List<ObjectNode>> groups = new LinkedHashMap<>();
        for (ObjectNode row : rows) {
            Set<String> columns = new LinkedHashSet<>();
            row.fieldNames().forEachRemaining(columns::add);
            groups.computeIfAbsent(columns, _ -> new ArrayList<>()).add(row);
        }
        return List.copyOf(groups.entrySet());
    }

    private static String json(List<ObjectNode> rows) {
        ArrayNode array = JournalJson.array();
        rows.forEach(array::add);
        return new String(JournalJson.bytes(array), StandardCharsets.UTF_8);
    }
}
