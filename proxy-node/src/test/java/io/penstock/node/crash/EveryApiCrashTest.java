package io.penstock.node.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.adapters.Operation;
import io.penstock.node.mutation.CrashPoints.CrashPoint;
import io.penstock.sandbox.server.Fault;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * C-01 for all five APIs: the node is killed with a statement at each API held at the same point, and answers are lost. API, table and journal agree
 * afterwards, nothing is lost, nothing is done twice; what nobody can find out is in the journal for everybody to see. A plain build kills twice;
 * {@code -Pcrash} kills 20 times at each point, and 20 statements at each API lose their answers.
 */
class EveryApiCrashTest {
    /** 0 in a plain build. */
    private static final int RUNS = Integer.getInteger("penstock.crash.runs", 0);

    private static final Operation[] OPERATIONS = Operation.values();
    /** As long as an abandoned request may take by this rig's settings, and a little less. */
    private static final Duration LATE = Duration.ofMillis(1500);

    /** A kill uses up six rows of an API at most, a lost answer three. */
    private static final int ROWS = 60 + (6 * CrashPoint.values().length + 3) * RUNS;

    private static CrashRig rig;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        rig = new CrashRig(folder, CrashApi.all(ROWS));
        if (RUNS > 1) {
            rig.makeStartsFaster();
        }
    }

    @AfterAll
    static void end() throws Exception {
        rig.close();
    }

    /** A kill: the statements that had come to the point, one for each API, and when it was. */
    private record Killed(Map<Attempt, Ending> stopped, long at) {}

    @Test
    void nothingIsLostOrDoneTwiceWhenANodeIsKilled() throws Exception {
        if (RUNS == 0) {
            report(
                    "AFTER_SEND, BEFORE_COMMIT",
                    List.of(kill(CrashPoint.AFTER_SEND, 0), kill(CrashPoint.BEFORE_COMMIT, 1)));
            return;
        }
        for (CrashPoint point : CrashPoint.values()) {
            List<Killed> kills = new ArrayList<>();
            for (int run = 0; run < RUNS; run++) {
                kills.add(kill(point, run));
            }
            report(point.name(), kills);
        }
    }

    private static Operation operation(int run, CrashApi api) {
        return OPERATIONS[(run + rig.apis().indexOf(api)) % OPERATIONS.length];
    }

    private static Killed kill(CrashPoint point, int run) throws Exception {
        // A request that was sent is at the API already, or gets there when its sender is dead, or nobody knows.
        boolean arrived = point == CrashPoint.AFTER_SEND && run % 3 == 0;
        boolean late = point == CrashPoint.AFTER_SEND && run % 3 == 1;
        List<String> kinds = rig.apis().stream()
                .map(api -> api.relation() + ":" + operation(run, api))
                .toList();
        if (late) {
            rig.apis()
                    .forEach(api -> api.sandbox()
                            .faults()
                            .next(
                                    api.write(operation(run, api)).match(),
                                    new Fault.Hang(LATE, Fault.Moment.BEFORE_COMMIT)));
        }
        boolean race = point == CrashPoint.AT_COMMIT;
        if (race) {
            // Some of their commits are on their way, or done, and some are not.
            rig.node().raceToCommit(1 + run % kinds.size(), kinds);
        } else {
            rig.node().stopAt(point, kinds);
        }
        // All log in first: the node may be dead before the last of them begins.
        List<Connection> clients = new ArrayList<>();
        while (clients.size() < OPERATIONS.length * rig.apis().size()) {
            clients.add(rig.client());
        }
        Iterator<Connection> next = clients.iterator();
        List<Attempt> stopped = new ArrayList<>();
        for (CrashApi api : rig.apis()) {
            stopped.add(rig.begin(api, operation(run, api), run % 2 == 0 ? 1 : 3, next.next()));
        }
        // The others are wherever they are when the node dies.
        for (int other = 1; other < OPERATIONS.length && !late; other++) {
            for (CrashApi api : rig.apis()) {
                rig.begin(api, operation(run + other, api), 1 + run % 3, next.next());
            }
        }
        if (race) {
            rig.node().awaitEnd();
        } else {
            rig.node().awaitStopped();
            if (arrived) {
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> stopped.stream().allMatch(EveryApiCrashTest::atApi));
            }
            rig.node().kill();
        }
        long at = System.currentTimeMillis();
        Map<Attempt, Ending> left = new HashMap<>();
        for (Attempt attempt : stopped) {
            assertThat(attempt.sqlState())
                    .as("what the client of a dead node is told")
                    .satisfiesAnyOf(
                            told -> assertThat(told).startsWith("08"),
                            told -> assertThat(race && told.isEmpty()).isTrue());
            left.put(attempt, rig.ending(attempt));
        }
        rig.startNode();
        return new Killed(left, at);
    }

    private static boolean atApi(Attempt attempt) {
        return attempt.effects(attempt.api().held()) > 0;
    }

    /** A line for each API, as in the table of docs/testing.md, written once everything holds. */
    private static void report(String point, List<Killed> kills) {
        List<CrashRig.Settled> all = rig.settle();
        for (CrashApi api : rig.apis()) {
            List<CrashRig.Settled> stopped = new ArrayList<>();
            long open = 0;
            double longest = 0;
            for (Killed kill : kills) {
                for (CrashRig.Settled settled : of(api, all, kill.stopped()::containsKey)) {
                    stopped.add(settled);
                    Ending left = kill.stopped().getOrDefault(settled.attempt(), Ending.NONE);
                    if (left.open()) {
                        open++;
                    }
                    if (left.open() && !settled.ending().open()) {
                        longest = Math.max(longest, settled.ending().updatedMillis() - kill.at());
                    }
                }
            }
            List<CrashRig.Settled> others = of(
                    api,
                    all,
                    attempt -> kills.stream().noneMatch(kill -> kill.stopped().containsKey(attempt)));
            print(api, point, stopped);
            System.out.printf(
                    "C-01 | %s | %s | open at the kill %d | settled after at most %.1f s | of the others %d of %d applied%n",
                    api, point, open, longest / 1000, count(others, Fate.APPLIED), others.size());
        }
    }

    private static List<CrashRig.Settled> of(CrashApi api, List<CrashRig.Settled> all, Predicate<Attempt> which) {
        return all.stream()
                .filter(settled -> settled.attempt().api() == api && which.test(settled.attempt()))
                .toList();
    }

    private static void print(CrashApi api, String point, List<CrashRig.Settled> settled) {
        System.out.printf(
                "C-01 | %s | %s | %d | %d | %d | %d | %d | %d | %d |%n",
                api,
                point,
                settled.size(),
                count(settled, Fate.APPLIED),
                count(settled, Fate.IN_PART),
                count(settled, Fate.CERTAINLY_NOT),
                count(settled, Fate.IN_DOUBT),
                count(settled, Fate.LOST),
                count(settled, Fate.DOUBLED));
    }

    private static long count(List<CrashRig.Settled> settled, Fate fate) {
        return settled.stream().filter(one -> one.fate() == fate).count();
    }

    /** Commit, then drop the connection: no node dies, and only what cannot be asked about is told to be unknown. */
    @Test
    void nothingIsLostOrDoneTwiceWhenAnswersAreLost() throws Exception {
        int runs = RUNS == 0 ? OPERATIONS.length : RUNS;
        for (int run = 0; run < runs; run++) {
            List<Attempt> attempts = new ArrayList<>();
            for (CrashApi api : rig.apis()) {
                Operation operation = operation(run, api);
                api.sandbox().faults().next(api.write(operation).match(), new Fault.Drop(Fault.Moment.AFTER_COMMIT));
                attempts.add(rig.begin(api, operation, 1 + run % 3, rig.client()));
            }
            for (Attempt attempt : attempts) {
                boolean nothingToAsk =
                        attempt.api().trait() == CrashApi.Trait.NOTHING && attempt.operation() == Operation.INSERT;
                assertThat(attempt.sqlState())
                        .as("what the client of " + attempt + " is told")
                        .isEqualTo(nothingToAsk ? "40003" : "");
            }
        }
        List<CrashRig.Settled> all = rig.settle();
        for (CrashApi api : rig.apis()) {
            print(api, "commit, then drop", of(api, all, _ -> true));
        }
    }
}
