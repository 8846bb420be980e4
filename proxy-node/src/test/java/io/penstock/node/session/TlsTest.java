package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.config.AuthMode;
import io.penstock.config.ListenerTlsSettings;
import io.penstock.config.Secret;
import io.penstock.config.UserSettings;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.tls.ListenerTls;
import io.penstock.node.tls.TestAuthority;
import io.penstock.node.tls.TestAuthority.Issued;
import io.penstock.node.tls.TestAuthority.Kind;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.ProtocolVersion;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS between real clients and the proxy. */
@Timeout(60)
class TlsTest {
    private static final Map<String, UserSettings> USERS =
            Map.of("postgres", new UserSettings("postgres", Secret.of("word")));
    /** An SSLRequest, byte by byte. */
    private static final byte[] SSL_REQUEST = {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f};

    @TempDir
    static Path folder;

    private static TestPostgres postgres;
    private static TestAuthority authority;
    private static Issued server;
    private static TestProxy offering;
    private static TestProxy requiring;

    @BeforeAll
    static void start() throws IOException {
        postgres = TestPostgres.start();
        authority = new TestAuthority(folder, "authority", Kind.EC);
        server = authority.server("server");
        offering = proxy(AuthMode.SCRAM, new ListenerTlsSettings(server.cert(), server.key(), null, false));
        requiring = proxy(AuthMode.SCRAM, new ListenerTlsSettings(server.cert(), server.key(), null, true));
    }

    @AfterAll
    static void stop() throws Exception {
        offering.close();
        requiring.close();
        postgres.close();
    }

    private static TestProxy proxy(AuthMode mode, ListenerTlsSettings settings) throws IOException {
        return TestProxy.encrypting(postgres.address(), mode, ListenerTls.open(settings), USERS);
    }

    private static Connection connect(TestProxy proxy, String options) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + proxy.port + "/postgres?" + options, "postgres", "word");
    }

    private static String verified(TestAuthority by) {
        return "sslmode=verify-full&sslrootcert=" + by.cert();
    }

    @Test
    void aDriverVerifiesTheCertificateAndBindsItsLoginToIt() throws SQLException {
        for (TestProxy proxy : new TestProxy[] {offering, requiring}) {
            try (Connection connection = connect(proxy, verified(authority) + "&channelBinding=require");
                    Statement statement = connection.createStatement();
                    ResultSet rows =
                            statement.executeQuery("select repeat('x', 1000), n from generate_series(1, 10000) n")) {
                int count = 0;
                while (rows.next()) {
                    count++;
                }
                assertThat(count).isEqualTo(10_000);
            }
        }
    }

    @Test
    void plainTextIsTakenOnlyWhereItIsAllowed() throws SQLException {
        try (Connection plain = connect(offering, "sslmode=disable")) {
            assertThat(plain.isValid(5)).isTrue();
        }
        assertThatThrownBy(() -> connect(requiring, "sslmode=disable"))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState()).isEqualTo("28000"))
                .hasMessageContaining("is not allowed");
    }

    @Test
    void aCertificateWithoutAHashIsNoneToBindTo() throws Exception {
        Issued modern = new TestAuthority(folder, "modern", Kind.ED25519).server("modern-server");
        try (TestProxy proxy =
                proxy(AuthMode.SCRAM, new ListenerTlsSettings(modern.cert(), modern.key(), null, false))) {
            String trusting = "sslmode=verify-ca&sslrootcert=" + folder.resolve("modern.crt");
            try (Connection connection = connect(proxy, trusting)) {
                assertThat(connection.isValid(5)).isTrue();
            }
            assertThatThrownBy(() -> connect(proxy, trusting + "&channelBinding=require"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void oldVersionsOfTlsAreRefused() throws Exception {
        assertThat(answerToHello(3)).as("TLS 1.2").isEqualTo("16");
        assertThat(answerToHello(2)).as("TLS 1.1: protocol_version").isEqualTo("alert 70");
        assertThat(answerToHello(1)).as("TLS 1.0: protocol_version").isEqualTo("alert 70");
    }

    /** What the proxy says to a ClientHello of TLS 1.{minor - 1} with one cipher suite, ECDHE_ECDSA_WITH_AES_128. */
    private static String answerToHello(int minor) throws IOException {
        String suite = minor == 3 ? "c02b" : "c009";
        String extensions = "000a00040002" + "0017" // group P-256
                + "000b00020100"; // uncompressed points
        extensions = "000d00040002" + "0403" + extensions; // ecdsa_secp256r1_sha256
        extensions = "0010000d000b0a" + HexFormat.of().formatHex("postgresql".getBytes(StandardCharsets.US_ASCII))
                + extensions;
        String body = "030" + minor + "00".repeat(32) + "00" + "0002" + suite + "0100" + length(extensions);
        String handshake = "01" + "00" + length(body);
        try (Socket client = connected(offering)) {
            client.getOutputStream().write(HexFormat.of().parseHex("160301" + length(handshake)));
            byte[] answer = client.getInputStream().readNBytes(7);
            return answer[0] == 0x15 ? "alert " + answer[6] : HexFormat.of().toHexDigits(answer[0]);
        }
    }

    /** The bytes with their length in two bytes in front. */
    private static String length(String hex) {
        return HexFormat.of().toHexDigits((short) (hex.length() / 2)) + hex;
    }

    @Test
    void directTlsNeedsItsName() throws Exception {
        try (SSLSocket socket = directTls(offering, "postgresql", "TLSv1.3")) {
            assertThat(socket.getApplicationProtocol()).isEqualTo("postgresql");
            socket.getOutputStream().write(startup());
            assertThat(socket.getInputStream().read()).isEqualTo('R');
        }
        for (String other : new String[] {"http/1.1", ""}) {
            try (SSLSocket socket = directTls(offering, other, "TLSv1.3")) {
                socket.getOutputStream().write(startup());
                assertThat(socket.getInputStream().readAllBytes()).isEmpty();
            } catch (IOException reset) {
                // As good as an end: nothing was answered.
            }
        }
    }

    @Test
    void plainBytesBehindTheRequestAreNeverTakenForEncryptedOnes() throws Exception {
        byte[] query = {'Q', 0, 0, 0, 13, 's', 'e', 'l', 'e', 'c', 't', ' ', '1', 0};
        try (Socket attacker = connected(offering)) {
            byte[] stuffed = Arrays.copyOf(SSL_REQUEST, SSL_REQUEST.length + query.length);
            System.arraycopy(query, 0, stuffed, SSL_REQUEST.length, query.length);
            attacker.getOutputStream().write(stuffed);
            String answer = new String(attacker.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("E").contains("received unencrypted data after SSL request");
        }
        try (Socket attacker = connected(offering)) {
            attacker.getOutputStream().write(SSL_REQUEST);
            assertThat(attacker.getInputStream().read()).isEqualTo('S');
            attacker.getOutputStream().write(query);
            byte[] answer = readToTheEnd(attacker.getInputStream());
            assertThat(new String(answer, StandardCharsets.UTF_8)).doesNotContain("28", "ERROR", "FATAL");
        }
    }

    @Test
    void aRenewedCertificateIsShownToWhoeverConnectsNext() throws Exception {
        Issued first = authority.server("renewed");
        ListenerTls tls = ListenerTls.open(new ListenerTlsSettings(first.cert(), first.key(), null, true));
        try (TestProxy proxy = TestProxy.encrypting(postgres.address(), AuthMode.TRUST, tls, USERS);
                Connection before = connect(proxy, verified(authority))) {
            TestAuthority next = new TestAuthority(folder, "next", Kind.EC);
            Issued second = next.server("second");
            Files.copy(second.key(), first.key(), StandardCopyOption.REPLACE_EXISTING);
            tls.renew(); // half a renewal: the key does not fit, so the old pair stays
            connect(proxy, verified(authority)).close();
            Files.copy(second.cert(), first.cert(), StandardCopyOption.REPLACE_EXISTING);
            tls.renew();
            try (Connection after = connect(proxy, verified(next))) {
                assertThat(after.isValid(5)).isTrue();
            }
            assertThatThrownBy(() -> connect(proxy, verified(authority))).isInstanceOf(SQLException.class);
            assertThat(before.isValid(5)).isTrue();
        }
    }

    @Test
    void aCertificateOfTheAuthorityLetsItsUserIn() throws Exception {
        Issued client = authority.named("client", "postgres");
        Issued foreign = new TestAuthority(folder, "foreign", Kind.EC).named("foreigner", "postgres");
        Issued other = authority.named("other", "somebody");
        try (TestProxy proxy =
                proxy(AuthMode.CERT, new ListenerTlsSettings(server.cert(), server.key(), authority.cert(), true))) {
            try (Connection connection = connect(proxy, verified(authority) + shown(client))) {
                assertThat(connection.isValid(5)).isTrue();
            }
            assertThatThrownBy(() -> connect(proxy, verified(authority) + shown(other)))
                    .hasMessageContaining("certificate authentication failed");
            assertThatThrownBy(() -> connect(proxy, verified(authority) + shown(foreign)))
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> connect(proxy, verified(authority))).isInstanceOf(SQLException.class);
        }
    }

    private static String shown(Issued client) {
        return "&sslcert=" + client.cert() + "&sslkey=" + client.key() + "&pemKeyAlgorithm=EC";
    }

    @Test
    void psqlVerifiesTheCertificate() throws Exception {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, "psql"))),
                "no psql on the path");
        String encrypted = psql(requiring, "sslmode=verify-full sslrootcert=" + authority.cert());
        assertThat(encrypted).contains("42").contains("SSL connection");
        assertThat(psql(requiring, "sslmode=require channel_binding=require")).contains("42");
        assertThat(psql(requiring, "sslmode=disable")).contains("is not allowed");
        TestAuthority foreign = new TestAuthority(folder, "unknown", Kind.EC);
        assertThat(psql(requiring, "sslmode=verify-full sslrootcert=" + foreign.cert()))
                .contains("certificate verify failed");
    }

    private static String psql(TestProxy proxy, String options) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        "psql",
                        "-X",
                        "-c",
                        "\\conninfo",
                        "-Atc",
                        "select 40 + 2",
                        "host=localhost port=" + proxy.port + " user=postgres dbname=postgres " + options)
                .redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", "word");
        Process psql = builder.start();
        String printed = new String(psql.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(psql.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return printed;
    }

    private static Socket connected(TestProxy proxy) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress("localhost", proxy.port));
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static byte[] readToTheEnd(InputStream in) throws IOException {
        try {
            return in.readAllBytes();
        } catch (IOException reset) {
            return new byte[0];
        }
    }

    private static SSLSocket directTls(TestProxy proxy, String protocol, String version) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream pem = Files.newInputStream(authority.cert())) {
            trusted.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(connected(proxy), "localhost", proxy.port, true);
        SSLParameters parameters = socket.getSSLParameters();
        if (!protocol.isEmpty()) {
            parameters.setApplicationProtocols(new String[] {protocol});
        }
        parameters.setProtocols(new String[] {version});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static byte[] startup() {
        io.netty.buffer.ByteBuf bytes = io.netty.buffer.Unpooled.buffer();
        io.penstock.protocol.message.FrontendMessages.encode(
                new FrontendMessage.Startup(ProtocolVersion.V3_0, Map.of("user", "postgres")), bytes);
        return Arrays.copyOf(bytes.array(), bytes.readableBytes());
    }
}
