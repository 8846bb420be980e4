package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.config.Secret;
import io.penstock.config.UserSettings;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.NoLeaks;
import io.penstock.protocol.auth.ScramVerifier;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who gets in, over real sockets: by password, in time, and as many as there is room for. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class LoginTest {
    private static TestPostgres postgres;
    private static TestProxy proxy;

    @BeforeAll
    static void start() throws SQLException {
        postgres = TestPostgres.start();
        postgres.sql("create role joe login");
        ScramVerifier verifier = ScramVerifier.of("secret", new byte[16], 4096);
        proxy = TestProxy.strict(
                postgres.address(),
                Map.of(
                        "postgres", new UserSettings("postgres", Secret.of("word")),
                        "joe", new UserSettings("joe", Secret.of(verifier.text()))));
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        postgres.close();
    }

    private static Connection connect(String user, String password) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + proxy.port + "/postgres", user, password);
    }

    @Test
    void thePasswordAndTheVerifierLetIn() throws SQLException {
        try (Connection first = connect("postgres", "word");
                Connection second = connect("joe", "secret")) {
            assertThat(first.isValid(5)).isTrue();
            assertThat(second.isValid(5)).isTrue();
        }
        await().until(() -> proxy.sessions.admitted() == 0);
    }

    @Test
    void aWrongPasswordAndAnUnknownUserAreToldTheSame() {
        for (String user : new String[] {"joe", "nobody"}) {
            assertThatThrownBy(() -> connect(user, "wrong"))
                    .hasMessageContaining("password authentication failed for user \"" + user + "\"");
        }
    }

    @Test
    void whenAllPlacesAreTakenNobodyElseGetsIn() throws SQLException {
        await().until(() -> proxy.sessions.admitted() == 0);
        try (Connection first = connect("postgres", "word");
                Connection second = connect("joe", "secret")) {
            assertThatThrownBy(() -> connect("joe", "secret"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("53300"));
            assertThat(first.isClosed() || second.isClosed()).isFalse();
        }
        await().until(() -> proxy.sessions.admitted() == 0);
    }

    @Test
    void whoSaysNothingIsTurnedAwayInTime() throws Exception {
        try (RawClient silent = new RawClient(proxy.port)) {
            assertThat(silent.readUntil(line -> line.startsWith("E")))
                    .containsExactly("E FATAL 57014 canceling authentication due to timeout");
            assertThat(silent.readUntil(_ -> false)).containsExactly("end");
        }
    }

    @Test
    void whatIsNotPostgresIsTurnedAwayWithoutAWord() throws Exception {
        String terminate = "X\0\0\0\4"; // node-postgres, ended before it has begun: no error for it
        for (String first :
                new String[] {"GET / HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001\u0002\u0000", "PING\r\n\r\n", terminate}) {
            try (Socket stranger = new Socket()) {
                stranger.connect(new InetSocketAddress("localhost", proxy.port));
                stranger.setSoTimeout(5_000);
                stranger.getOutputStream().write(first.getBytes(StandardCharsets.ISO_8859_1));
                assertThat(stranger.getInputStream().readAllBytes())
                        .as("Postgres says nothing, too")
                        .isEmpty();
            }
        }
    }

    @Test
    void bytesBehindASslRequestAreNotRead() throws Exception {
        try (Socket attacker = new Socket()) {
            attacker.connect(new InetSocketAddress("localhost", proxy.port));
            attacker.setSoTimeout(5_000);
            byte[] request = {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f, 'Q', 0, 0, 0, 13};
            attacker.getOutputStream().write(request);
            String answer = new String(attacker.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("E").contains("received unencrypted data after SSL request");
        }
    }
}
