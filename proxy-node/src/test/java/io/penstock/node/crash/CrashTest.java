package io.penstock.node.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.adapters.Operation;
import io.penstock.node.mutation.CrashPoints.CrashPoint;
import io.penstock.sandbox.server.Fault;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The end of a node, of Postgres and of a client in the middle of mutations: API, table and journal agree afterwards, nothing is lost, nothing is
 * done twice. A plain build kills a few times; {@code -Pcrash} kills the node 20 times at each point and Postgres twice.
 */
class CrashTest {
    /** 0 in a plain build. */
    private static final int RUNS = Integer.getInteger("penstock.crash.runs", 0);

    private static final Operation[] OPERATIONS = Operation.values();
    /** As long as an abandoned request may take by this rig's settings, and a little less. */
    private static final Duration LATE = Duration.ofMillis(1500);

    /** A kill uses up nine rows at most. */
    private static final int CONTACTS = 200 + 9 * CrashPoint.values().length * RUNS;

    private static CrashRig rig;
    private static int next;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        rig = new CrashRig(folder, CONTACTS);
        if (RUNS > 1) {
            rig.makeStartsFaster();
        }
    }

    @AfterAll
    static void end() throws Exception {
        rig.close();
    }

    /** The statements of the kills at one point: that which had come to it, and others that were wherever they were. */
    private record Killed(Attempt stopped, List<Attempt> others, Ending left, long at) {}

    /** C-01. */
    @Test
    void nothingIsLostOrDoneTwiceWhenANodeIsKilled() throws Exception {
        if (RUNS == 0) {
            report(
                    CrashPoint.BEFORE_COMMIT,
                    List.of(kill(CrashPoint.AFTER_SEND, 0), kill(CrashPoint.BEFORE_COMMIT, 1)));
            return;
        }
        for (CrashPoint point : CrashPoint.values()) {
            List<Killed> kills = new ArrayList<>();
            for (int run = 0; run < RUNS; run++) {
                kills.add(kill(point, run));
            }
            report(point, kills);
        }
    }

    private static Killed kill(CrashPoint point, int run) throws Exception {
        Operation operation = OPERATIONS[next++ % OPERATIONS.length];
        // A request that was sent is at the API already, or gets there when its sender is dead, or nobody knows.
        boolean arrived = point == CrashPoint.AFTER_SEND && run % 3 == 0;
        boolean late = point == CrashPoint.AFTER_SEND && run % 3 == 1;
        if (late) {
            rig.sandbox().faults().next(new Fault.Hang(LATE, Fault.Moment.BEFORE_COMMIT));
        }
        rig.node().stopAt(point, operation);
        // All log in first: one that shares its loop with the statement that stops could not.
        List<Connection> clients = List.of(rig.client(), rig.client(), rig.client());
        Attempt stopped = rig.begin(operation, run % 2 == 0 ? 1 : 3, clients.getFirst());
        List<Attempt> others = new ArrayList<>();
        for (Operation other : OPERATIONS) {
            if (other != operation && !late) {
                others.add(rig.begin(other, 1 + run % 3, clients.get(1 + others.size())));
            }
        }
        rig.node().awaitStopped();
        if (arrived) {
            await().atMost(Duration.ofSeconds(20)).until(() -> rig.atApi(stopped));
        }
        rig.killNode();
        long at = System.currentTimeMillis();
        assertThat(stopped.sqlState())
                .as("what the client of a dead node is told")
                .startsWith("08");
        Ending left = rig.ending(stopped);
        rig.startNode();
        return new Killed(stopped, others, left, at);
    }

    /** One line of the table in docs/testing.md, written once everything holds. */
    private static void report(CrashPoint point, List<Killed> kills) {
        rig.settle();
        List<Ending> stopped =
                kills.stream().map(kill -> rig.ending(kill.stopped())).toList();
        List<Ending> others = kills.stream()
                .flatMap(kill -> kill.others().stream())
                .map(rig::ending)
                .toList();
        long longest = kills.stream()
                .filter(kill -> kill.left().open())
                .mapToLong(kill -> rig.ending(kill.stopped()).updatedMillis() - kill.at())
                .max()
                .orElse(0);
        System.out.printf(
                "C-01 | %s | %d | %d | %d | %d | %d | %.1f s | %d of %d |%n",
                point,
                kills.size(),
                kills.stream().filter(kill -> kill.left().open()).count(),
                stopped.stream().filter(Ending::applied).count(),
                stopped.stream()
                        .filter(ending -> ending.state().equals("NOT_APPLIED"))
                        .count(),
                stopped.stream().filter(Ending.NONE::equals).count(),
                longest / 1000.0,
                others.stream().filter(Ending::applied).count(),
                others.size());
    }

    /** C-02. */
    @Test
    void nothingIsLostOrDoneTwiceWhenPostgresIsKilled() throws Exception {
        List<CrashPoint> points = RUNS == 0 ? List.of(CrashPoint.BEFORE_COMMIT) : Arrays.asList(CrashPoint.values());
        for (CrashPoint point : points) {
            killPostgres(point, false);
            killPostgres(point, true);
        }
    }

    /** @param away whether the statement goes on while Postgres is away, or finds it restarted */
    private static void killPostgres(CrashPoint point, boolean away) throws Exception {
        Operation operation = OPERATIONS[next++ % OPERATIONS.length];
        rig.node().stopAt(point, operation);
        Attempt attempt = rig.begin(operation, away ? 1 : 3);
        rig.node().awaitStopped();
        rig.postgres().kill();
        if (!away) {
            rig.postgres().restart();
        }
        rig.node().goOn();
        String sqlState = attempt.sqlState();
        if (away) {
            rig.postgres().restart();
        }
        if (point == CrashPoint.AFTER_COMMIT) {
            assertThat(rig.ending(attempt).state())
                    .as("a commit that was answered, in a database with synchronous_commit = off")
                    .isEqualTo("APPLIED");
        }
        long at = System.currentTimeMillis();
        rig.settle();
        Ending ending = rig.ending(attempt);
        System.out.printf(
                "C-02 | %s | %s | %s | %s | %s | %.1f s |%n",
                point,
                operation,
                away ? "while away" : "restarted",
                sqlState,
                ending.state(),
                (System.currentTimeMillis() - at) / 1000.0);
        assertThat(sqlState)
                .as("Postgres was killed, and so was the client's own server connection")
                .isNotEmpty();
    }

    /** C-07. */
    @Test
    void aMutationIsFinishedWhoseClientHasGone() throws Exception {
        for (Operation operation : OPERATIONS) {
            for (CrashPoint point : List.of(CrashPoint.BEFORE_INTENT, CrashPoint.AFTER_SEND)) {
                rig.node().stopAt(point, operation);
                Attempt attempt = rig.begin(operation, 2);
                rig.node().awaitStopped();
                attempt.vanish();
                rig.node().goOn();
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> rig.ending(attempt).applied());
                assertThat(rig.requests(attempt)).isEqualTo(1);
            }
        }
        rig.settle();
    }

    /** C-06. */
    @Test
    void aRowThatPostgresRefusesIsParkedVisiblyAndStoredOnceItFits() throws Exception {
        rig.postgres().sql("alter table salesforce.contacts add constraint narrow check (last_name <> 'Trimmed')");
        try (Connection client = rig.client();
                Statement statement = client.createStatement()) {
            // The API trims it, so only the API's row breaks the constraint.
            assertThatThrownBy(
                            () -> statement.execute("insert into salesforce.contacts (last_name) values (' Trimmed ')"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            refused -> assertThat(refused.getSQLState()).isEqualTo("23000"))
                    .hasMessageContaining("(SQLSTATE 23514). API id: 003");
        }
        String parked = "select state, ids[1], error_of from (select j.state, j.ids, e.error ->> 'sqlState' as error_of"
                + " from penstock.journal j join penstock.mutation_journal e using (id)"
                + " where e.rows::text like '% Trimmed %') parked";
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(rig.postgres().query(parked))
                        .singleElement()
                        .satisfies(entry -> {
                            assertThat(entry.getFirst()).isEqualTo("PARKED");
                            assertThat(entry.get(1)).startsWith("003");
                            assertThat(entry.get(2)).isEqualTo("23514");
                        }));
        rig.postgres().sql("alter table salesforce.contacts drop constraint narrow");
        rig.settle();
        assertThat(rig.postgres().query(parked).getFirst().getFirst()).isEqualTo("APPLIED");
    }
}
