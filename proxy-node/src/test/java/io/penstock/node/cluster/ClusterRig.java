package io.penstock.node.cluster;

import io.penstock.node.ClusteredNode;
import io.penstock.node.crash.ChildJvm;
import io.penstock.sandbox.SalesforceSandbox;
import io.penstock.sandbox.StripeSandbox;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import io.penstock.sandbox.stripe.StripeConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A Postgres, and nodes as processes of their own that share two accounts: one of Stripe, whose limit is {@link #LIMIT} requests in {@link #WINDOW}, and
 * one of Salesforce, whose refresh tokens are good once and whose owner is thrown out when one is used again.
 */
final class ClusterRig implements AutoCloseable {
    static final int LIMIT = 50;
    static final Duration WINDOW = Duration.ofSeconds(5);

    private final Path folder;
    private final EmbeddedPostgres postgres;
    private final StripeSandbox stripe = StripeSandbox.start(
            StripeConfig.defaults().withLimits(StripeConfig.Limits.NONE).withData(1, 0));
    private final SalesforceSandbox salesforce = SalesforceSandbox.start(SalesforceConfig.defaults()
            .withData(1, 1)
            .withTokens(new SalesforceConfig.Tokens(Duration.ofHours(2), 0, true)));
    private final List<Integer> clusterPorts = new ArrayList<>();
    private final List<ChildJvm> nodes = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    ClusterRig(Path folder, int size) throws Exception {
        this.folder = folder;
        this.postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("max_connections", "400")
                .start();
        for (int i = 0; i < size; i++) {
            clusterPorts.add(freePort());
        }
        // The first one installs; the others come at the same time.
        nodes.add(start(0));
        ports.add(ready(0));
        for (int i = 1; i < size; i++) {
            nodes.add(start(i));
        }
        for (int i = 1; i < size; i++) {
            ports.add(ready(i));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private ChildJvm start(int node) throws IOException {
        SalesforceConfig.Login login = salesforce.config().login();
        Path home = Files.createDirectories(folder.resolve("node-" + node));
        String settings = """
            penstock {
              listen = "127.0.0.1:0"
              admin  = "127.0.0.1:0"
              auth   = trust
              cluster { port = %d, seed_nodes = [%s] }
              credentials.key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
              databases.postgres {
                url  = "postgresql://postgres@127.0.0.1:%d/postgres"
                pool { mode = transaction, size = 30 }
                writer.size = 30
                syncs.stripe { api = stripe, poll_interval = 1h, tables.customers { object = customers } }
                syncs.salesforce {
                  api = salesforce
                  poll_interval = 1h
                  tables.contacts { object = Contact, correlation_field = Penstock_Mutation__c }
                }
              }
              apis.stripe {
                type = stripe, base_url = "%s", token = %s
                limits { burst = %d, burst_window = %ds, concurrency = 60 }
                timeouts { request = 10s, max_queue_wait = 60s }
              }
              apis.salesforce {
                type = salesforce, login_url = "%s"
                oauth { client_id = "%s", client_secret = "%s", refresh_token = "%s" }
                limits { concurrency = 90 }
                timeouts { request = 10s, max_queue_wait = 60s }
              }
            }
            """.formatted(
                clusterPorts.get(node),
                clusterPorts.stream().map(port -> "\"127.0.0.1:" + port + "\"").collect(Collectors.joining(", ")),
                postgres.getPort(),
                stripe.uri(),
                stripe.config().keys().secret(),
                LIMIT,
                WINDOW.toSeconds(),
                salesforce.uri(),
                login.clientId(),
                login.clientSecret(),
                login.refreshToken());
        return ChildJvm.start(
                ClusteredNode.class,
                "cluster: ",
                256,
                folder,
                Files.writeString(home.resolve("penstock.conf"), settings).toString(),
                home.toString());
    }

    private int ready(int node) {
        return Integer.parseInt(nodes.get(node).await("ready "));
    }

    /** Starts a node again that has ended. */
    void startAgain(int node) throws IOException {
        nodes.set(node, start(node));
        ports.set(node, ready(node));
    }

    int size() {
        return nodes.size();
    }

    ChildJvm node(int node) {
        return nodes.get(node);
    }

    StripeSandbox stripe() {
        return stripe;
    }

    SalesforceSandbox salesforce() {
        return salesforce;
    }

    /** Which of the living nodes has the account's limiter. */
    int limiter(String account) {
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).isAlive()) {
                nodes.get(i).say("limits " + account);
                if (nodes.get(i).await("limits ").equals("true")) {
                    return i;
                }
            }
        }
        throw new IllegalStateException("no node has the limiter of " + account);
    }

    /** A client's connection through a node. */
    Connection client(int node) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + ports.get(node)
                + "/postgres?user=postgres&sslmode=disable&gssEncMode=disable&connectTimeout=60&socketTimeout=120");
    }

    /** One number, past the nodes. */
    long number(String sql) throws SQLException {
        try (Connection direct = DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"));
                Statement statement = direct.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() throws Exception {
        for (ChildJvm node : nodes) {
            node.close();
        }
        postgres.close();
        stripe.close();
        salesforce.close();
    }
}
