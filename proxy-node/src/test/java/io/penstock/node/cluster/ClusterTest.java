package io.penstock.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.sandbox.server.ReceivedRequest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Limits and tokens of several nodes in processes of their own, by what the API counts (catalogue K-04, K-05, K-07). A plain build has two nodes whose
 * token ends; {@code -Pcluster} has three, and looks at the limits as well, which it takes an idle machine for: a process that stands still between
 * its permit and its call makes that call in a later window.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterTest {
    /** 0 in a plain build. */
    private static final int NODES = Integer.getInteger("penstock.cluster.nodes", 0);

    private static final int WINDOWS = 10;
    private static final int STATEMENTS = NODES == 0 ? 200 : 1_000;
    /** How many calls after the owner's death are worth a look. */
    private static final int AFTERWARDS = 2 * ClusterRig.LIMIT;

    private static final int CLIENTS = 20;
    /** Longer than it takes until a dead node is given up and its limiter, begun elsewhere, grants again. */
    private static final Duration MOVE = Duration.ofSeconds(60);

    private static ClusterRig rig;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        rig = new ClusterRig(folder, NODES == 0 ? 2 : NODES);
    }

    @AfterAll
    static void end() throws Exception {
        rig.close();
    }

    /** K-07. */
    @Test
    @Order(1)
    void aTokenThatEndsIsRefreshedOnceHoweverManyWaitForIt() throws Exception {
        statements(10 * rig.size());
        Instant mark = Instant.now();
        rig.salesforce().latency(Duration.ofMillis(100));
        rig.salesforce().expireTokens();
        statements(STATEMENTS);
        rig.salesforce().latency(Duration.ZERO);

        Arrivals arrivals = Arrivals.since(rig.salesforce(), mark);
        List<ReceivedRequest> refreshes = arrivals.requests().stream()
                .filter(request -> request.path().endsWith("/oauth2/token"))
                .toList();
        long ended = arrivals.requests().stream()
                .filter(request -> request.status() == 401)
                .count();
        System.out.printf(
                "K-07 | %d nodes | %d statements | %d requests with the ended token | %d refreshes | 0 refused |%n",
                rig.size(), STATEMENTS, ended, refreshes.size());
        assertThat(refreshes)
                .singleElement()
                .satisfies(refresh -> assertThat(refresh.status()).isEqualTo(200));
        assertThat(ended).as("it was in use on every node").isGreaterThanOrEqualTo(rig.size());
    }

    /** All must be done. */
    private static void statements(int count) throws Exception {
        int each = CLIENTS * rig.size();
        List<Callable<Integer>> clients = new ArrayList<>();
        for (int client = 0; client < each; client++) {
            int node = client % rig.size();
            int own = count / each + (client < count % each ? 1 : 0);
            clients.add(() -> {
                try (Connection connection = rig.client(node);
                        Statement statement = connection.createStatement()) {
                    for (int i = 0; i < own; i++) {
                        statement.execute(
                                "insert into salesforce.contacts (last_name) values ('Stampede') returning id");
                    }
                }
                return own;
            });
        }
        int done = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> client : threads.invokeAll(clients)) {
                done += client.get();
            }
        }
        assertThat(done).isEqualTo(count);
    }

    /** K-05. */
    @Test
    @Order(2)
    @EnabledIfSystemProperty(named = "penstock.cluster.nodes", matches = "[2-9]", disabledReason = "-Pcluster")
    void noWindowHoldsMoreThanTheLimitAlsoWhenTheOwnerOfTheLimiterIsKilled() throws Exception {
        warm();
        quiet();
        Instant mark = Instant.now();
        int owner;
        Instant killed;
        try (Load load = new Load(rig, CLIENTS)) {
            await().atMost(Duration.ofMinutes(5))
                    .until(() -> Arrivals.since(rig.stripe(), mark).count() > WINDOWS * ClusterRig.LIMIT);
            owner = rig.limiter("stripe");
            rig.node(owner).kill();
            killed = Instant.now();
            Instant after = killed;
            await().atMost(MOVE)
                    .until(() ->
                            Arrivals.since(rig.stripe(), after.plusSeconds(1)).count() > AFTERWARDS);
        }
        Arrivals all = Arrivals.since(rig.stripe(), mark);
        Arrivals before = all.before(killed);
        Instant again = Arrivals.since(rig.stripe(), killed.plusSeconds(1)).time(0);
        System.out.printf(
                "K-05 | %d nodes | limit %d in %d s | most in any window %d, before the owner was killed %d | use %.1f %% | served again after %.1f s |%n",
                rig.size(),
                ClusterRig.LIMIT,
                ClusterRig.WINDOW.toSeconds(),
                all.mostIn(ClusterRig.WINDOW),
                before.mostIn(ClusterRig.WINDOW),
                100 * before.use(ClusterRig.LIMIT, ClusterRig.WINDOW),
                Duration.between(killed, again).toMillis() / 1000.0);
        assertThat(all.mostIn(ClusterRig.WINDOW)).isLessThanOrEqualTo(ClusterRig.LIMIT);
        assertThat(before.use(ClusterRig.LIMIT, ClusterRig.WINDOW)).isGreaterThanOrEqualTo(0.95);
        rig.startAgain(owner);
    }

    /** K-04. */
    @Test
    @Order(3)
    @EnabledIfSystemProperty(named = "penstock.cluster.nodes", matches = "[3-9]", disabledReason = "-Pcluster")
    void anOwnerThatStoodStillMakesNoCallsWhenItWakes() throws Exception {
        warm();
        quiet();
        Instant mark = Instant.now();
        long epoch = epoch();
        int owner;
        Instant woken;
        try (Load load = new Load(rig, CLIENTS)) {
            await().atMost(MOVE).until(() -> Arrivals.since(rig.stripe(), mark).count() > ClusterRig.LIMIT);
            owner = rig.limiter("stripe");
            rig.node(owner).pause();
            Instant paused = Instant.now();
            await().atMost(Duration.ofMinutes(2)).until(() -> Instant.now().isAfter(paused.plusSeconds(30)));
            assertThat(Arrivals.since(rig.stripe(), paused.plusSeconds(1)).count())
                    .as("the others go on meanwhile")
                    .isPositive();
            rig.node(owner).resume();
            woken = Instant.now();
            assertThat(rig.node(owner).awaitEnd())
                    .as("it was given up, and knows it")
                    .isEqualTo(3);
            Instant after = Instant.now();
            await().atMost(MOVE).until(() -> Arrivals.since(rig.stripe(), after).count() > 2 * ClusterRig.LIMIT);
        }
        Arrivals all = Arrivals.since(rig.stripe(), mark);
        int stale = (int) Arrivals.since(rig.stripe(), woken).requests().stream()
                .filter(request -> request.bodyText().contains(Load.mark(owner)))
                .count();
        System.out.printf(
                "K-04 | %d nodes | owner stood still for 30 s | epoch %d, then %d | calls of the old owner after it woke %d | most in any window %d of %d |%n",
                rig.size(), epoch, epoch(), stale, all.mostIn(ClusterRig.WINDOW), ClusterRig.LIMIT);
        assertThat(stale).isZero();
        assertThat(epoch()).isGreaterThan(epoch);
        assertThat(all.mostIn(ClusterRig.WINDOW)).isLessThanOrEqualTo(ClusterRig.LIMIT);
        rig.startAgain(owner);
        try (Connection client = rig.client(owner);
                Statement statement = client.createStatement()) {
            statement.execute("insert into stripe.customers (name) values ('Back') returning id");
        }
    }

    private static long epoch() throws Exception {
        return rig.number("select epoch from penstock.limiters where account = 'stripe'");
    }

    /** The first calls of a node find no connection and code that has never run: they would be longer on their way than a permit leaves time for. */
    private static void warm() throws InterruptedException {
        Instant mark = Instant.now();
        try (Load load = new Load(rig, CLIENTS)) {
            await().atMost(MOVE).until(() -> Arrivals.since(rig.stripe(), mark).count() > ClusterRig.LIMIT);
        }
    }

    /** Until nothing of earlier is in the windows. */
    private static void quiet() {
        Instant began = Instant.now();
        await().atMost(Duration.ofMinutes(1))
                .until(() -> Arrivals.since(rig.stripe(), Instant.now().minus(ClusterRig.WINDOW.multipliedBy(2)))
                                        .count()
                                == 0
                        && Instant.now().isAfter(began));
    }
}
