package io.penstock.node.bench;

import static org.awaitility.Awaitility.await;

import io.penstock.node.backend.TestPostgres;
import io.penstock.node.tls.TestAuthority;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Starts Penstock and PgBouncer as processes in front of one Postgres. Those of one setup at a time: on two cores others would be in the way. */
final class Fronts implements AutoCloseable {
    /** As many as any cell has, and some more. */
    private static final int MOST_CLIENTS = 12_000;

    /** Penstock may have to be built first. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final TestPostgres postgres;
    private final Path home;
    private final String penstock;
    private final Path folder;
    private final TestAuthority.Issued certificate;
    private final List<Process> running = new ArrayList<>();

    /** @param penstock the command in front of {@code run -c FILE} */
    Fronts(TestPostgres postgres, Path home, String penstock) throws IOException, SQLException {
        this.postgres = postgres;
        this.home = home;
        this.penstock = penstock;
        this.folder = Files.createTempDirectory("relay-bench-");
        // PgBouncer refuses to run as root, and nobody must be able to read its files.
        folder.toFile().setExecutable(true, false);
        folder.toFile().setReadable(true, false);
        TestAuthority authority = new TestAuthority(folder, "authority", TestAuthority.Kind.EC);
        this.certificate = authority.server("server");
        certificate.key().toFile().setReadable(true, false);
        // A key of its own: Postgres takes none that others can read.
        postgres.tls(authority.server("postgres"), authority.cert());
    }

    Target start(String name, Setup setup) throws IOException {
        return switch (name) {
            case "direct" -> new Target(name, postgres.address().port(), setup, null);
            case "pgbouncer" -> pgBouncer(setup);
            case "penstock" -> penstock(setup);
            default -> throw new IllegalArgumentException("no such target: " + name);
        };
    }

    private Target penstock(Setup setup) throws IOException {
        int port = freePort();
        Path file = Files.writeString(folder.resolve("penstock-" + port + ".conf"), """
            penstock {
              listen = "127.0.0.1:%d"
              admin  = "127.0.0.1:0"
              auth   = %s
              users.bench.password = %s
              limits.clients = %d
              sign_in.connections_per_address = %d
              journal.directory = "%s"
              %s
              databases.postgres {
                url = "postgresql://postgres@127.0.0.1:%d/postgres?sslmode=disable"
                pool { mode = %s, size = %d, max_wait = 5m, wait_notice = 5m }
              }
            }
            """.formatted(
                        port,
                        setup.login() == Setup.Login.TRUST ? "trust" : "scram",
                        Setup.PASSWORD,
                        MOST_CLIENTS,
                        MOST_CLIENTS,
                        folder.resolve("journal-" + port),
                        setup.tls()
                                ? "tls { cert = \"%s\", key = \"%s\" }".formatted(certificate.cert(), certificate.key())
                                : "",
                        postgres.address().port(),
                        setup.mode().name().toLowerCase(Locale.ROOT),
                        setup.pool()));
        List<String> command = new ArrayList<>(List.of(penstock.split(" ")));
        command.addAll(List.of("run", "-c", file.toString()));
        return launch("penstock", command, port, setup);
    }

    private Target pgBouncer(Setup setup) throws IOException {
        int port = freePort();
        Path users =
                Files.writeString(folder.resolve("users"), "\"postgres\" \"\"\n\"bench\" \"" + Setup.PASSWORD + "\"\n");
        Path file = Files.writeString(folder.resolve("pgbouncer-" + port + ".ini"), """
            [databases]
            postgres = host=127.0.0.1 port=%d user=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = %d
            unix_socket_dir =
            auth_type = %s
            auth_file = %s
            pool_mode = %s
            default_pool_size = %d
            max_client_conn = %d
            query_wait_timeout = 300
            ignore_startup_parameters = extra_float_digits
            server_tls_sslmode = disable
            %s
            """.formatted(
                        postgres.address().port(),
                        port,
                        setup.login() == Setup.Login.TRUST ? "trust" : "scram-sha-256",
                        users,
                        setup.mode().name().toLowerCase(Locale.ROOT),
                        setup.pool(),
                        MOST_CLIENTS,
                        setup.tls()
                                ? "client_tls_sslmode = allow\nclient_tls_cert_file = %s\nclient_tls_key_file = %s"
                                        .formatted(certificate.cert(), certificate.key())
                                : ""));
        List<String> command = new ArrayList<>(List.of("pgbouncer", "-q"));
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(file.toString());
        return launch("pgbouncer", command, port, setup);
    }

    private Target launch(String name, List<String> command, int port, Setup setup) throws IOException {
        File log = folder.resolve(name + "-" + port + ".log").toFile();
        Process process = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        running.add(process);
        Target target = new Target(name, port, setup, process.toHandle());
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> !process.isAlive() || answers(target));
        if (!process.isAlive()) {
            String said = Files.readString(log.toPath()).strip();
            throw new IOException(name + " did not start: " + said.substring(0, Math.min(500, said.length())));
        }
        return target;
    }

    private static boolean answers(Target target) {
        try (WireLoad client = WireLoad.trusted(target)) {
            return client.isOpen();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Ends all that were started. */
    @Override
    public void close() throws IOException {
        for (Process process : running) {
            process.destroy();
            try {
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                process.destroyForcibly();
            }
        }
        running.clear();
    }
}
