package io.penstock.node.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.config.PenstockSettings;
import io.penstock.config.PoolSettings;
import io.penstock.node.Node;
import io.penstock.node.TestSettings;
import io.penstock.node.backend.TestPostgres;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * A Postgres and a node with a database for each mode of pools: {@code session} and {@code transaction}. User {@code app} is no superuser and
 * may create; the table {@code notes} is there.
 */
final class ClientRig implements AutoCloseable {
    /** How many server connections each pool has: fewer than the clients that come in transaction mode. */
    static final int SERVERS = 4;

    private final TestPostgres postgres;
    private final Node node;

    private ClientRig(TestPostgres postgres, Node node) {
        this.postgres = postgres;
        this.node = node;
    }

    static ClientRig start() throws Exception {
        TestPostgres postgres = TestPostgres.start(Map.of("max_connections", "50", "max_prepared_transactions", "5"));
        try {
            postgres.sql("create role app login");
            for (PoolSettings.Mode mode : PoolSettings.Mode.values()) {
                String database = database(mode);
                postgres.sql("create database " + database + " owner app");
                try (Connection owner = DriverManager.getConnection(
                        "jdbc:postgresql://localhost:" + postgres.address().port() + "/" + database + "?user=app")) {
                    owner.createStatement().execute("create table notes (author text, note text)");
                }
            }
            return new ClientRig(postgres, Node.start(settings(postgres)));
        } catch (Exception failed) {
            postgres.close();
            throw failed;
        }
    }

    private static PenstockSettings settings(TestPostgres postgres) throws Exception {
        StringBuilder text =
                new StringBuilder("penstock { listen = \"127.0.0.1:0\", admin = \"127.0.0.1:0\", auth = trust\n");
        for (PoolSettings.Mode mode : PoolSettings.Mode.values()) {
            String name = database(mode);
            text.append("""
                databases.%s {
                  url = "postgresql://postgres@localhost:%d/%s", login = client
                  pool { mode = %s, size = %d, max_wait = 20s }
                }
                """.formatted(name, postgres.address().port(), name, name, SERVERS));
        }
        Path folder = Files.createTempDirectory("penstock-clients-");
        folder.toFile().deleteOnExit();
        return TestSettings.read(text.append('}').toString(), folder, System::getenv);
    }

    static String database(PoolSettings.Mode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    int port() {
        return node.listenAddress().getPort();
    }

    /** With pgjdbc. @param options further ones, such as {@code &prepareThreshold=1} */
    Connection connect(PoolSettings.Mode mode, String options) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port() + "/" + database(mode) + "?user=app" + options);
    }

    /** All clients have gone: each server connection that was given to one has come back, and nobody waits. */
    void assertNothingIsHeld() {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(handoffs("given")).isPositive().isEqualTo(handoffs("back")));
    }

    private double handoffs(String direction) {
        return node.metrics().scrape(name -> name.equals("penstock_pool_handoffs")).stream()
                .flatMap(metric -> ((CounterSnapshot) metric).getDataPoints().stream())
                .filter(point -> direction.equals(point.getLabels().get("direction")))
                .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
                .sum();
    }

    @Override
    public void close() throws Exception {
        node.close();
        postgres.close();
    }
}
