package io.penstock.node.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.config.PoolSettings.Mode;
import io.penstock.node.clients.ScriptedClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mixed load in both modes while clients are killed in every state, and what is left of it: some seconds here, ten minutes in the profile
 * {@code soak}.
 *
 * <p>The start is what the node holds after a warm-up under the same load: before it, classes are missing, pools of threads and the
 * allocator's chunks are empty. What grows with the load would still grow after it.
 */
@Timeout(1_200)
class SoakTest {
    private static final int SECONDS = Integer.getInteger("penstock.soak.seconds", 6);
    private static final long SEED = Long.getLong("penstock.soak.seed", 20261121L);

    /** Compiled code's data and caches that fill by and by. A session's leak of 1 KiB would come to 50 MiB in the long run. */
    private static final long HEAP = 8L << 20;
    /** The allocator keeps its chunks by thread and size and takes more where the load happens to need them at the same time. */
    private static final long DIRECT = 32L << 20;
    /** Connections to the API that are kept for the next request. */
    private static final long DESCRIPTORS = 8;

    @TempDir
    private Path folder;

    @Test
    void nothingIsLeftOfClientsThatAreKilled() throws Exception {
        Path pgbench = pgbench();
        try (SoakRig rig = new SoakRig(folder)) {
            if (pgbench != null) {
                for (Mode mode : Mode.values()) {
                    fill(rig, mode);
                }
            }
            new SoakLoad(rig, pgbench).run(Math.max(4, SECONDS / 10), SEED + 1);
            Held before = settle(rig);
            SoakLoad load = new SoakLoad(rig, pgbench);
            load.run(SECONDS, SEED);
            Held after = settle(rig);

            System.out.println(
                    "soak of " + SECONDS + " s, seed " + SEED + (pgbench == null ? ", no pgbench on the path" : "")
                            + "\n  before " + before + "\n  after  " + after + "\n  done   " + load.done());
            assertThat(load.failures()).isEmpty();
            assertThat(load.done())
                    .containsKeys(
                            "deaths, session",
                            "deaths, transaction",
                            "transfers, session",
                            "transfers, transaction",
                            "mutated rows, session",
                            "mutated rows, transaction");
            assertThat(after.given()).isGreaterThan(before.given()).isEqualTo(after.back());
            assertThat(after.heap()).as("heap").isLessThan(before.heap() + HEAP);
            assertThat(after.direct()).as("direct memory").isLessThan(before.direct() + DIRECT);
            assertThat(after.descriptors()).as("descriptors").isLessThanOrEqualTo(before.descriptors() + DESCRIPTORS);
            for (Mode mode : Mode.values()) {
                booksAreRight(rig, mode, pgbench != null);
            }
        }
    }

    /** Waits until clients, servers and the journal are at rest. */
    private static Held settle(SoakRig rig) {
        for (Mode mode : Mode.values()) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> rig.single(
                                    mode,
                                    "select count(*) from penstock.journal where state in"
                                            + " ('INTENT', 'ACCEPTED', 'IN_DOUBT', 'PARKED')")
                            .equals("0"));
        }
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(rig.measure()).matches(Held::atRest, "at rest"));
        try {
            return rig.measure();
        } catch (java.io.IOException gone) {
            throw new IllegalStateException(gone);
        }
    }

    /** What Postgres and the API hold afterwards, whoever was killed when. */
    private static void booksAreRight(SoakRig rig, Mode mode, boolean pgbench) {
        assertThat(rig.single(mode, "select sum(balance) from accounts"))
                .as("accounts")
                .isEqualTo(rig.single(mode, "select coalesce(sum(delta), 0) from history"));
        if (pgbench) {
            assertThat(rig.query(mode, "select sum(abalance) from pgbench_accounts"))
                    .as("pgbench's accounts")
                    .isEqualTo(rig.query(mode, "select coalesce(sum(delta), 0) from pgbench_history"))
                    .isEqualTo(rig.query(mode, "select sum(bbalance) from pgbench_branches"));
        }
        assertThat(rig.disagreements(mode)).as("API and table").isEmpty();
        assertThat(rig.single(mode, "select count(*) from pg_stat_activity where state like 'idle in transaction%'"))
                .isEqualTo("0");
        assertThat(rig.single(mode, "select count(*) from pg_locks where locktype = 'advisory' and classid = 0"))
                .isEqualTo("0");
    }

    private static @Nullable Path pgbench() {
        var found = ScriptedClient.onPath("pgbench");
        return found.isEmpty() ? null : found.getFirst();
    }

    private static void fill(SoakRig rig, Mode mode) throws Exception {
        Process process = new ProcessBuilder(
                        "pgbench",
                        "-i",
                        "-q",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(rig.port()),
                        "-U",
                        "postgres",
                        SoakRig.database(mode))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
