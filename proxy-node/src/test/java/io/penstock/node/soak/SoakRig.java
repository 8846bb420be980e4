package io.penstock.node.soak;

import static java.util.Objects.requireNonNull;

import io.penstock.config.PoolSettings.Mode;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.contract.Agreement;
import io.penstock.sandbox.SalesforceSandbox;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A Postgres with a database for each mode of pools, an API for each, and a {@link SoakNode} between them. */
final class SoakRig implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;

    private final TestPostgres postgres;
    private final Map<Mode, SalesforceSandbox> sandboxes = new EnumMap<>(Mode.class);
    private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final Process node;
    private final int port;

    SoakRig(Path folder) throws Exception {
        postgres = TestPostgres.start(Map.of("max_connections", "100"));
        for (Mode mode : Mode.values()) {
            sandboxes.put(
                    mode, SalesforceSandbox.start(SalesforceConfig.defaults().withData(1, 20)));
            postgres.sql("create database " + database(mode));
            try (Connection direct = direct(mode);
                    Statement statement = direct.createStatement()) {
                statement.execute("create table accounts (id int primary key, balance bigint not null);"
                        + " insert into accounts select n, 0 from generate_series(1, 1000) n;"
                        + " create table history (account int, delta bigint);"
                        + " create table copied (id int, t text)");
            }
        }
        node = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx384m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        SoakNode.class.getName(),
                        settings(folder).toString())
                .redirectError(folder.resolve("node.err").toFile())
                .start();
        Thread.ofVirtual().start(() -> read(folder.resolve("node.log")));
        port = Integer.parseInt(await().substring("ready ".length()));
    }

    private Path settings(Path folder) throws IOException {
        StringBuilder text =
                new StringBuilder("penstock { listen = \"127.0.0.1:0\", admin = \"127.0.0.1:0\", auth = trust\n"
                        + "limits.clients = 500, sign_in.connections_per_address = 500\n");
        for (Map.Entry<Mode, SalesforceSandbox> each : sandboxes.entrySet()) {
            String name = database(each.getKey());
            SalesforceConfig.Login login = each.getValue().config().login();
            // Idle connections are closed soon, so that rest looks the same each time. More servers than clients in
            // session mode only.
            text.append("""
                databases.%s {
                  url       = "postgresql://postgres@localhost:%d/%s"
                  admin_url = "postgresql://postgres@localhost:%d/%s"
                  pool { mode = %s, size = %d, max_wait = 60s, server_idle_timeout = 2s }
                  syncs.salesforce {
                    api = %s
                    poll_interval = 1h
                    tables.contacts { object = Contact, correlation_field = Penstock_Mutation__c }
                  }
                }
                apis.%s {
                  type = salesforce
                  login_url = "%s"
                  oauth { client_id = "%s", client_secret = "%s", refresh_token = "%s" }
                }
                """.formatted(
                            name,
                            postgres.address().port(),
                            name,
                            postgres.address().port(),
                            name,
                            name,
                            each.getKey() == Mode.SESSION ? 30 : 8,
                            name,
                            name,
                            each.getValue().uri(),
                            login.clientId(),
                            login.clientSecret(),
                            login.refreshToken()));
        }
        return Files.writeString(
                folder.resolve("penstock.conf"), text.append('}').toString());
    }

    static String database(Mode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    int port() {
        return port;
    }

    /** Through the node, each statement prepared at once. */
    Connection client(Mode mode) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + database(mode)
                + "?user=postgres&prepareThreshold=1&sslmode=disable&gssEncMode=disable&socketTimeout=90");
    }

    /** Past the node. */
    Connection direct(Mode mode) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + postgres.address().port() + "/" + database(mode) + "?user=postgres");
    }

    /** Rows as their columns' texts, past the node. */
    List<List<String>> query(Mode mode, String sql) {
        try (Connection connection = direct(mode);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<List<String>> all = new ArrayList<>();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    row.add(String.valueOf(rows.getString(column)));
                }
                all.add(row);
            }
            return all;
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    String single(Mode mode, String sql) {
        return query(mode, sql).getFirst().getFirst();
    }

    /** Where the API and the synced table differ. */
    List<String> disagreements(Mode mode) {
        return new Agreement(
                        sql -> query(mode, sql),
                        requireNonNull(sandboxes.get(mode))::objects,
                        Map.of("salesforce.contacts", "Contact"))
                .differences();
    }

    /** Asks the node, after a collection. */
    synchronized Held measure() throws IOException {
        node.getOutputStream().write("measure\n".getBytes(StandardCharsets.UTF_8));
        node.getOutputStream().flush();
        return Held.parse(await());
    }

    private String await() {
        try {
            String line = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null || line.isEmpty()) {
                throw new IllegalStateException("the node said nothing, or has ended");
            }
            return line;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private void read(Path log) {
        try (BufferedReader output = node.inputReader(StandardCharsets.UTF_8);
                var file = Files.newBufferedWriter(log)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith("soak: ")) {
                    told.add(line.substring("soak: ".length()));
                } else {
                    file.write(line + "\n");
                }
            }
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        } finally {
            told.add("");
        }
    }

    @Override
    public void close() throws Exception {
        node.destroyForcibly().waitFor();
        sandboxes.values().forEach(SalesforceSandbox::close);
        postgres.close();
    }
}
