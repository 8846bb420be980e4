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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** Everything that a first session needs, on free ports and in a temporary folder of its own. */
public final class Demo implements AutoCloseable {
    /** For Postgres to stop. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path folder;
    private final EmbeddedPostgres postgres;
    private final SalesforceSandbox sandbox;
    private final Node node;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Demo(Path folder, EmbeddedPostgres postgres, SalesforceSandbox sandbox, Node node) {
        this.folder = folder;
        this.postgres = postgres;
        this.sandbox = sandbox;
        this.node = node;
    }

    /** @param port where clients connect, if it is free; else any other */
    public static Demo start(int port, Duration latency) throws Exception {
        Path folder = Files.createTempDirectory("penstock-demo-");
        SalesforceSandbox sandbox =
                SalesforceSandbox.start(SalesforceConfig.defaults().withLatency(latency));
        EmbeddedPostgres postgres = null;
        try {
            postgres = EmbeddedPostgres.builder()
                    // Unpacked once for every demo; the data are this one's own, and deleted with its folder.
                    .setOverrideWorkingDirectory(binaries(folder).toFile())
                    .setDataDirectory(folder.resolve("data"))
                    .setCleanDataDirectory(false)
                    .start();
            prepare(postgres);
            Node node = Node.start(settings(folder, postgres, sandbox, isFree(port) ? port : 0));
            node.awaitFilled(Duration.ofSeconds(60));
            grant(postgres);
            return new Demo(folder, postgres, sandbox, node);
        } catch (Exception failed) {
            sandbox.close();
            if (postgres != null) {
                postgres.close();
            }
            delete(folder);
            throw failed;
        }
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
            """.formatted(took.toMillis() / 1000.0, node.listenAddress().getPort(), sandbox.uri());
    }

    public int port() {
        return node.listenAddress().getPort();
    }

    public SalesforceSandbox sandbox() {
        return sandbox;
    }

    public void awaitClosed() throws InterruptedException {
        node.awaitClosed();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        node.close();
        sandbox.close();
        try {
            postgres.close();
        } catch (IOException leftRunning) {
            throw new UncheckedIOException(leftRunning);
        } finally {
            awaitEnd(folder.resolve("data"));
            delete(folder);
        }
    }

    /** At Ctrl-C the library's own shutdown hook may be stopping Postgres at the same time, and then closing it here returns at once. */
    private static void awaitEnd(Path data) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (Files.exists(data.resolve("postmaster.pid")) && System.nanoTime() < end) {
                Thread.sleep(20);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
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
