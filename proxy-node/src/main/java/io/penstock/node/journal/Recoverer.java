package io.penstock.node.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.TableMapping;
import io.penstock.node.journal.RecoveryDecision.Step;
import io.penstock.node.journal.SyncedRowStore.Standing;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes what statements have left open, on whatever node: one entry after the other, each in one transaction that holds the entry's lock from the first
 * look to the end, so that of several recoveries one acts. What to do is {@link RecoveryDecision}'s; here it is done. Blocks: for virtual threads.
 *
 * <p>Rows are locked before the API is read, and running statements lock theirs before they ask the API. So what is read here cannot be overtaken by
 * a statement before it is stored.
 */
public final class Recoverer implements JournalRecovery.Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(Recoverer.class);

    /** A statement that holds a row for longer comes first; this entry is looked at again later. */
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(2);

    /** So that one sweep ends, whatever there is to do. */
    private static final int SWEEP = 1_000;

    private final Journal journal;
    private final Supplier<? extends Collection<String>> liveNodes;
    private final BiFunction<String, String, Optional<ApiTable>> tables;

    /**
     * @param journal of this node
     * @param liveNodes the lives of nodes that are members of the cluster, this one included; another node's entries are left to it until their deadline
     * @param tables by schema and name
     */
    public Recoverer(
            Journal journal,
            Supplier<? extends Collection<String>> liveNodes,
            BiFunction<String, String, Optional<ApiTable>> tables) {
        this.journal = journal;
        this.liveNodes = liveNodes;
        this.tables = tables;
    }

    /**
     * Takes up everything that is due.
     *
     * @return how many entries were looked at
     * @throws SQLException where the journal itself cannot be read or written
     */
    @Override
    public int sweep() throws SQLException, InterruptedException {
        try (Connection connection = journal.connections().getConnection()) {
            ship(connection);
            int entries = 0;
            while (entries < SWEEP && recoverNext(connection)) {
                entries++;
            }
            return entries;
        }
    }

    /** Deletes old finished entries. */
    @Override
    public int prune(Duration retention) throws SQLException {
        try (Connection connection = journal.connections().getConnection()) {
            int pruned = 0;
            int some;
            do {
                some = JournalStore.prune(connection, retention, SWEEP);
                pruned += some;
            } while (some == SWEEP);
            return pruned;
        }
    }

    /** Brings the answers that this node's disk holds into the journal, where every node sees them. */
    private void ship(Connection connection) throws SQLException {
        List<AnswerRecord.Held> held = journal.answers().held();
        Set<UUID> leftHere = journal.left();
        Set<UUID> ids = new HashSet<>(leftHere);
        held.forEach(answer -> ids.add(answer.id()));
        if (ids.isEmpty()) {
            return;
        }
        connection.setAutoCommit(true);
        Map<UUID, JournalStore.Standing> standings = JournalStore.standings(connection, ids, journal.node());
        for (UUID id : leftHere) {
            JournalStore.Standing standing = standings.get(id);
            if (standing == null || !standing.state().open()) {
                journal.closed(id);
            }
        }
        for (AnswerRecord.Held answer : held) {
            JournalStore.Standing standing = standings.get(answer.id());
            if (standing == null) {
                LOG.error(
                        "answer to {} is on this node's disk, but the journal knows no such mutation: dropped",
                        answer.id());
            } else if (standing.busy() && standing.state().open() && !leftHere.contains(answer.id())) {
                continue;
            } else if (JournalMachine.next(standing.state(), JournalEvent.API_ACCEPTED, JournalCause.RECOVERY)
                    .isPresent()) {
                JournalStore.move(connection, answer.id(), accepted(answer));
            }
            journal.answers().release(answer.id());
        }
    }

    private static Change accepted(AnswerRecord.Held held) throws SQLException {
        try {
            return Change.of(JournalEvent.API_ACCEPTED, JournalCause.RECOVERY)
                    .with(JournalJson.answer(JournalJson.parse(held.answer())));
        } catch (IOException e) {
            throw new SQLException("answer " + held.id() + " on this node's disk is no JSON", e);
        }
    }

    private boolean recoverNext(Connection connection) throws SQLException, InterruptedException {
        try {
            SyncedRowStore.begin(connection, LOCK_TIMEOUT);
            Optional<OpenEntry> claimed = JournalStore.claim(connection, liveNodes.get(), journal.left());
            if (claimed.isPresent()) {
                recover(connection, claimed.get());
            }
            connection.commit();
            return claimed.isPresent();
        } finally {
            // Without effect after a commit.
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private void recover(Connection connection, OpenEntry entry) throws SQLException, InterruptedException {
        Optional<ApiTable> table = tables.apply(entry.schema(), entry.table());
        if (table.isEmpty()) {
            retryLater(connection, entry, entry.schema() + "." + entry.table() + " is not configured on this node");
            return;
        }
        Savepoint before = connection.setSavepoint();
        try {
            Step step = RecoveryDecision.first(entry.state(), entry.answer());
            if (step instanceof Step.AskApi) {
                Duration untilQuiet = table.get()
                        .adapter()
                        .capabilities(table.get().mapping(), entry.operation())
                        .serverTimeout()
                        .plus(RecoveryDecision.MARGIN)
                        .minus(entry.sinceDeadline());
                step = RecoveryDecision.afterFinding(Lookup.find(table.get(), entry), entry.attempts(), untilQuiet);
            }
            carryOut(connection, table.get(), entry, step);
        } catch (ReadFailed e) {
            connection.rollback(before);
            retryLater(connection, entry, String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            // Where the connection itself is gone, this throws once more, and the whole attempt is undone.
            connection.rollback(before);
            retryLater(connection, entry, "Postgres could not store the row now (SQLSTATE " + e.getSQLState() + ")");
        } catch (RuntimeException defect) {
            // The oldest entry is taken first: one that breaks would keep all others from their turn.
            LOG.error("recovery of mutation {} broke", entry.id(), defect);
            connection.rollback(before);
            retryLater(connection, entry, "internal error; see the node's log");
        }
    }

    private void carryOut(Connection connection, ApiTable table, OpenEntry entry, Step step)
            throws SQLException, ReadFailed, InterruptedException {
        switch (step) {
            case Step.AskApi _ -> throw new IllegalStateException("asked already");
            case Step.Close close -> {
                move(connection, entry, change(JournalEvent.ABSENT_AT_API).because(close.reason()));
                LOG.info("mutation {} was not applied", entry.id());
            }
            case Step.Later later -> {
                move(
                        connection,
                        entry,
                        change(later.event()).because(later.reason()).again(later.delay()));
                LOG.info("mutation {} is in doubt, attempt {}", entry.id(), entry.attempts() + 1);
            }
            case Step.Store store -> store(connection, table, entry, store);
        }
    }

    private void store(Connection connection, ApiTable table, OpenEntry entry, Step.Store store)
            throws SQLException, ReadFailed, InterruptedException {
        Savepoint before = connection.setSavepoint();
        Answer answer = store.answer();
        try {
            SyncedRowStore.lock(connection, table.mapping(), answer.keys());
            answer = upToDate(connection, table, entry, answer);
            write(connection, table.mapping(), entry, answer);
            move(
                    connection,
                    entry,
                    change(JournalEvent.ROW_STORED).orAccepting().with(answer).because(store.remark()));
            LOG.info("mutation {} is applied", entry.id());
        } catch (SQLException e) {
            if (!Refusals.forGood(e)) {
                throw e;
            }
            connection.rollback(before);
            Step.Later later = RecoveryDecision.afterRefusal("Postgres refuses the row", entry.attempts());
            move(
                    connection,
                    entry,
                    change(later.event())
                            .orAccepting()
                            .with(answer)
                            .with(JournalJson.error(Refusals.error(e)), ApiTrace.NONE)
                            .because(later.reason())
                            .again(later.delay()));
            LOG.warn("mutation {} is parked: Postgres refuses its row (SQLSTATE {})", entry.id(), e.getSQLState());
        }
    }

    /** The answer, with what may be history by now read again. */
    private static Answer upToDate(Connection connection, ApiTable table, OpenEntry entry, Answer answer)
            throws SQLException, ReadFailed, InterruptedException {
        List<ObjectNode> rows = new ArrayList<>();
        for (AnswerRow row : answer.rows()) {
            if (row instanceof AnswerRow.Present present) {
                rows.add(present.row());
            }
        }
        Map<String, Standing> standings = SyncedRowStore.compare(connection, table.mapping(), rows);
        List<String> doubtful = RecoveryDecision.toReadAgain(entry.operation(), answer, standings);
        if (doubtful.isEmpty()) {
            return answer;
        }
        Map<String, ObjectNode> current = table.readBack(doubtful);
        Map<String, AnswerRow> read = new HashMap<>();
        for (AnswerRow row : answer.rows()) {
            if (doubtful.contains(row.key())) {
                ObjectNode now = current.get(row.key());
                read.put(
                        row.key(),
                        now == null
                                ? new AnswerRow.Gone(row.ordinal(), row.key())
                                : new AnswerRow.Present(row.ordinal(), row.key(), now));
            }
        }
        return answer.with(read);
    }

    private static void write(Connection connection, TableMapping mapping, OpenEntry entry, Answer answer)
            throws SQLException {
        List<ObjectNode> present = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        for (AnswerRow row : answer.rows()) {
            switch (row) {
                case AnswerRow.Present stored -> {
                    ObjectNode merged = entry.local().get(row.ordinal()).deepCopy();
                    merged.setAll(stored.row());
                    present.add(merged);
                }
                case AnswerRow.Gone _ -> gone.add(row.key());
                case AnswerRow.KeyOnly _ -> throw new IllegalStateException("read back already");
            }
        }
        if (!present.isEmpty()) {
            SyncedRowStore.store(connection, mapping, present);
        }
        if (!gone.isEmpty()) {
            SyncedRowStore.delete(connection, mapping, gone);
        }
    }

    private static Change change(JournalEvent event) {
        return Change.of(event, JournalCause.RECOVERY);
    }

    private void move(Connection connection, OpenEntry entry, Change change) throws SQLException {
        if (!JournalStore.move(connection, entry.id(), change)) {
            throw new IllegalStateException("entry " + entry.id() + " is locked and left its state all the same");
        }
        // From here on its state and its next attempt say when it is due.
        journal.closed(entry.id());
    }

    private static void retryLater(Connection connection, OpenEntry entry, String reason) throws SQLException {
        JournalStore.retryLater(connection, entry.id(), reason, RecoveryDecision.backOff(entry.attempts()));
        LOG.info("mutation {} has to wait: {}", entry.id(), reason);
    }
}
