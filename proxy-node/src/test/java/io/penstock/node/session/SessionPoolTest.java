package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.config.PoolSettings;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.NoLeaks;
import io.penstock.protocol.message.FrontendMessage.Query;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Session mode: a server connection is used again, by one client after the other, and nothing is left in it. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class SessionPoolTest {
    private static TestPostgres postgres;
    private TestProxy proxy = proxy(1);

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start();
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @AfterEach
    void close() throws Exception {
        proxy.close();
    }

    private static TestProxy proxy(int size) {
        return TestProxy.pooling(
                postgres.address(), new PoolSettings(PoolSettings.Mode.SESSION, size, Duration.ofSeconds(2)));
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(proxy.url(""));
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    @Test
    void theNextClientGetsTheServerOfTheLastOneAsIfItWereNew() throws SQLException {
        String pid;
        try (Connection first = connect();
                Statement statement = first.createStatement()) {
            pid = one(first, "select pg_backend_pid()");
            statement.execute("create temp table mine (id int)");
            statement.execute("set work_mem = '77MB'");
            statement.execute("set timezone = 'Asia/Tokyo'");
            statement.execute("prepare mine as select 1");
            statement.execute("listen mine");
            statement.execute("select pg_advisory_lock(42)");
        }
        try (Connection second = connect()) {
            assertThat(one(second, "select pg_backend_pid()")).isEqualTo(pid);
            assertThat(one(second, "show work_mem")).isNotEqualTo("77MB");
            assertThat(one(second, "show timezone")).isNotEqualTo("Asia/Tokyo");
            assertThat(one(second, "select to_regclass('pg_temp.mine')")).isEqualTo("null");
            assertThat(one(second, "select count(*) from pg_prepared_statements"))
                    .isEqualTo("0");
            assertThat(one(second, "select count(*) from pg_listening_channels()"))
                    .isEqualTo("0");
            assertThat(one(second, "select count(*) from pg_locks where locktype = 'advisory'"))
                    .isEqualTo("0");
        }
        assertThat(proxy.pools.counters().opened()).isEqualTo(1);
    }

    /** What psycopg's tests ask: "skip my own" by {@code pid == conn.info.backend_pid}, and pg_terminate_backend of a pid that the driver knows. */
    @Test
    void aDriverKnowsItsServerByTheIdThatPostgresKnowsItBy() throws Exception {
        try (RawClient client = RawClient.loggedIn(proxy.port)) {
            client.send(new Query("select pg_backend_pid()"));
            assertThat(client.readUntil(line -> line.startsWith("Z")))
                    .contains("D [" + client.key().processId() + "]");
            client.send(new Query("listen mine; notify mine, 'hello'"));
            assertThat(client.readUntil(line -> line.startsWith("Z"))).contains("A own mine hello");
            postgres.sql("select pg_terminate_backend(" + client.key().processId() + ")");
            assertThat(client.readUntil(line -> line.equals("end"))).anyMatch(line -> line.startsWith("E FATAL 57P01"));
        }
    }

    @Test
    void theTransactionOfAClientThatVanishedIsRolledBackBeforeReuse() throws Exception {
        postgres.sql("create table if not exists vanished (id int)");
        RawClient client = RawClient.loggedIn(proxy.port);
        client.send(new Query("begin"), new Query("insert into vanished values (1)"));
        client.readUntil(line -> line.startsWith("Z"));
        client.readUntil(line -> line.startsWith("Z"));
        client.close();

        try (RawClient next = RawClient.loggedIn(proxy.port)) {
            next.send(new Query("select txid_current_if_assigned() is null"));
            assertThat(next.readUntil(line -> line.startsWith("Z")))
                    .anyMatch(line -> line.startsWith("D") && line.contains("t"))
                    .last()
                    .asString()
                    .contains("I");
        }
        assertThat(proxy.pools.counters().opened()).isEqualTo(1);
        assertThat(postgres.single("select count(*) from vanished")).isEqualTo("0");
    }

    @Test
    void aServerThatStillWorksForAClientThatVanishedIsNotReused() throws Exception {
        RawClient client = RawClient.loggedIn(proxy.port);
        client.send(new Query("select pg_sleep(3)"));
        client.reset();

        try (Connection next = connect()) {
            assertThat(one(next, "select 1")).isEqualTo("1");
        }
        assertThat(proxy.pools.counters().opened()).isEqualTo(2);
    }

    @Test
    void aClientWithoutServerWaitsAndIsRefusedInTheEnd() throws Exception {
        try (Connection first = connect()) {
            CompletableFuture<String> second = CompletableFuture.supplyAsync(() -> {
                try (Connection waiting = connect()) {
                    return one(waiting, "select 'served'");
                } catch (SQLException refused) {
                    return String.valueOf(refused.getSQLState());
                }
            });
            await().untilAsserted(
                            () -> assertThat(proxy.pools.counters().waiting()).isEqualTo(1));
            first.close();
            assertThat(second.get()).isEqualTo("served");
        }
        try (Connection first = connect()) {
            assertThat(one(first, "select 1")).isEqualTo("1");
            assertThatThrownBy(this::connect)
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            failure -> assertThat(failure.getSQLState()).isEqualTo("53300"));
        }
    }

    @Test
    void aClientThatLeavesTheLineTakesNothingWithIt() throws Exception {
        try (Connection first = connect()) {
            RawClient waiting = RawClient.knocking(proxy.port);
            await().untilAsserted(
                            () -> assertThat(proxy.pools.counters().waiting()).isEqualTo(1));
            waiting.close();
            await().untilAsserted(
                            () -> assertThat(proxy.pools.counters().waiting()).isZero());
            assertThat(one(first, "select 1")).isEqualTo("1");
        }
        try (Connection next = connect()) {
            assertThat(one(next, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void aConnectionMovesToTheLoopOfItsNextClient() throws Exception {
        List<String> pids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            try (Connection client = connect()) {
                pids.add(one(client, "select pg_backend_pid()"));
                assertThat(one(client, "select count(*) from generate_series(1, 100000)"))
                        .isEqualTo("100000");
            }
        }

        assertThat(pids).containsOnly(pids.getFirst());
        assertThat(proxy.pools.counters().moved()).isPositive();
    }

    @Test
    void aServerThatDiedInThePoolIsNotGivenToAnybody() throws Exception {
        String pid;
        try (Connection first = connect()) {
            pid = one(first, "select pg_backend_pid()");
        }
        await().untilAsserted(() -> assertThat(proxy.pools.counters().idle()).isEqualTo(1));
        postgres.sql("select pg_terminate_backend(" + pid + ")");
        await().untilAsserted(() -> assertThat(proxy.pools.counters().open()).isZero());

        try (Connection second = connect()) {
            assertThat(one(second, "select pg_backend_pid()")).isNotEqualTo(pid);
        }
    }

    @Test
    void whatIsGivenComesBack() throws Exception {
        for (int i = 0; i < 10; i++) {
            try (Connection client = connect()) {
                one(client, "select 1");
            }
        }

        await().untilAsserted(() -> assertThat(proxy.pools.counters().givenBack())
                .isEqualTo(proxy.pools.counters().given())
                .isEqualTo(10));
    }
}
