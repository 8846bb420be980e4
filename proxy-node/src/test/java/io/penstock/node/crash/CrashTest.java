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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The end of a node, of Postgres and of a client in the middle of mutations: API, table and journal agree afterwards, nothing is lost, nothing is
 * done twice. {@code -Pcrash} kills the node 20 times and Postgres once at each point; that takes long and is no part of a plain build.
 */
class CrashTest {
    private static final int RUNS = Integer.getInteger("penstock.crash.runs", 1);
    private static final Operation[] OPERATIONS = Operation.values();
    /** As long as an abandoned request may take by this rig's settings, and a little less. */
    private static final Duration LATE = Duration.ofMillis(1500);

    private static int next;

    /** C-01. */
    @Test
    @EnabledIfSystemProperty(named = "penstock.crash.runs", matches = "\\d+")
    void nothingIsLostOrDoneTwiceWhenANodeIsKilled(@TempDir Path folder) throws Exception {
        int deaths = RUNS * CrashPoint.values().length;
        try (CrashRig rig = new CrashRig(folder, deaths)) {
            Map<CrashPoint, List<Attempt>> killed = new EnumMap<>(CrashPoint.class);
            Map<CrashPoint, Integer> left = new EnumMap<>(CrashPoint.class);
            for (CrashPoint point : CrashPoint.values()) {
                for (int run = 0; run < RUNS; run++) {
                    Operation operation = OPERATIONS[next++ % OPERATIONS.length];
                    // Every second request that was sent reaches the API only when its sender is dead.
                    boolean late = point == CrashPoint.AFTER_SEND && run % 2 == 1;
                    if (late) {
                        rig.sandbox().faults().next(new Fault.Hang(LATE, Fault.Moment.BEFORE_COMMIT));
                    }
                    rig.node().stopAt(point, operation);
                    Attempt attempt = rig.begin(operation);
                    killed.computeIfAbsent(point, _ -> new ArrayList<>()).add(attempt);
                    rig.node().awaitStopped();
                    if (point == CrashPoint.AFTER_SEND && !late) {
                        await().atMost(Duration.ofSeconds(20)).until(() -> rig.atApi(attempt));
                    }
                    rig.killNode();
                    assertThat(attempt.sqlState())
                            .as("what the client of a dead node is told")
                            .startsWith("08");
                    String state = rig.state(attempt);
                    left.merge(point, state.equals("NONE") || state.equals("APPLIED") ? 0 : 1, Integer::sum);
                    rig.startNode();
                }
            }
            Map<Attempt, String> states = rig.settle();
            killed.forEach((point, attempts) -> System.out.printf(
                    "C-01 %s: %d kills, %d left open, 0 lost, 0 doubled, 0 still in doubt, resolved: %s%n",
                    point,
                    attempts.size(),
                    left.get(point),
                    attempts.stream().map(states::get).sorted().toList()));
        }
    }

    /** C-02. */
    @Test
    @EnabledIfSystemProperty(named = "penstock.crash.runs", matches = "\\d+")
    void nothingIsLostOrDoneTwiceWhenPostgresIsKilled(@TempDir Path folder) throws Exception {
        CrashPoint[] points = CrashPoint.values();
        try (CrashRig rig = new CrashRig(folder, points.length)) {
            for (CrashPoint point : points) {
                Operation operation = OPERATIONS[next++ % OPERATIONS.length];
                rig.node().stopAt(point, operation);
                Attempt attempt = rig.begin(operation);
                rig.node().awaitStopped();
                rig.postgres().killAndRestart();
                rig.node().goOn();
                String sqlState = attempt.sqlState();
                System.out.printf("C-02 %s: %s, the client is told '%s'%n", point, operation, sqlState);
            }
            System.out.println("C-02: " + rig.settle().values());
        }
    }

    /** C-07. */
    @Test
    void aMutationIsFinishedWhoseClientHasGone(@TempDir Path folder) throws Exception {
        try (CrashRig rig = new CrashRig(folder, OPERATIONS.length)) {
            for (Operation operation : OPERATIONS) {
                rig.node().stopAt(CrashPoint.AFTER_SEND, operation);
                Attempt attempt = rig.begin(operation);
                rig.node().awaitStopped();
                attempt.vanish();
                rig.node().goOn();
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> rig.state(attempt).equals("APPLIED"));
            }
            assertThat(rig.settle().values()).hasSize(OPERATIONS.length).containsOnly("APPLIED");
        }
    }

    /** C-06. */
    @Test
    void aRowThatPostgresRefusesIsParkedVisiblyAndStoredOnceItFits(@TempDir Path folder) throws Exception {
        try (CrashRig rig = new CrashRig(folder, 1)) {
            rig.postgres().sql("alter table salesforce.contacts add constraint narrow check (last_name <> 'Trimmed')");
            try (Connection client = rig.client();
                    Statement statement = client.createStatement()) {
                // The API trims it, so only the API's row breaks the constraint.
                assertThatThrownBy(() ->
                                statement.execute("insert into salesforce.contacts (last_name) values (' Trimmed ')"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                refused -> assertThat(refused.getSQLState()).isEqualTo("23514"))
                        .hasMessageContaining("API id: 003");
            }
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(rig.postgres().query("select state from penstock.journal"))
                            .isEqualTo(List.of(List.of("PARKED"))));
            rig.postgres().sql("alter table salesforce.contacts drop constraint narrow");
            rig.settle();
            assertThat(rig.postgres().query("select state from penstock.journal"))
                    .isEqualTo(List.of(List.of("APPLIED")));
        }
    }
}
