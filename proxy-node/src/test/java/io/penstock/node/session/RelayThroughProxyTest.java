package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.NoLeaks;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.ProtocolVersion;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

/** pgjdbc, through the proxy, with everything that is no mutation of a synced table. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class RelayThroughProxyTest {
    private static TestPostgres postgres;
    private static TestProxy proxy;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start();
        proxy = TestProxy.trusting(postgres.address());
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        postgres.close();
    }

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection(proxy.url(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
    void everyQueryModeReadsAndWrites(String mode) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(proxy.url("&preferQueryMode=" + mode + "&prepareThreshold=1"));
                Statement statement = connection.createStatement()) {
            statement.execute("create temp table t (id int primary key, note text, at timestamptz, bytes bytea)");
            try (PreparedStatement insert = connection.prepareStatement("insert into t values (?, ?, now(), ?)")) {
                for (int round = 0; round < 3; round++) {
                    for (int i = 0; i < 50; i++) {
                        insert.setInt(1, round * 100 + i);
                        insert.setString(2, "note " + i);
                        insert.setBytes(3, new byte[] {1, 0, (byte) i});
                        insert.addBatch();
                    }
                    assertThat(Arrays.stream(insert.executeBatch()).sum()).isEqualTo(50);
                }
            }
            try (PreparedStatement select = connection.prepareStatement("select * from t where id >= ? order by id")) {
                for (int round = 0; round < 7; round++) {
                    select.setInt(1, 100);
                    try (ResultSet rows = select.executeQuery()) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getInt(1)).isEqualTo(100);
                        assertThat(rows.getString(2)).isEqualTo("note 0");
                        assertThat(rows.getTimestamp(3)).isNotNull();
                        assertThat(rows.getBytes(4)).containsExactly(1, 0, 0);
                    }
                }
            }
        }
    }

    @Test
    void aCursorFetchesInPortions() throws SQLException {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(7);
                int count = 0;
                try (ResultSet rows = statement.executeQuery("select generate_series(1, 100)")) {
                    while (rows.next()) {
                        count++;
                    }
                }
                assertThat(count).isEqualTo(100);
            }
            connection.commit();
        }
    }

    @Test
    void aLargeResultPasses() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("select g, repeat('x', g % 3000) from generate_series(1, 20000) g")) {
            long sum = 0;
            while (rows.next()) {
                assertThat(rows.getString(2)).hasSize(rows.getInt(1) % 3000);
                sum += rows.getInt(1);
            }
            assertThat(sum).isEqualTo(20000L * 20001 / 2);
        }
    }

    @Test
    void errorsLeaveTheConnectionInTheRightState() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("select 1/0"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("22012"));
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> statement.execute("select bogus")).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> statement.execute("select 1"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("25P02"));
            connection.rollback();
            assertThat(statement.execute("select 1")).isTrue();
        }
    }

    @Test
    void severalStatementsInOneStringGiveSeveralResults() throws SQLException {
        try (Connection connection = DriverManager.getConnection(proxy.url("&preferQueryMode=simple"));
                Statement statement = connection.createStatement()) {
            assertThat(statement.execute("create temp table m (a int); insert into m values (1), (2); select * from m"))
                    .isFalse();
            assertThat(statement.getMoreResults()).isFalse();
            assertThat(statement.getUpdateCount()).isEqualTo(2);
            assertThat(statement.getMoreResults()).isTrue();
        }
    }

    @Test
    void copyGoesBothWays() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create temp table c (a int, b text)");
            var copy = connection.unwrap(PGConnection.class).getCopyAPI();
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < 50_000; i++) {
                lines.append(i).append("\tline ").append(i).append('\n');
            }
            assertThat(copy.copyIn("copy c from stdin", new StringReader(lines.toString())))
                    .isEqualTo(50_000);
            StringWriter read = new StringWriter();
            copy.copyOut("copy (select * from c order by a) to stdout", read);
            assertThat(read.toString()).isEqualTo(lines.toString());
            assertThatThrownBy(() -> copy.copyIn("copy c from stdin", new StringReader("not a number\tx\n")))
                    .isInstanceOf(SQLException.class);
            assertThat(statement.execute("select 1")).isTrue();
        }
    }

    @Test
    void noticesAndNotificationsArrive() throws SQLException {
        try (Connection connection = connect();
                Connection other = connect();
                Statement statement = connection.createStatement();
                Statement notifying = other.createStatement()) {
            statement.execute("do $$ begin raise notice 'hello'; end $$");
            assertThat(statement.getWarnings().getMessage()).isEqualTo("hello");
            statement.execute("listen news");
            notifying.execute("notify news, 'first'");
            PGNotification[] received = connection.unwrap(PGConnection.class).getNotifications(10_000);
            assertThat(received).hasSize(1);
            assertThat(received[0].getParameter()).isEqualTo("first");
        }
    }

    @Test
    void whatAServerSaysDuringTheLoginArrives() throws Exception {
        postgres.sql(
                "create function greet() returns event_trigger language plpgsql as $$ begin raise notice 'good morning';"
                        + " end $$; create event trigger greet on login execute function greet()");
        try (RawClient client = new RawClient(proxy.port)) {
            client.send(new FrontendMessage.Startup(
                    ProtocolVersion.V3_0, Map.of("user", "postgres", "database", "postgres")));
            assertThat(client.readUntil(line -> line.startsWith("Z"))).contains("N 00000");
        } finally {
            postgres.sql("drop event trigger greet");
        }
    }

    @Test
    void largeObjectsWorkByFunctionCalls() throws SQLException {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            LargeObjectManager manager = connection.unwrap(PGConnection.class).getLargeObjectAPI();
            long id = manager.createLO();
            try (LargeObject object = manager.open(id, LargeObjectManager.READWRITE)) {
                object.write(new byte[] {1, 2, 3});
                object.seek(0);
                assertThat(object.read(10)).containsExactly(1, 2, 3);
            }
            connection.rollback();
        }
    }

    @Test
    void aCancelReachesTheRunningQuery() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                Statement other = connect().createStatement()) {
            CompletableFuture<SQLException> failed = new CompletableFuture<>();
            Thread.startVirtualThread(() -> {
                try {
                    statement.execute("select pg_sleep(30) /* cancel me */");
                } catch (SQLException error) {
                    failed.complete(error);
                }
            });
            await().until(() -> {
                try (ResultSet rows = other.executeQuery(
                        "select count(*) from pg_stat_activity where query like '%cancel' || ' me%' and state ="
                                + " 'active'")) {
                    return rows.next() && rows.getInt(1) == 1;
                }
            });
            statement.cancel();
            assertThat(failed.get().getSQLState()).isEqualTo("57014");
            assertThat(statement.execute("select 1")).isTrue();
            other.getConnection().close();
        }
    }

    @Test
    void startupParametersReachTheServer() throws SQLException {
        try (Connection connection = DriverManager.getConnection(proxy.url(
                        "&ApplicationName=penstock-here&options=-c%20geqo=off%20-c%20search_path=pg_catalog"));
                Statement statement = connection.createStatement()) {
            for (String[] expected : new String[][] {
                {"application_name", "penstock-here"}, {"geqo", "off"}, {"search_path", "pg_catalog"}
            }) {
                try (ResultSet rows = statement.executeQuery("show " + expected[0])) {
                    rows.next();
                    assertThat(rows.getString(1)).isEqualTo(expected[1]);
                }
            }
        }
    }

    @Test
    void aServerThatIsKilledIsTold() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("select pg_terminate_backend(pg_backend_pid())"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("57P01"));
        }
    }

    @Test
    void unknownDatabasesAndServersAreSaid() {
        assertThatThrownBy(() -> DriverManager.getConnection(proxy.url("").replace("/postgres?", "/elsewhere?")))
                .hasMessageContaining("database \"elsewhere\" does not exist");
        assertThatThrownBy(() -> DriverManager.getConnection(proxy.url("").replace("/postgres?", "/nowhere?")))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        error -> assertThat(error.getSQLState()).isEqualTo("08006"));
    }

    @Test
    void nothingIsLeftWhenClientsHaveGone() throws SQLException {
        for (int i = 0; i < 20; i++) {
            try (Connection connection = connect()) {
                connection.setAutoCommit(false);
                connection.createStatement().execute("select 1");
                connection.abort(Runnable::run);
            }
        }
        await().until(() -> proxy.loops.clients() == 0 && proxy.sessions.admitted() == 0);
        await().until(() ->
                proxy.pools.counters().given() == proxy.pools.counters().givenBack());
        assertThat(postgres.single(
                        "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <>"
                                + " pg_backend_pid() and state <> 'idle'"))
                .as("what is left of them in the pool is nobody's")
                .isEqualTo("0");
    }
}
