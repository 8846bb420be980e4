package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.Fault.Moment;
import io.penstock.sandbox.server.FaultMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A thousand random statements of eight pgjdbc clients, half of them on rows that others change too: afterwards API, table and journal agree row by
 * row, and with what each client was told. {@code -Dpenstock.random.seed} repeats a run.
 */
class RandomRunTest {
    private static final long SEED = Long.getLong("penstock.random.seed", 20261121L);
    private static final int STATEMENTS = Integer.getInteger("penstock.random.statements", 1_000);

    private static final List<String[]> MODES = List.of(
            new String[] {"preferQueryMode", "simple"},
            new String[] {"preferQueryMode", "extended"},
            new String[] {"preferQueryMode", "extendedForPrepared"},
            new String[] {"preferQueryMode", "extendedCacheEverything"},
            new String[] {"prepareThreshold", "-1"},
            new String[] {"prepareThreshold", "2"},
            new String[] {"prepareThreshold", "1", "binaryTransfer", "true"},
            new String[] {"preferQueryMode", "extended", "sslmode", "disable"});

    /** A statement whose answer is lost for good waits five seconds for it to be found. */
    private static final int FAULTS = 30;

    private static final FaultMatch WRITE = FaultMatch.path("/composite");

    @Test
    void apiTableAndJournalAgreeAfterAThousandRandomStatements() throws Exception {
        try (PenstockFixture penstock = PenstockFixture.start("60s")) {
            prepare(penstock);
            long mark = penstock.mark();
            RandomTally tally = runAll(penstock, false);
            System.out.println("random run, seed " + SEED + ": " + tally);

            assertThat(tally.accepted).as("mutations that the API accepted").isGreaterThan(STATEMENTS / 4);
            agree(penstock);
            assertThat(states(penstock))
                    .as("seed %s: one entry for each request", SEED)
                    .containsExactlyInAnyOrder(
                            List.of("APPLIED", String.valueOf(tally.accepted)),
                            List.of("REJECTED", String.valueOf(tally.rejected)));
            assertThat(penstock.requests(mark).stream().filter(ApiRequest::writes))
                    .as("seed %s: one request for each entry", SEED)
                    .hasSize(tally.accepted + tally.rejected);
            assertThat(score(penstock)).as("seed %s: no update is lost", SEED).isEqualTo(tally.bumps);
            assertThat(count(penstock, "salesforce.contacts where department = '" + RandomClient.PREY + "'"))
                    .as("seed %s: no row is deleted twice", SEED)
                    .isEqualTo(prey() - tally.eaten);
            assertThat(count(penstock, "public.orders")).as("seed %s", SEED).isEqualTo(tally.orders);
        }
    }

    @Test
    void apiTableAndJournalAgreeOnceRecoveryHasResolvedWhatFaultsLeft() throws Exception {
        try (PenstockFixture penstock = PenstockFixture.startWithTimeouts("request = 1s, server = 2s")) {
            prepare(penstock);
            RandomTally tally = runAll(penstock, true);
            System.out.println("random run with faults, seed " + SEED + ": " + tally);

            penstock.sandbox().faults().clear();
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(penstock.agreement().unfinished())
                            .as("seed %s: entries that recovery has not resolved", SEED)
                            .isEmpty());
            agree(penstock);
            int resolved = tally.unknown.isEmpty()
                    ? 0
                    : count(
                            penstock,
                            "penstock.mutation_journal where state = 'APPLIED' and id::text in ('"
                                    + String.join("', '", tally.unknown) + "')");
            assertThat(count(penstock, "penstock.mutation_journal where state = 'APPLIED'"))
                    .as("seed %s: applied is what a client was told, or was told to be unknown", SEED)
                    .isEqualTo(tally.accepted + resolved);
            assertThat(penstock.stored("select last_name from salesforce.contacts where department like 'Random %'"
                            + " group by last_name having count(*) > 1"))
                    .as("seed %s: nothing is done twice", SEED)
                    .isEmpty();
            assertThat(count(penstock, "public.orders")).as("seed %s", SEED).isEqualTo(tally.orders);
        }
    }

    private static void prepare(PenstockFixture penstock) throws Exception {
        penstock.superuser("create unique index accounts_number on salesforce.accounts (customer_number)");
        try (var connection = penstock.jdbc();
                var statement = connection.createStatement()) {
            statement.execute("insert into salesforce.contacts (last_name, department, score)"
                    + " select 'Shared ' || n, '" + RandomClient.SHARED + "', 0 from generate_series(1, 5) n");
            statement.execute("insert into salesforce.contacts (last_name, department)" + " select 'Prey ' || n, '"
                    + RandomClient.PREY + "' from generate_series(1, " + prey() + ") n");
        }
        penstock.superuser("delete from penstock.mutation_journal");
    }

    private static int prey() {
        return 50;
    }

    private static RandomTally runAll(PenstockFixture penstock, boolean faults) throws Exception {
        RandomTally all = new RandomTally();
        List<RandomClient> clients = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<RandomTally>> running = new ArrayList<>();
            for (int n = 0; n < MODES.size(); n++) {
                RandomClient client = new RandomClient(penstock.jdbc(MODES.get(n)), n, SEED, faults);
                clients.add(client);
                running.add(threads.submit(() -> client.run((faults ? STATEMENTS / 3 : STATEMENTS) / MODES.size())));
            }
            if (faults) {
                plague(penstock, running);
            }
            AssertionError first = null;
            for (Future<RandomTally> client : running) {
                try {
                    all.add(client.get());
                } catch (ExecutionException failed) {
                    AssertionError error = new AssertionError("seed " + SEED, failed.getCause());
                    if (first == null) {
                        first = error;
                    } else {
                        first.addSuppressed(error);
                    }
                }
            }
            if (first != null) {
                throw first;
            }
        } finally {
            for (RandomClient client : clients) {
                client.close();
            }
        }
        return all;
    }

    /** Lets one fault after another wait for a request until the clients are done. */
    private static void plague(PenstockFixture penstock, List<? extends Future<?>> running) {
        Random random = new Random(SEED);
        AtomicInteger left = new AtomicInteger(FAULTS);
        await().atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    if (penstock.sandbox().faults().waiting() == 0 && left.getAndDecrement() > 0) {
                        if (random.nextInt(10) == 0) {
                            penstock.sandbox().expireTokens();
                        } else {
                            penstock.sandbox().faults().next(WRITE, fault(random));
                        }
                    }
                    return running.stream().allMatch(Future::isDone);
                });
    }

    private static Fault fault(Random random) {
        return switch (random.nextInt(13)) {
            case 0 -> new Fault.Status(429, Moment.BEFORE_COMMIT);
            case 1 -> new Fault.Status(503, Moment.BEFORE_COMMIT);
            case 2 -> new Fault.Status(500, Moment.AFTER_COMMIT);
            case 3 -> new Fault.Status(504, Moment.AFTER_COMMIT);
            case 4 -> new Fault.Drop(Moment.BEFORE_COMMIT);
            case 5 -> new Fault.Drop(Moment.AFTER_COMMIT);
            case 6 -> new Fault.Reset(Moment.AFTER_COMMIT);
            case 7 -> new Fault.HalfBody();
            case 8 -> new Fault.HtmlPage();
            case 9 -> new Fault.InvalidJson();
            case 10 -> new Fault.Latency(Duration.ofMillis(300));
            case 11 -> new Fault.Hang(Duration.ofMillis(1500), Moment.BEFORE_COMMIT);
            default -> new Fault.RefuseRecords("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access");
        };
    }

    /** API and table hold the same rows, no entry is open, and no server connection has a transaction open. */
    private static void agree(PenstockFixture penstock) {
        assertThat(penstock.agreement().differences()).as("seed %s", SEED).isEmpty();
        assertThat(penstock.agreement().unfinished()).as("seed %s", SEED).isEmpty();
        await().untilAsserted(() -> assertThat(penstock.stored("select pid, usename, state, query from pg_stat_activity"
                        + " where datname = 'contract' and pid <> pg_backend_pid() and xact_start is not null"))
                .as("seed %s: server connections with a transaction", SEED)
                .isEmpty());
    }

    private static List<List<@Nullable String>> states(PenstockFixture penstock) {
        return penstock.stored("select state, count(*) from penstock.mutation_journal group by state");
    }

    private static int score(PenstockFixture penstock) {
        return Integer.parseInt(
                String.valueOf(penstock.stored("select sum(score)::int from salesforce.contacts where department = '"
                                + RandomClient.SHARED + "'")
                        .getFirst()
                        .getFirst()));
    }

    private static int count(PenstockFixture penstock, String from) {
        return Integer.parseInt(String.valueOf(
                penstock.stored("select count(*) from " + from).getFirst().getFirst()));
    }
}
