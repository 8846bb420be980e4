package io.penstock.node.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.config.PostgresUrl;
import io.penstock.config.Secret;
import io.penstock.config.ServerTlsSettings;
import io.penstock.config.ServerTlsSettings.Mode;
import io.penstock.node.backend.ServerFailure.Unreachable;
import io.penstock.node.tls.ServerTls;
import io.penstock.node.tls.TestAuthority;
import io.penstock.node.tls.TestAuthority.Issued;
import io.penstock.node.tls.TestAuthority.Kind;
import io.penstock.node.transport.IoKind;
import io.penstock.node.transport.NoLeaks;
import io.penstock.node.transport.TestLoops;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS towards real Postgres servers, and towards some that are none. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ServerTlsTest {
    private static final List<ServerTls> OPENED = new CopyOnWriteArrayList<>();

    @TempDir
    static Path folder;

    private static TestPostgres plain;
    private static TestPostgres encrypted;
    private static TestAuthority authority;
    private static TestAuthority foreign;
    private static Issued client;
    private static TestLoops loops;
    private static ServerConnector connector;

    @BeforeAll
    static void start() throws Exception {
        authority = new TestAuthority(folder, "authority", Kind.EC);
        foreign = new TestAuthority(folder, "foreign", Kind.EC);
        client = authority.named("client", "by_certificate");
        plain = TestPostgres.start();
        encrypted = TestPostgres.start();
        encrypted.sql("create role by_certificate login; create role by_scram login password 'spice'");
        encrypted.hba("""
            hostssl   all by_certificate all cert
            hostssl   all by_scram       all scram-sha-256
            hostnossl all by_scram       all reject\
            """);
        encrypted.tls(authority.server("server"), authority.cert());
        loops = TestLoops.start(IoKind.automatic());
        connector = new ServerConnector(loops.loops, Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    @AfterAll
    static void stop() throws Exception {
        loops.close();
        OPENED.forEach(ServerTls::close);
        plain.close();
        encrypted.close();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void whatIsAskedForIsWhatThereIs(Mode mode) throws Exception {
        ServerTlsSettings settings = settings(mode, authority);
        assertThat(isEncrypted(encrypted, settings)).isEqualTo(mode != Mode.DISABLE);
        if (mode == Mode.DISABLE || mode == Mode.PREFER) {
            assertThat(isEncrypted(plain, settings)).isFalse();
        } else {
            assertUnreachable(plain.address().port(), settings, "the server has no TLS");
        }
    }

    @Test
    void aServerOfAnotherAuthorityOrNameIsNotSpokenTo() throws Exception {
        for (Mode mode : new Mode[] {Mode.VERIFY_CA, Mode.VERIFY_FULL}) {
            assertUnreachable(encrypted.address().port(), settings(mode, foreign), "no TLS with the server");
        }
        try (TestPostgres elsewhere = TestPostgres.start()) {
            elsewhere.tls(authority.stranger("stranger"), authority.cert());
            assertThat(isEncrypted(elsewhere, settings(Mode.VERIFY_CA, authority)))
                    .isTrue();
            assertUnreachable(
                    elsewhere.address().port(), settings(Mode.VERIFY_FULL, authority), "no TLS with the server");
        }
    }

    /** where a certificate has no alternative name, its common name stands for the host, as it does for libpq. */
    @Test
    void aCertificateWithNothingButACommonNameMustHaveTheHostsName() throws Exception {
        try (TestPostgres named = TestPostgres.start()) {
            named.tls(authority.named("named", "localhost"), authority.cert());
            assertThat(isEncrypted(named, settings(Mode.VERIFY_FULL, authority)))
                    .isTrue();
        }
        try (TestPostgres named = TestPostgres.start()) {
            named.tls(authority.named("misnamed", "elsewhere"), authority.cert());
            assertUnreachable(named.address().port(), settings(Mode.VERIFY_FULL, authority), "no TLS with the server");
        }
    }

    @Test
    void theSystemsAuthoritiesDoNotKnowOurs() throws Exception {
        assertUnreachable(encrypted.address().port(), ServerTlsSettings.of(Mode.VERIFY_FULL), "no TLS with the server");
    }

    @Test
    void ourOwnCertificateLogsIn() throws Exception {
        ServerTlsSettings settings =
                new ServerTlsSettings(Mode.VERIFY_FULL, authority.cert(), client.cert(), client.key(), "EC");
        assertThat(ask(encrypted, settings, "by_certificate", new Credentials.None(), "select session_user"))
                .isEqualTo("by_certificate");
    }

    /** That it is bound is in LoginTest; here Postgres agrees about the hash. */
    @Test
    void aPasswordIsBoundToTheConnection() throws Exception {
        assertThat(ask(
                        encrypted,
                        settings(Mode.VERIFY_FULL, authority),
                        "by_scram",
                        new Credentials.Password("spice"),
                        "select session_user"))
                .isEqualTo("by_scram");
    }

    @Test
    void theSideJobsDemandTheSame() throws Exception {
        ServerTlsSettings full =
                new ServerTlsSettings(Mode.VERIFY_FULL, authority.cert(), client.cert(), client.key(), "EC");
        PostgresUrl url =
                new PostgresUrl("localhost", encrypted.address().port(), "postgres", "by_certificate", null, full);
        try (Connection connection = DriverManager.getConnection(url.jdbcUrl(), url.user(), "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select ssl from pg_catalog.pg_stat_ssl where pid = pg_catalog.pg_backend_pid()")) {
            rows.next();
            assertThat(rows.getBoolean(1)).isTrue();
        }
        for (ServerTlsSettings settings :
                new ServerTlsSettings[] {settings(Mode.VERIFY_FULL, foreign), ServerTlsSettings.of(Mode.VERIFY_FULL)}) {
            PostgresUrl wrong = new PostgresUrl(
                    "localhost", encrypted.address().port(), "postgres", "by_scram", Secret.of("spice"), settings);
            assertThatThrownBy(() -> DriverManager.getConnection(wrong.jdbcUrl(), wrong.user(), "spice"))
                    .hasMessageContaining("SSL error");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sstuffed", "Nstuffed", "E", "H", ""})
    void aServerThatAnswersStrangelyIsNotSpokenTo(String answer) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().readNBytes(8);
                    socket.getOutputStream().write(answer.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                    socket.getOutputStream().flush();
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes();
                } catch (java.io.IOException gone) {
                    // The test is over.
                }
            });
            assertUnreachable(server.getLocalPort(), ServerTlsSettings.of(Mode.PREFER), "the server");
        }
    }

    @Test
    void aCancelRequestIsEncryptedToo() throws Exception {
        CancelSender sender = new CancelSender(loops.loops, Duration.ofSeconds(5));
        ServerConnection connection = open(
                encrypted.address().port(), settings(Mode.VERIFY_FULL, authority), "postgres", new Credentials.None());
        var running = connection.run(Statements.query("select pg_sleep(30)"));
        await().until(() -> encrypted
                .single("select count(*) from pg_stat_activity where wait_event = 'PgSleep'")
                .equals("1"));
        connection.cancel(sender).toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(running.toCompletableFuture().get(10, TimeUnit.SECONDS).sqlState())
                .isEqualTo("57014");
        connection.close();
    }

    private static ServerTlsSettings settings(Mode mode, TestAuthority by) {
        return new ServerTlsSettings(mode, mode.verifies() ? by.cert() : null, null, null, null);
    }

    private static boolean isEncrypted(TestPostgres postgres, ServerTlsSettings settings) throws Exception {
        return ask(
                        postgres,
                        settings,
                        "postgres",
                        new Credentials.None(),
                        "select ssl from pg_stat_ssl where pid = pg_backend_pid()")
                .equals("t");
    }

    private static String ask(
            TestPostgres postgres, ServerTlsSettings settings, String user, Credentials credentials, String sql)
            throws Exception {
        ServerConnection connection = open(postgres.address().port(), settings, user, credentials);
        String answer = connection
                .run(Statements.query(sql))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .single();
        connection.close();
        return answer;
    }

    private static ServerConnection open(int port, ServerTlsSettings settings, String user, Credentials credentials)
            throws Exception {
        ServerTls tls = ServerTls.open(settings);
        OPENED.add(tls);
        return connector
                .open(new ServerAddress("localhost", port, tls), plain.login(user, credentials), loops.loops.next())
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    private static void assertUnreachable(int port, ServerTlsSettings settings, String why) {
        assertThatThrownBy(() -> open(port, settings, "postgres", new Credentials.None()))
                .cause()
                .isInstanceOf(Unreachable.class)
                .cause()
                .hasMessageContaining(why);
    }
}
