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
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a pool refuses, and what it does not keep. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class PoolLimitsTest {
    private static TestPostgres postgres;

    @BeforeAll
    static void start() throws SQLException {
        postgres = TestPostgres.start();
        postgres.sql("create role visitor login");
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void inTransactionModeAClientIsRefusedThatWaitsForATransactionOfAnotherTooLong() throws Exception {
        PoolSettings one = new PoolSettings(Mode.TRANSACTION, 1, Duration.ofMillis(300));
        try (TestProxy proxy = TestProxy.pooling(postgres.address(), one);
                Connection first = DriverManager.getConnection(proxy.url(""));
                Connection second = DriverManager.getConnection(proxy.url(""))) {
            run(second, "select 'both are here'");
            first.setAutoCommit(false);
            run(first, "select 1");

            assertThatThrownBy(() -> run(second, "select 2")).isInstanceOfSatisfying(SQLException.class, error -> {
                assertThat(error.getSQLState()).isEqualTo("53300");
                assertThat(error.getMessage()).startsWith("FATAL");
            });

            run(first, "select 3");
            first.commit();
            try (Connection third = DriverManager.getConnection(proxy.url(""))) {
                run(third, "select 'the line goes on'");
            }
            assertThat(proxy.pools.counters().waiting()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void thePoolOfAUserWhoIsGoneIsForgottenWhenItsConnectionsAre(Mode mode) throws Exception {
        PoolSettings brief = new PoolSettings(
                mode,
                3,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                Duration.ofMillis(300),
                ClientTimeouts.NONE,
                1 << 20);
        try (TestProxy proxy = TestProxy.pooling(postgres.address(), brief)) {
            Connection stays = DriverManager.getConnection(proxy.url(""));
            run(stays, "select 1");
            try (Connection leaves =
                    DriverManager.getConnection(proxy.url("").replace("user=postgres", "user=visitor"))) {
                run(leaves, "select pg_advisory_lock(1)");
                assertThat(proxy.pools.size()).isEqualTo(2);
            }
            for (int i = 0; i < 20; i++) {
                String nobody = proxy.url("").replace("user=postgres", "user=nobody" + i);
                assertThatThrownBy(() -> DriverManager.getConnection(nobody)).isInstanceOf(SQLException.class);
            }

            await().untilAsserted(() -> assertThat(proxy.pools.size()).isEqualTo(1));

            run(stays, "select 2"); // in transaction mode its server has been closed long ago, and the pool is there
            assertThat(proxy.pools.size()).isEqualTo(1);
            stays.close();
            await().untilAsserted(() -> assertThat(proxy.pools.size()).isZero());
            assertThat(proxy.pools.counters().given())
                    .isPositive()
                    .isEqualTo(proxy.pools.counters().givenBack());
        }
    }
}
