package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.config.ClientTimeouts;
import io.penstock.config.PoolSettings;
import io.penstock.config.PoolSettings.Mode;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.NoLeaks;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that keep others waiting are disconnected, in both modes, and leave nothing behind. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ClientTimeoutsTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    private static TestPostgres postgres;
    private @Nullable TestProxy proxy;

    @BeforeAll
    static void start() throws SQLException {
        postgres = TestPostgres.start();
        postgres.sql("create table kept (id int)");
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @AfterEach
    void close() throws Exception {
        if (proxy != null) {
            proxy.close();
        }
    }

    private TestProxy limited(Mode mode, ClientTimeouts timeouts) {
        TestProxy started =
                TestProxy.pooling(postgres.address(), new PoolSettings(mode, 1, Duration.ofSeconds(20)).with(timeouts));
        proxy = started;
        return started;
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    /** Not before the client is gone from the node: what it asks then only finds the end. */
    private static void awaitGone(TestProxy from) {
        await().untilAsserted(() -> assertThat(from.sessions.admitted()).isZero());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void whoDoesNothingIsDisconnected(Mode mode) throws SQLException {
        TestProxy idle = limited(mode, new ClientTimeouts(SHORT, null, null));
        try (Connection client = DriverManager.getConnection(idle.url(""))) {
            one(client, "select 1");
            awaitGone(idle);

            assertThatThrownBy(() -> one(client, "select 2"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("57P05"));
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void whoGoesOnAskingStaysAndSoDoesWhoWaitsForAnAnswer(Mode mode) throws SQLException {
        TestProxy idle = limited(mode, new ClientTimeouts(SHORT, SHORT, null));
        try (Connection client = DriverManager.getConnection(idle.url(""))) {
            for (int i = 0; i < 8; i++) {
                assertThat(one(client, "select pg_sleep(0.1), 'still here'")).isEmpty();
            }
            client.setAutoCommit(false);
            assertThat(one(client, "select pg_sleep(0.9)")).isEmpty();
            client.rollback();
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aTransactionThatIsLeftOpenIsRolledBackBeforeTheServerIsUsedAgain(Mode mode) throws SQLException {
        TestProxy idle = limited(mode, new ClientTimeouts(null, SHORT, null));
        try (Connection client = DriverManager.getConnection(idle.url(""))) {
            client.setAutoCommit(false);
            String server = one(client, "select pg_backend_pid()");
            try (Statement statement = client.createStatement()) {
                statement.execute("insert into kept values (1)");
                statement.execute("lock table kept");
                statement.execute("set work_mem = '77MB'");
            }
            try (Connection next = DriverManager.getConnection(idle.url(""))) {
                assertThat(one(next, "select pg_backend_pid()")).isEqualTo(server);
                assertThat(one(next, "select count(*) from kept")).isEqualTo("0");
                assertThat(one(next, "show work_mem")).isEqualTo("4MB");
            }
            assertThatThrownBy(() -> one(client, "select 2"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("25P03"));
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aFailedTransactionIsLeftOpenToo(Mode mode) throws SQLException {
        TestProxy idle = limited(mode, new ClientTimeouts(null, SHORT, null));
        try (Connection client = DriverManager.getConnection(idle.url(""))) {
            client.setAutoCommit(false);
            assertThatThrownBy(() -> one(client, "select 1/0")).isInstanceOf(SQLException.class);
            awaitGone(idle);

            assertThatThrownBy(() -> one(client, "select 2"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("25P03"));
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aQueryThatTakesTooLongEndsAtItsServer(Mode mode) throws SQLException {
        TestProxy limited = limited(mode, new ClientTimeouts(null, null, SHORT));
        try (Connection client = DriverManager.getConnection(limited.url(""))) {
            assertThatThrownBy(() -> one(client, "select pg_sleep(50)"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("08006"));
        }
        try (Connection next = DriverManager.getConnection(limited.url(""))) {
            await().untilAsserted(() -> assertThat(one(
                            next,
                            "select count(*) from pg_stat_activity where query = 'select pg_sleep(50)'"
                                    + " and state = 'active'"))
                    .isEqualTo("0"));
        }
    }
}
