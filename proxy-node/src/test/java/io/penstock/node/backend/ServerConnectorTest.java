package io.penstock.node.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.node.backend.ServerFailure.LoginRefused;
import io.penstock.node.backend.ServerFailure.Unreachable;
import io.penstock.node.transport.IoKind;
import io.penstock.node.transport.NoLeaks;
import io.penstock.node.transport.TestLoops;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logging in to a real Postgres by each method, and to servers that are none. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ServerConnectorTest {
    private static TestPostgres postgres;
    private static TestLoops loops;
    private static ServerConnector connector;

    @BeforeAll
    static void start() throws Exception {
        postgres = TestPostgres.start();
        loops = TestLoops.start(IoKind.automatic());
        connector = new ServerConnector(loops.loops, Duration.ofSeconds(5), Duration.ofSeconds(5));
        postgres.sql("SET password_encryption = 'md5'; CREATE ROLE by_md5 LOGIN PASSWORD 'spice'");
        postgres.sql("CREATE ROLE by_password LOGIN PASSWORD 'spice'; CREATE ROLE by_scram LOGIN PASSWORD 'spice';"
                + " CREATE ROLE nobody NOLOGIN");
        postgres.hba("""
            host all by_md5      all md5
            host all by_password all password
            host all by_scram    all scram-sha-256\
            """);
    }

    @AfterAll
    static void stop() throws Exception {
        loops.close();
        postgres.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"by_md5", "by_password", "by_scram"})
    void passwordLogsInByWhateverTheServerAsksFor(String user) throws Exception {
        ServerConnection connection = open(postgres.login(user, new Credentials.Password("spice")));
        assertThat(get(connection.run(Statements.query("SELECT session_user"))).single())
                .isEqualTo(user);
        connection.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"by_md5", "by_password", "by_scram"})
    void wrongPasswordIsRefusedInTheServersWords(String user) {
        assertThatThrownBy(() -> open(postgres.login(user, new Credentials.Password("worm"))))
                .cause()
                .isInstanceOfSatisfying(LoginRefused.class, refused -> {
                    assertThat(refused.error().sqlState()).isEqualTo("28P01");
                    assertThat(refused.error().message())
                            .isEqualTo("password authentication failed for user \"" + user + "\"");
                });
    }

    @Test
    void missingPasswordIsSaid() {
        assertThatThrownBy(() -> open(postgres.login("by_scram", new Credentials.None())))
                .cause()
                .isInstanceOfSatisfying(
                        LoginRefused.class,
                        refused -> assertThat(refused.error().detail()).contains("none is configured"));
    }

    @ParameterizedTest
    @CsvSource({"postgres, nowhere, 3D000", "no_such_role, postgres, 28000", "nobody, postgres, 28000"})
    void refusalsKeepTheirSqlState(String user, String database, String sqlState) {
        assertThatThrownBy(() -> open(new ServerLogin(user, database, new Credentials.None(), Map.of())))
                .cause()
                .isInstanceOfSatisfying(
                        LoginRefused.class,
                        refused -> assertThat(refused.error().sqlState()).isEqualTo(sqlState));
    }

    @Test
    void startupParametersReachTheSession() throws Exception {
        ServerConnection connection = open(new ServerLogin(
                "postgres",
                "postgres",
                new Credentials.None(),
                Map.of("application_name", "é", "options", "-c geqo_threshold=7", "DateStyle", "German")));
        assertThat(get(connection.run(Statements.query("SHOW geqo_threshold"))).single())
                .isEqualTo("7");
        assertThat(connection.parameters()).containsEntry("DateStyle", "German, DMY");
        connection.close();
    }

    @Test
    void serverThatIsNotThereIsUnreachable() {
        assertUnreachable(new ServerAddress("127.0.0.1", 1));
        assertUnreachable(new ServerAddress("no-such-host.invalid", 5432));
    }

    @Test
    void serverThatSaysNothingIsGivenUp() throws Exception {
        ServerConnector impatient = new ServerConnector(loops.loops, Duration.ofSeconds(5), Duration.ofMillis(100));
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletionStage<ServerConnection> opened = impatient.open(
                    new ServerAddress("localhost", silent.getLocalPort()), postgres.login(), loops.loops.next());
            try (Socket accepted = silent.accept()) {
                assertThatThrownBy(() -> get(opened)).hasCauseInstanceOf(Unreachable.class);
                // and its connection is closed
                accepted.getInputStream().readAllBytes();
            }
        }
    }

    @Test
    void serverThatIsNoPostgresIsGivenUp() throws Exception {
        try (ServerSocket web = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletionStage<ServerConnection> opened = connector.open(
                    new ServerAddress("localhost", web.getLocalPort()), postgres.login(), loops.loops.next());
            try (Socket accepted = web.accept()) {
                accepted.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
                assertThatThrownBy(() -> get(opened)).hasCauseInstanceOf(Unreachable.class);
            }
        }
    }

    @Test
    void thousandConnectionsLeaveNothingBehind() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            ServerLink link = get(connector.connect(postgres.address(), postgres.login(), loops.loops.next()));
            if (i % 2 == 0) {
                link.close();
            } else {
                link.abort();
            }
        }
        try (var observer = postgres.connection();
                var query = observer.prepareStatement(
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'penstock-test'")) {
            await().until(() -> {
                try (var rows = query.executeQuery()) {
                    rows.next();
                    return rows.getInt(1) == 0;
                }
            });
        }
    }

    private static void assertUnreachable(ServerAddress address) {
        assertThatThrownBy(() -> get(connector.open(address, postgres.login(), loops.loops.next())))
                .cause()
                .isInstanceOfSatisfying(Unreachable.class, failure -> {
                    assertThat(failure.error().sqlState()).isEqualTo("08006");
                    assertThat(failure.getCause()).isNotNull();
                });
    }

    private static ServerConnection open(ServerLogin login) throws Exception {
        return get(connector.open(postgres.address(), login, loops.loops.next()));
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
