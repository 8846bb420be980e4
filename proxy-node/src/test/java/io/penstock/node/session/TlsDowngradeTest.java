package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.config.AuthMode;
import io.penstock.config.ListenerTlsSettings;
import io.penstock.config.Secret;
import io.penstock.config.UserSettings;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.tls.ListenerTls;
import io.penstock.node.tls.TestAuthority;
import io.penstock.node.tls.TestAuthority.Issued;
import io.penstock.node.tls.TestAuthority.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** a man in the middle makes the connection a worse one. Old versions and certificates without a hash are {@link TlsTest}'s. */
@Timeout(60)
class TlsDowngradeTest {
    @TempDir
    static Path folder;

    private static TestPostgres postgres;
    private static TestAuthority authority;
    private static TestProxy offering;
    private static TestProxy requiring;

    @BeforeAll
    static void start() throws IOException {
        postgres = TestPostgres.start();
        authority = new TestAuthority(folder, "authority", Kind.EC);
        Issued server = authority.server("server");
        offering = proxy(server, false);
        requiring = proxy(server, true);
    }

    @AfterAll
    static void stop() throws Exception {
        offering.close();
        requiring.close();
        postgres.close();
    }

    private static TestProxy proxy(Issued server, boolean require) throws IOException {
        return TestProxy.encrypting(
                postgres.address(),
                AuthMode.SCRAM,
                ListenerTls.open(new ListenerTlsSettings(server.cert(), server.key(), null, require)),
                Map.of("postgres", new UserSettings("postgres", Secret.of("word"))));
    }

    private static void connect(int port, String options) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + port + "/postgres?connectTimeout=10&socketTimeout=10&" + options,
                "postgres",
                "word")) {
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    private static void assertRefused(int port, String options, String message) {
        assertThatThrownBy(() -> connect(port, options))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState()).isEqualTo("28000"))
                .hasMessageContaining(message);
    }

    @Test
    void whoSaysNoInThePlaceOfTheNodeGetsNothingWhereTlsIsRequired() throws Exception {
        try (ManInTheMiddle man = ManInTheMiddle.answeringNo(requiring.port)) {
            assertRefused(man.port(), "sslmode=prefer", "is not allowed");
            assertRefused(man.port(), "sslmode=disable", "is not allowed");
            assertThatThrownBy(() -> connect(man.port(), "sslmode=require")).isInstanceOf(SQLException.class);
        }
        try (ManInTheMiddle man = ManInTheMiddle.answeringNo(offering.port)) {
            connect(man.port(), "sslmode=prefer"); // both have agreed to that
        }
    }

    /** Its certificate is good, and the client believes it: only the binding to the channel is left. */
    @Test
    void whoDecryptsWithACertificateThatTheClientTrustsCannotPassTheLoginOn() throws Exception {
        Issued trusted = authority.server("man");
        String verified = "sslmode=verify-full&sslrootcert=" + authority.cert();
        for (TestProxy proxy : new TestProxy[] {offering, requiring}) {
            try (ManInTheMiddle man = ManInTheMiddle.decrypting(proxy.port, trusted, false)) {
                for (String binding : new String[] {"prefer", "require"}) {
                    assertRefused(man.port(), verified + "&channelBinding=" + binding, "channel binding");
                }
                connect(man.port(), verified + "&channelBinding=disable"); // the client has asked for it
            }
        }
    }

    @Test
    void whoTakesPlusOutOfTheOfferIsNoticedByBoth() throws Exception {
        Issued trusted = authority.server("taker");
        String verified = "sslmode=verify-full&sslrootcert=" + authority.cert();
        try (ManInTheMiddle man = ManInTheMiddle.decrypting(offering.port, trusted, true)) {
            assertRefused(man.port(), verified + "&channelBinding=prefer", "channel binding");
            assertThatThrownBy(() -> connect(man.port(), verified + "&channelBinding=require"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void withoutAManInTheMiddleAllOfThatWorks() throws SQLException {
        for (String binding : new String[] {"prefer", "require", "disable"}) {
            connect(
                    requiring.port,
                    "sslmode=verify-full&sslrootcert=" + authority.cert() + "&channelBinding=" + binding);
        }
    }
}
