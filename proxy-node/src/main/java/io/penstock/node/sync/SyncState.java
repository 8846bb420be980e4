package io.penstock.node.sync;

import io.penstock.adapters.TableMapping;
import io.penstock.node.sync.SyncPosition.Phase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The SQL of {@code penstock.sync_state}. A table's row is locked while a node is at it, so that one node of a cluster is. */
final class SyncState {
    /** A claimed table. */
    record Claimed(SyncPosition position, int failures) {}

    private SyncState() {}

    /** Makes the table's row where there is none. On its own, since others would wait for a row that is made and not committed. */
    static void ensure(Connection connection, TableMapping table) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into penstock.sync_state (schema_name, table_name) values (?, ?) on conflict do nothing")) {
            name(insert, 1, table);
            insert.executeUpdate();
        }
    }

    /** Locks the table's row until the end of the transaction; empty where another node is at it, or it is not its time yet. */
    static Optional<Claimed> claim(Connection connection, TableMapping table, boolean now) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select phase, cursor, high_water, run_newest, run_started, failures from penstock.sync_state"
                        + " where schema_name = ? and table_name = ? and (? or next_run_at <= clock_timestamp())"
                        + " for update skip locked")) {
            name(select, 1, table);
            select.setBoolean(3, now);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(new Claimed(
                        new SyncPosition(
                                Phase.valueOf(row.getString("phase")),
                                row.getString("cursor"),
                                instant(row, "high_water"),
                                instant(row, "run_newest"),
                                instant(row, "run_started")),
                        row.getInt("failures")));
            }
        }
    }

    /** Whether every row has been fetched once. */
    static boolean filled(Connection connection, TableMapping table) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select from penstock.sync_state where schema_name = ? and table_name = ? and phase = 'FOLLOW'")) {
            name(select, 1, table);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Starts over where the table is empty although it was filled once: somebody has made it anew. */
    static void fillAgainIfEmpty(Connection connection, TableMapping table, String quotedName) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update penstock.sync_state set phase = 'BACKFILL', cursor = null, high_water = null, run_newest ="
                        + " null, run_started = null, next_run_at = clock_timestamp() where schema_name = ? and table_name"
                        + " = ? and phase = 'FOLLOW' and not exists (select from " + quotedName + ")")) {
            name(update, 1, table);
            update.executeUpdate();
        }
    }

    /** What a page brought. */
    record Counts(
            int stored, int deleted, int refused, @Nullable String remark) {}

    /** @param next when to go on; zero where there is another page */
    static void advance(Connection connection, TableMapping table, SyncPosition position, Counts counts, Duration next)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update penstock.sync_state set phase = ?, cursor = ?, high_water = ?, run_newest = ?, run_started ="
                        + " ?, rows_stored = rows_stored + ?, rows_deleted = rows_deleted + ?, rows_refused = rows_refused"
                        + " + ?, filled_at = case when ? then coalesce(filled_at, clock_timestamp()) end, failures = 0,"
                        + " last_error = coalesce(?, last_error), last_error_at = case when ? then clock_timestamp() else"
                        + " last_error_at end, last_run_at = clock_timestamp(), next_run_at = clock_timestamp() + ? *"
                        + " interval '1 millisecond' where schema_name = ? and table_name = ?")) {
            update.setString(1, position.phase().name());
            update.setString(2, position.cursor());
            update.setObject(3, time(position.highWater()));
            update.setObject(4, time(position.runNewest()));
            update.setObject(5, time(position.runStarted()));
            update.setInt(6, counts.stored());
            update.setInt(7, counts.deleted());
            update.setInt(8, counts.refused());
            update.setBoolean(9, position.phase() == Phase.FOLLOW);
            update.setString(10, counts.remark());
            update.setBoolean(11, counts.remark() != null);
            update.setLong(12, next.toMillis());
            name(update, 13, table);
            update.executeUpdate();
        }
    }

    /** @param error for everybody's eyes: no secret and no value of a row */
    static void fail(Connection connection, TableMapping table, SyncPosition position, String error, Duration next)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update penstock.sync_state set cursor = ?, run_newest = ?, run_started = ?, failures = failures + 1,"
                        + " last_error = ?, last_error_at = clock_timestamp(), last_run_at = clock_timestamp(),"
                        + " next_run_at = clock_timestamp() + ? * interval '1 millisecond' where schema_name = ? and"
                        + " table_name = ?")) {
            update.setString(1, position.cursor());
            update.setObject(2, time(position.runNewest()));
            update.setObject(3, time(position.runStarted()));
            update.setString(4, error);
            update.setLong(5, next.toMillis());
            name(update, 6, table);
            update.executeUpdate();
        }
    }

    private static void name(PreparedStatement statement, int first, TableMapping table) throws SQLException {
        statement.setString(first, table.schema());
        statement.setString(first + 1, table.table());
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
