package io.penstock.node.demo;

import io.penstock.config.PenstockSettings;
import io.penstock.config.reader.Reading;
import io.penstock.config.reader.SettingsReader;
import io.penstock.node.Node;
import io.penstock.sandbox.SalesforceSandbox;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything that a first session needs, on free ports and in a temporary folder of its own. */
public final class Demo implements AutoCloseable {
    private final Path folder;
    private final SalesforceSandbox sandbox;
    private @Nullable EmbeddedPostgres postgres;
    private @Nullable Node node;
    private boolean closed;

    private Demo(Path folder, SalesforceSandbox sandbox) {
        this.folder = folder;
        this.sandbox = sandbox;
    }

    /**
     * Starts it. It ends with the JVM at the latest, also where the JVM is told to end while it still starts.
     *
     * @param port where clients connect, if it is free; else any other
     */
    public static Demo start(int port, Duration latency) throws Exception {
        Path folder = Files.createTempDirectory("penstock-demo-");
        Demo demo = new Demo(
                folder, SalesforceSandbox.start(SalesforceConfig.defaults().withLatency(latency)));
        Runtime.getRuntime().addShutdownHook(new Thread(demo::close, "stop"));
        try {
            demo.open(port);
            return demo;
        } catch (Exception failed) {
            demo.close();
            throw failed;
        }
    }

    private synchronized void open(int port) throws Exception {
        EmbeddedPostgres database = EmbeddedPostgres.builder()
                // Unpacked once for every demo; the data are this one's own, and deleted with its folder.
                .setOverrideWorkingDirectory(binaries(folder).toFile())
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false)
                // It would stop Postgres while the node is still at work with it.
                .setRegisterShutdownHook(false)
                .start();
        postgres = database;
        prepare(database);
        Node started = Node.start(settings(folder, database, sandbox, isFree(port) ? port : 0));
        node = started;
        started.awaitFilled(Duration.ofSeconds(60));
        grant(database);
    }

    private static Path binaries(Path folder) {
        String kept = System.getProperty("penstock.demo.postgres");
        return kept == null ? folder.resolve("postgres") : Path.of(kept);
    }

    /** A database, and a user that is no superuser: what an application would have. */
    private static void prepare(EmbeddedPostgres postgres) throws SQLException {
        sql(postgres, "postgres", "create role app login", "create database demo");
        sql(
                postgres,
                "demo",
                "create table public.orders (id bigint generated always as identity primary key, contact_id text, item"
                        + " text, amount numeric)",
                "grant select, insert, update, delete on public.orders to app");
    }

    private static void grant(EmbeddedPostgres postgres) throws SQLException {
        sql(
                postgres,
                "demo",
                "grant usage on schema salesforce to app",
                "grant select, insert, update, delete on all tables in schema salesforce to app");
    }

    private static void sql(EmbeddedPostgres postgres, String database, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.getJdbcUrl("postgres", database));
                Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    private static PenstockSettings settings(
            Path folder, EmbeddedPostgres postgres, SalesforceSandbox sandbox, int port) {
        SalesforceConfig.Login login = sandbox.config().login();
        String text = """
            penstock {
              listen = "127.0.0.1:%d"
              admin  = "127.0.0.1:0"
              auth   = trust
              databases.demo {
                url       = "postgresql://app@127.0.0.1:%d/demo"
                admin_url = "postgresql://postgres@127.0.0.1:%d/demo"
                syncs.salesforce {
                  api = crm
                  poll_interval = 10s
                  tables {
                    contacts { object = Contact, correlation_field = Penstock_Mutation__c }
                    accounts { object = Account, correlation_field = Penstock_Mutation__c }
                  }
                }
              }
              apis.crm {
                type = salesforce
                login_url = "%s"
                oauth { client_id = "%s", client_secret = "%s", refresh_token = "%s" }
              }
            }
            """.formatted(
                        port,
                        postgres.getPort(),
                        postgres.getPort(),
                        sandbox.uri(),
                        login.clientId(),
                        login.clientSecret(),
                        login.refreshToken());
        return switch (SettingsReader.read(text, folder, System::getenv)) {
            case Reading.Valid(PenstockSettings settings) -> settings;
            case Reading.Invalid(var mistakes) ->
                throw new IllegalStateException("the demo's own settings are wrong: " + mistakes);
        };
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress("127.0.0.1", port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** What to do next. */
    public String welcome(Duration took) {
        return """

            Penstock demo is ready (%.1f s). Paste this into another terminal:

              psql "host=127.0.0.1 port=%d user=app dbname=demo"

            and try

              insert into salesforce.contacts (first_name, last_name, email) values ('Paul', 'Atreides', 'paul.atreides@caladan.io') returning id, created_date;
              update salesforce.contacts set email = 'paul@dune.co', note = 'Moved to Dune' where last_name = 'Atreides' returning *;
              insert into salesforce.contacts (last_name, email) values ('Harkonnen', 'not an address');
              delete from salesforce.contacts where email = 'paul@dune.co';

            What the API received: %s
            Ctrl-C ends everything and leaves nothing behind.
            """.formatted(took.toMillis() / 1000.0, node().listenAddress().getPort(), sandbox.uri());
    }

    public int port() {
        return node().listenAddress().getPort();
    }

    public SalesforceSandbox sandbox() {
        return sandbox;
    }

    public void awaitClosed() throws InterruptedException {
        node().awaitClosed();
    }

    private synchronized Node node() {
        return Objects.requireNonNull(node);
    }

    /** In the order in which they use one another; while it starts, when it has started. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (node != null) {
            node.close();
        }
        sandbox.close();
        try {
            if (postgres != null) {
                postgres.close();
            }
        } catch (IOException leftRunning) {
            throw new UncheckedIOException(leftRunning);
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException inUse) {
            System.err.println("penstock: could not remove " + folder);
        }
    }
}
