package io.penstock.node.backend;

import static org.awaitility.Awaitility.await;

import io.penstock.node.tls.TestAuthority.Issued;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** A real Postgres for tests. */
public final class TestPostgres implements AutoCloseable {
    private final EmbeddedPostgres postgres;

    private TestPostgres(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    public static TestPostgres start() {
        return start(Map.of("max_connections", "100"));
    }

    /** With settings of postgresql.conf. */
    public static TestPostgres start(Map<String, String> settings) {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder().setServerConfig("fsync", "off");
            settings.forEach(builder::setServerConfig);
            return new TestPostgres(builder.start());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public ServerAddress address() {
        return new ServerAddress("localhost", postgres.getPort());
    }

    /** A login that the server trusts. */
    public ServerLogin login() {
        return login("postgres", new Credentials.None());
    }

    public ServerLogin login(String user, Credentials credentials) {
        return new ServerLogin(user, "postgres", credentials, Map.of("application_name", "penstock-test"));
    }

    /** Runs SQL on a connection of its own, as superuser. */
    public void sql(String sql) throws SQLException {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A superuser's connection. */
    public Connection connection() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres?user=postgres");
    }

    /** The first column of a query's first row. */
    public String single(String sql) throws SQLException {
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** Puts lines in front of pg_hba.conf, and returns when Postgres goes by them. */
    public void hba(String lines) throws SQLException, IOException {
        Path file = Path.of(single("SHOW hba_file"));
        Files.writeString(file, lines + "\n" + Files.readString(file));
        String before = single("SELECT pg_conf_load_time()");
        sql("SELECT pg_reload_conf()");
        await().until(() -> !single("SELECT pg_conf_load_time()").equals(before));
    }

    /** Turns TLS on: with the certificate, for clients with one of the authority's, or any. */
    public void tls(Issued server, Path clientCa) throws SQLException {
        sql("alter system set ssl_cert_file = '" + server.cert() + "'");
        sql("alter system set ssl_key_file = '" + server.key() + "'");
        sql("alter system set ssl_ca_file = '" + clientCa + "'");
        sql("alter system set ssl = on");
        sql("select pg_reload_conf()");
        await().until(() -> single("show ssl").equals("on"));
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
