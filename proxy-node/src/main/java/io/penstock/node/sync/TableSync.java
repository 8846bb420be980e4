package io.penstock.node.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Ddl;
import io.penstock.adapters.Page;
import io.penstock.adapters.TableMapping;
import io.penstock.node.journal.ApiTable;
import io.penstock.node.journal.ReadFailed;
import io.penstock.node.journal.Refusals;
import io.penstock.node.journal.SyncedRowStore;
import io.penstock.node.sync.SyncPosition.Phase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one synced table one page nearer to its API. A page and the position behind it are committed together, so a node may die anywhere. What was
 * written here since the page was asked for is never undone: see {@link SyncedRowStore#storeRead}. Blocks: for virtual threads.
 */
public final class TableSync {
    private static final Logger LOG = LoggerFactory.getLogger(TableSync.class);

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration FIRST_DELAY = Duration.ofSeconds(2);
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(10);

    /** After so many failures in a row a cursor is suspected to be the cause. */
    private static final int CURSOR_FAILURES = 3;

    private final DataSource connections;
    private final ApiTable table;
    private final Duration interval;

    /**
     * What a step came to.
     *
     * @param filled every row has been fetched once, by this node or another
     * @param next when to make the next step; zero where there is another page
     * @param error why there was no progress, or null
     */
    public record Step(
            boolean filled, Duration next, @Nullable String error) {}

    /**
     * @param connections as the writer
     * @param interval between two polls of the table by the whole cluster
     */
    public TableSync(DataSource connections, ApiTable table, Duration interval) {
        this.connections = connections;
        this.table = table;
        this.interval = interval;
    }

    /** {@code schema.table}. */
    public String name() {
        return table.name();
    }

    /** At the start of a node: a table that is empty is filled, whatever was noted about it. */
    void begin() throws SQLException {
        TableMapping mapping = table.mapping();
        try (Connection connection = connections.getConnection()) {
            SyncedRowStore.begin(connection, LOCK_TIMEOUT);
            SyncState.fillAgainIfEmpty(
                    connection, mapping, Ddl.identifier(mapping.schema()) + "." + Ddl.identifier(mapping.table()));
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    /**
     * Fetches and stores one page.
     *
     * @param now also before its time
     * @throws SQLException where Postgres cannot be reached, or not now
     */
    public Step step(boolean now) throws SQLException, InterruptedException {
        try (Connection connection = connections.getConnection()) {
            SyncState.ensure(connection, table.mapping());
            try {
                SyncedRowStore.begin(connection, LOCK_TIMEOUT);
                Optional<SyncState.Claimed> claimed = SyncState.claim(connection, table.mapping(), now);
                Step step = claimed.isPresent() ? step(connection, claimed.get()) : elsewhere(connection);
                connection.commit();
                return step;
            } finally {
                // Without effect after a commit.
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    private Step elsewhere(Connection connection) throws SQLException {
        boolean filled = SyncState.filled(connection, table.mapping());
        // Somebody may be waiting for the table to be filled by the other node.
        return new Step(filled, filled ? interval : Duration.ofSeconds(1), null);
    }

    private Step step(Connection connection, SyncState.Claimed claimed) throws SQLException, InterruptedException {
        TableMapping mapping = table.mapping();
        SyncPosition position = claimed.position();
        SyncedRowStore.Moment moment = SyncedRowStore.moment(connection);
        Page page;
        try {
            ApiCall call = position.phase() == Phase.BACKFILL
                    ? table.adapter().list(mapping, position.cursor())
                    : table.adapter().changes(mapping, position.since(), position.cursor());
            page = table.read(call, response -> table.adapter().parsePage(mapping, call, response));
        } catch (ReadFailed e) {
            String error = String.valueOf(e.getMessage());
            Duration delay = delay(claimed.failures(), e.retryAfter());
            boolean restart = position.cursor() != null && claimed.failures() + 1 >= CURSOR_FAILURES;
            SyncState.fail(connection, mapping, restart ? position.restarted() : position, error, delay);
            LOG.warn("{} could not be followed: {}", table.name(), error);
            return new Step(position.phase() == Phase.FOLLOW, delay, error);
        }
        SyncState.Counts counts = store(connection, page, moment);
        SyncPosition next = position.after(page, moment.time().toInstant());
        Duration delay = next.cursor() == null ? interval : Duration.ZERO;
        SyncState.advance(connection, mapping, next, counts, delay);
        return new Step(next.phase() == Phase.FOLLOW, delay, null);
    }

    private SyncState.Counts store(Connection connection, Page page, SyncedRowStore.Moment moment) throws SQLException {
        TableMapping mapping = table.mapping();
        Set<String> keys = new LinkedHashSet<>(page.deletedKeys());
        page.rows().forEach(row -> keys.add(key(row)));
        if (keys.isEmpty()) {
            return new SyncState.Counts(0, 0, 0, null);
        }
        // Waits for the statements that are at these rows, and keeps others off until the page is stored.
        SyncedRowStore.lock(connection, mapping, keys);
        int deleted = SyncedRowStore.deleteRead(connection, mapping, page.deletedKeys(), moment);
        Savepoint before = connection.setSavepoint();
        try {
            return new SyncState.Counts(
                    SyncedRowStore.storeRead(connection, mapping, page.rows(), moment), deleted, 0, null);
        } catch (SQLException e) {
            if (!Refusals.forGood(e)) {
                throw e;
            }
            connection.rollback(before);
            return storeOneByOne(connection, page.rows(), moment, deleted);
        }
    }

    /** One row that Postgres refuses must not keep all the others away. */
    private SyncState.Counts storeOneByOne(
            Connection connection, List<ObjectNode> rows, SyncedRowStore.Moment moment, int deleted)
            throws SQLException {
        int stored = 0;
        List<String> refused = new ArrayList<>();
        String sqlState = "";
        for (ObjectNode row : rows) {
            Savepoint before = connection.setSavepoint();
            try {
                stored += SyncedRowStore.storeRead(connection, table.mapping(), List.of(row), moment);
                connection.releaseSavepoint(before);
            } catch (SQLException e) {
                if (!Refusals.forGood(e)) {
                    throw e;
                }
                connection.rollback(before);
                refused.add(key(row));
                sqlState = String.valueOf(e.getSQLState());
            }
        }
        if (refused.isEmpty()) {
            return new SyncState.Counts(stored, deleted, 0, null);
        }
        String remark = refused.size() + " rows refused by Postgres, among them " + refused.getLast() + " (SQLSTATE "
                + sqlState + ")";
        LOG.warn("{}: {}", table.name(), remark);
        return new SyncState.Counts(stored, deleted, refused.size(), remark);
    }

    private String key(ObjectNode row) {
        return row.path(table.mapping().keyColumn()).asText();
    }

    private static Duration delay(int failures, @Nullable Duration retryAfter) {
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.clamp(failures, 0, 20));
        Duration bounded = delay.compareTo(LONGEST_DELAY) < 0 ? delay : LONGEST_DELAY;
        return retryAfter != null && retryAfter.compareTo(bounded) > 0 ? retryAfter : bounded;
    }
}
