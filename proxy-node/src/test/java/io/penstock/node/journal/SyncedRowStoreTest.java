package io.penstock.node.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.TableMapping;
import io.penstock.node.journal.SyncedRowStore.Moment;
import io.penstock.node.journal.SyncedRowStore.Standing;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was read from the API must never take back what was written here since. */
class SyncedRowStoreTest {
    private static final TableMapping CONTACTS = FakeCrm.CONTACTS;
    private static final String NOON = "2026-01-01T12:00:00+00:00";
    private static final String A_SECOND_LATER = "2026-01-01T12:00:01+00:00";

    private static JournalDatabase database;

    private Connection poll;
    private Connection statement;

    @BeforeAll
    static void start() throws SQLException {
        database = JournalDatabase.start();
    }

    @AfterAll
    static void stop() throws Exception {
        database.close();
    }

    @BeforeEach
    void open() throws SQLException {
        database.clear();
        poll = database.connections().getConnection();
        statement = database.connections().getConnection();
        begin();
    }

    @AfterEach
    void close() throws SQLException {
        for (Connection connection : List.of(poll, statement)) {
            connection.rollback();
            connection.setAutoCommit(true);
            connection.close();
        }
    }

    @Test
    void newRowsComeAndLaterChangesWin() throws SQLException {
        Moment moment = SyncedRowStore.moment(poll);
        assertThat(read(row("id1", "Paul", NOON), moment)).isEqualTo(1);
        poll.commit();
        begin();
        assertThat(read(row("id1", "Usul", A_SECOND_LATER), SyncedRowStore.moment(poll)))
                .isEqualTo(1);
        poll.commit();
        assertThat(table()).containsExactly("id1|Usul|");
    }

    @Test
    void anOlderSnapshotDoesNotOverwriteANewerRow() throws SQLException {
        written("id1", "Usul", A_SECOND_LATER);
        assertThat(read(row("id1", "Paul", NOON), SyncedRowStore.moment(poll))).isZero();
        poll.commit();
        assertThat(table()).containsExactly("id1|Usul|");
    }

    @Test
    void withinOneSecondWhatWasWrittenHereSinceStays() throws SQLException {
        Moment moment = SyncedRowStore.moment(poll);
        written("id1", "Usul", NOON);
        assertThat(read(row("id1", "Paul", NOON), moment)).isZero();
        poll.commit();
        assertThat(table()).containsExactly("id1|Usul|");
    }

    @Test
    void withinOneSecondWhatWasWrittenHereBeforeIsReplaced() throws SQLException {
        // The API changed twice in a second, and the first poll saw the first.
        written("id1", "Paul", NOON);
        assertThat(read(row("id1", "Usul", NOON), SyncedRowStore.moment(poll))).isEqualTo(1);
        poll.commit();
        assertThat(table()).containsExactly("id1|Usul|");
    }

    @Test
    void aStatementThatCommitsWhileThePollWaitsForItsRowWins() throws Exception {
        written("id1", "Paul", NOON);
        Moment moment = SyncedRowStore.moment(poll);
        SyncedRowStore.store(statement, CONTACTS, List.of(row("id1", "Usul", NOON)));
        Thread poller = Thread.ofVirtual().start(() -> {
            try {
                SyncedRowStore.lock(poll, CONTACTS, List.of("id1"));
                read(row("id1", "Stilgar", NOON), moment);
                poll.commit();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> database.query("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
                .equals(List.of("1")));
        statement.commit();
        poller.join();
        assertThat(table()).containsExactly("id1|Usul|");
    }

    @Test
    void theSameRowAgainIsNotWrittenAgain() throws SQLException {
        written("id1", "Paul", NOON);
        assertThat(read(row("id1", "Paul", NOON), SyncedRowStore.moment(poll))).isZero();
    }

    @Test
    void localColumnsAreNotTouched() throws SQLException {
        SyncedRowStore.store(
                statement, CONTACTS, List.of(row("id1", "Paul", NOON).put("note", "ours")));
        statement.commit();
        read(row("id1", "Usul", A_SECOND_LATER), SyncedRowStore.moment(poll));
        poll.commit();
        assertThat(table()).containsExactly("id1|Usul|ours");
    }

    @Test
    void aRowDeletedThroughPenstockSinceDoesNotComeBack() throws SQLException {
        Moment moment = SyncedRowStore.moment(poll);
        deletedThroughPenstock("id1", "APPLIED", "now()");
        deletedThroughPenstock("id2", "INTENT", "now() - interval '1 hour'");
        deletedThroughPenstock("id3", "NOT_APPLIED", "now()");
        deletedThroughPenstock("id4", "APPLIED", "now() - interval '1 hour'");
        List<ObjectNode> rows = List.of(
                row("id1", "a", NOON), row("id2", "b", NOON), row("id3", "c", NOON), row("id4", "undeleted", NOON));
        assertThat(SyncedRowStore.storeRead(poll, CONTACTS, rows, moment)).isEqualTo(2);
        poll.commit();
        assertThat(table()).containsExactly("id3|c|", "id4|undeleted|");
    }

    @Test
    void whatTheApiDeletedGoesUnlessItWasWrittenHereSince() throws SQLException {
        written("id1", "Paul", NOON);
        Moment moment = SyncedRowStore.moment(poll);
        written("id2", "Chani", NOON);
        assertThat(SyncedRowStore.deleteRead(poll, CONTACTS, List.of("id1", "id2", "id9"), moment))
                .isEqualTo(1);
        poll.commit();
        assertThat(table()).containsExactly("id2|Chani|");
    }

    @Test
    void transactionIdsThatHaveWrappedAroundAreToldApart() throws SQLException {
        written("id1", "Paul", NOON);
        Moment now = SyncedRowStore.moment(poll);
        // The same lower 32 bits, two epochs on: a row of long ago, not one of the future.
        String later = Long.toString(Long.parseLong(now.snapshot().split(":", -1)[1]) + (2L << 32));
        Moment far = new Moment(later + ":" + later + ":", now.time());
        assertThat(read(row("id1", "Usul", NOON), far)).isEqualTo(1);
    }

    @Test
    void comparesWithWhatIsThere() throws SQLException {
        written("same", "Paul", NOON);
        written("older", "Paul", NOON);
        written("unsure", "Paul", NOON);
        written("newer", "Paul", A_SECOND_LATER);
        assertThat(SyncedRowStore.compare(
                        poll,
                        CONTACTS,
                        List.of(
                                row("same", "Paul", "2026-01-01T13:00:00+01:00"),
                                row("older", "Usul", A_SECOND_LATER),
                                row("unsure", "Usul", NOON),
                                row("newer", "Usul", NOON),
                                row("absent", "Usul", NOON))))
                .containsOnly(
                        Map.entry("same", Standing.SAME),
                        Map.entry("older", Standing.OLDER),
                        Map.entry("unsure", Standing.NOT_CERTAINLY_OLDER),
                        Map.entry("newer", Standing.NOT_CERTAINLY_OLDER),
                        Map.entry("absent", Standing.ABSENT));
    }

    private void begin() throws SQLException {
        SyncedRowStore.begin(poll, Duration.ofSeconds(10));
        SyncedRowStore.begin(statement, Duration.ofSeconds(10));
    }

    private int read(ObjectNode row, Moment moment) throws SQLException {
        return SyncedRowStore.storeRead(poll, CONTACTS, List.of(row), moment);
    }

    /** By a statement, committed. */
    private void written(String key, String name, String modified) throws SQLException {
        SyncedRowStore.store(statement, CONTACTS, List.of(row(key, name, modified)));
        statement.commit();
        SyncedRowStore.begin(statement, Duration.ofSeconds(10));
    }

    private static void deletedThroughPenstock(String key, String state, String when) throws SQLException {
        database.sql(
                "insert into penstock.mutation_journal (id, user_name, role_name, schema_name, table_name, operation,"
                        + " rows, keys, state, api, node, deadline, updated_at) values ('" + UUID.randomUUID()
                        + "', 'u', 'r', 'crm', 'contacts', 'DELETE', '[]', '{" + key + "}', '" + state
                        + "', 'crm', 'n', now(), " + when + ")");
    }

    private static ObjectNode row(String key, String name, String modified) {
        return JournalJson.object().put("id", key).put("name", name).put("modified", modified);
    }

    private static List<String> table() throws SQLException {
        return database.query("select id, name, note from crm.contacts order by id");
    }
}
