package io.penstock.node.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.adapters.Operation;
import io.penstock.node.mutation.CrashPoints.CrashPoint;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The end of Postgres and of a client in the middle of mutations, and rows that Postgres does not take: API, table and journal agree afterwards, nothing
 * is lost, nothing is done twice. A plain build kills Postgres a few times; {@code -Pcrash} kills it twice at each point. How nodes end is for
 * {@link EveryApiCrashTest}.
 */
class CrashTest {
    /** 0 in a plain build. */
    private static final int RUNS = Integer.getInteger("penstock.crash.runs", 0);

    private static final Operation[] OPERATIONS = Operation.values();
    private static final int CONTACTS = 200;

    private static CrashApi api;
    private static CrashRig rig;
    private static int next;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        api = CrashApi.salesforce(CONTACTS);
        rig = new CrashRig(folder, List.of(api));
    }

    @AfterAll
    static void end() throws Exception {
        rig.close();
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
        rig.node().stopAt(point, List.of(api.relation() + ":" + operation));
        Attempt attempt = rig.begin(api, operation, away ? 1 : 3, rig.client());
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
                rig.node().stopAt(point, List.of(api.relation() + ":" + operation));
                Attempt attempt = rig.begin(api, operation, 2, rig.client());
                rig.node().awaitStopped();
                attempt.vanish();
                rig.node().goOn();
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> rig.ending(attempt).applied());
                assertThat(CrashRig.requests(attempt)).isEqualTo(1);
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
