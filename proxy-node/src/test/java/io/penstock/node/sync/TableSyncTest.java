package io.penstock.node.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.node.journal.Crm;
import io.penstock.node.journal.FakeCrm;
import io.penstock.node.journal.JournalDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TableSyncTest {
    private static final Duration INTERVAL = Duration.ofMinutes(10);

    private static JournalDatabase database;

    private final FakeCrm crm = new FakeCrm();
    private TableSync sync;

    @BeforeAll
    static void start() throws SQLException {
        database = JournalDatabase.start();
    }

    @AfterAll
    static void stop() throws Exception {
        database.close();
    }

    @BeforeEach
    void clear() throws SQLException {
        database.clear();
        sync = new TableSync(database.connections(), crm.table(FakeCrm.CONTACTS), INTERVAL);
    }

    @Test
    void fillsPageByPageAndFollows() throws Exception {
        for (int i = 0; i < 25; i++) {
            Crm.insert(crm, "n" + i);
        }
        crm.pageSize(10);
        assertThat(sync.step(false)).isEqualTo(new TableSync.Step(false, Duration.ZERO, null));
        assertThat(state("phase, cursor, rows_stored, filled_at is null")).isEqualTo("BACKFILL|10|10|t");
        assertThat(sync.step(false).filled()).isFalse();
        assertThat(sync.step(false)).isEqualTo(new TableSync.Step(true, INTERVAL, null));
        assertThat(state("phase, cursor, rows_stored, filled_at is null")).isEqualTo("FOLLOW||25|f");
        agree();

        assertThat(sync.step(false)).as("not yet its time").isEqualTo(new TableSync.Step(true, INTERVAL, null));
        Crm.update(crm, "id00003", "changed");
        Crm.delete(crm, "id00004");
        Crm.insert(crm, "new");
        crm.pageSize(100);
        sync.step(true);
        agree();
        assertThat(state("rows_stored, rows_deleted, high_water = '" + crm.now() + "'"))
                .isEqualTo("27|1|t");
        // What the overlap brings a second time changes nothing.
        sync.step(true);
        assertThat(state("rows_stored, rows_deleted")).isEqualTo("27|1");
    }

    @Test
    void aNodeThatDiesInTheMiddleLosesNoPage() throws Exception {
        for (int i = 0; i < 30; i++) {
            Crm.insert(crm, "n" + i);
        }
        crm.pageSize(10);
        sync.step(false);
        TableSync successor = new TableSync(database.connections(), crm.table(FakeCrm.CONTACTS), INTERVAL);
        successor.begin();
        successor.step(false);
        successor.step(false);
        agree();
        assertThat(crm.reads()).hasSize(3);
    }

    @Test
    void anEmptyTableThatWasFilledOnceIsFilledAgain() throws Exception {
        Crm.insert(crm, "Paul");
        sync.step(false);
        database.emptyTable();
        sync.begin();
        sync.step(false);
        agree();
    }

    @Test
    void anApiThatIsDownIsSeenAndAskedEverLessOften() throws Exception {
        crm.down(true);
        TableSync.Step first = sync.step(false);
        assertThat(first.error()).isEqualTo("crm is unavailable");
        assertThat(state("failures, last_error, next_run_at > now()")).isEqualTo("1|crm is unavailable|t");
        assertThat(sync.step(true).next()).isGreaterThan(first.next());
        crm.down(false);
        Crm.insert(crm, "Paul");
        sync.step(true);
        assertThat(state("failures, phase")).isEqualTo("0|FOLLOW");
        agree();
    }

    @Test
    void oneRowThatPostgresRefusesDoesNotKeepTheOthersAway() throws Exception {
        database.sql("alter table crm.contacts add constraint short check (length(name) < 5)");
        try {
            Crm.insert(crm, "Paul");
            Crm.insert(crm, "Alia Atreides");
            Crm.insert(crm, "Leto");
            sync.step(false);
            assertThat(database.query("select name from crm.contacts order by id"))
                    .containsExactly("Paul", "Leto");
            assertThat(state("phase, rows_refused, last_error"))
                    .isEqualTo("FOLLOW|1|1 rows refused by Postgres, among them id00002 (SQLSTATE 23514)");
        } finally {
            database.sql("alter table crm.contacts drop constraint short");
        }
    }

    @Test
    void ofTwoNodesOneIsAtIt() throws Exception {
        Crm.insert(crm, "Paul");
        List<TableSync.Step> other = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            crm.beforeRead(() -> {
                crm.beforeRead(() -> {});
                Future<TableSync.Step> second = threads.submit(() -> sync.step(true));
                try {
                    other.add(second.get(20, TimeUnit.SECONDS));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            sync.step(false);
        }
        assertThat(other).containsExactly(new TableSync.Step(false, Duration.ofSeconds(1), null));
        assertThat(crm.reads()).containsExactly("/list");
    }

    @Test
    void theWorkerFillsAndSaysSo() {
        for (int i = 0; i < 25; i++) {
            Crm.insert(crm, "n" + i);
        }
        crm.pageSize(10);
        ActorTestKit kit = ActorTestKit.create();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ActorRef<SyncWorker.Command> worker = kit.spawn(SyncWorker.create(sync, threads));
            TestProbe<Done> probe = kit.createTestProbe();
            worker.tell(new SyncWorker.WhenFilled(probe.ref()));
            probe.receiveMessage(Duration.ofSeconds(20));
            agreeUnchecked();
            Crm.insert(crm, "later");
            worker.tell(new SyncWorker.SyncNow());
            await().untilAsserted(() -> assertThat(database.query("select name from crm.contacts where name = 'later'"))
                    .hasSize(1));
        } finally {
            kit.shutdownTestKit();
        }
    }

    private void agreeUnchecked() {
        try {
            agree();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void agree() throws SQLException {
        assertThat(database.query("select id, name from crm.contacts order by id"))
                .isEqualTo(crm.rows().entrySet().stream()
                        .map(row ->
                                row.getKey() + "|" + row.getValue().path("name").asText())
                        .toList());
    }

    private static String state(String columns) throws SQLException {
        return database.query("select " + columns + " from penstock.sync_state").getFirst();
    }
}
