package io.penstock.node.contract;

import io.penstock.config.PenstockSettings;
import io.penstock.node.Node;
import io.penstock.node.TestSettings;
import io.penstock.node.apis.RequestCheck;
import io.penstock.sandbox.SalesforceSandbox;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real Postgres, a Salesforce sandbox and a node between them, as an application finds them: user {@code app} is no superuser and has
 * grants on the synced tables {@code salesforce.contacts} and {@code salesforce.accounts}; {@code public.orders} is an ordinary table;
 * {@code contacts} has two local columns that the API knows nothing of.
 *
 * <p>Starting one takes seconds, so tests share one for the whole JVM and leave each other's rows alone: each takes names of its own from
 * {@link #name}. A test that breaks something starts its own.
 */
public final class PenstockFixture implements AutoCloseable {
    /** The whole contract holds in each mode; in transaction mode with fewer servers than there are clients at times. */
    private static final String MODE = System.getProperty("penstock.pool.mode", "session");

    /** Polls would mix requests of their own among those that a test counts. */
    private static final String NO_POLL = "1h";

    static boolean sharesServers() {
        return !MODE.equals("session");
    }

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final RequestCheck DOCUMENTED = RequestCheck.of("salesforce");

    private static @Nullable PenstockFixture shared;
    private static @Nullable RuntimeException notStarted;

    private final AtomicInteger names = new AtomicInteger();
    private final Path folder;
    private final EmbeddedPostgres postgres;
    private final SalesforceSandbox sandbox;
    private final String api;
    private final String cluster;
    private String contacts = "";
    private Node node;

    private PenstockFixture(
            Path folder, EmbeddedPostgres postgres, SalesforceSandbox sandbox, String api, String cluster) {
        this.folder = folder;
        this.postgres = postgres;
        this.sandbox = sandbox;
        this.api = api;
        this.cluster = cluster;
        this.node = startNode();
    }

    /** The one that all tests of this JVM share; it is closed when the JVM ends. */
    public static synchronized PenstockFixture shared() {
        RuntimeException before = notStarted;
        if (before != null) {
            // What did not start for the first test will not start for the hundredth.
            throw before;
        }
        PenstockFixture running = shared;
        if (running == null) {
            try {
                running = start("60s");
            } catch (RuntimeException failure) {
                notStarted = failure;
                throw failure;
            }
            shared = running;
            Runtime.getRuntime().addShutdownHook(new Thread(running::close));
        }
        return running;
    }

    /** @param requestTimeout how long the node waits for the API's answer */
    public static PenstockFixture start(String requestTimeout) {
        return startWithTimeouts("request = " + requestTimeout);
    }

    /** @param timeouts settings of {@code penstock.apis.crm.timeouts}, such as {@code request = 1s, server = 2s} */
    static PenstockFixture startWithTimeouts(String timeouts) {
        return startWithApi("timeouts { " + timeouts + ", max_queue_wait = 5s }");
    }

    /** @param api settings of {@code penstock.apis.crm} beside login and credentials */
    static PenstockFixture startWithApi(String api) {
        return startWith(api, "");
    }

    /** One that other nodes can join, see {@link #anotherNode}. @param api settings of {@code penstock.apis.crm} */
    static PenstockFixture startCluster(String api) {
        int port = freePort();
        return startWith(api, "cluster { port = %d, seed_nodes = [\"127.0.0.1:%d\"] }".formatted(port, port));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static PenstockFixture startWith(String api, String cluster) {
        try {
            Path folder = Files.createTempDirectory("penstock-contract-");
            try {
                return startIn(folder, api, cluster);
            } catch (IOException | SQLException | RuntimeException failure) {
                Folders.delete(folder);
                throw failure;
            }
        } catch (IOException | SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static PenstockFixture startIn(Path folder, String api, String cluster) throws IOException, SQLException {
        SalesforceSandbox sandbox =
                SalesforceSandbox.start(SalesforceConfig.defaults().withData(5, 20));
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("max_connections", "100")
                .setServerConfig("max_prepared_transactions", "5")
                .setServerConfig("wal_level", "logical")
                .start();
        prepare(postgres);
        PenstockFixture fixture = new PenstockFixture(folder, postgres, sandbox, api, cluster);
        fixture.superuser(
                "grant usage on schema salesforce to app, clerk, tenant",
                "grant select, insert, update, delete on all tables in schema salesforce to app, tenant",
                "grant select, insert on salesforce.contacts to clerk");
        return fixture;
    }

    private static void prepare(EmbeddedPostgres postgres) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("create role app login");
            statement.execute("create role clerk login");
            statement.execute("create role tenant login");
            statement.execute("grant clerk, tenant to app with inherit false");
            statement.execute("create database contract");
        }
        try (Connection connection = DriverManager.getConnection(postgres.getJdbcUrl("postgres", "contract"));
                Statement statement = connection.createStatement()) {
            statement.execute("create table public.orders (id bigint generated always as identity primary key,"
                    + " contact_id text, item text, amount numeric)");
            statement.execute("create sequence public.ticket");
            statement.execute("grant all on public.orders to app");
            statement.execute("grant all on sequence public.ticket to app");
            statement.execute("grant create, temporary on database contract to app");
            statement.execute("grant create on schema public to app");
            // The installer gives a table that it finds the columns that are missing; what it finds beyond stays local.
            statement.execute("create schema salesforce");
            statement.execute("create table salesforce.contacts"
                    + " (id text primary key, local_note text, local_rank integer default 7)");
        }
    }

    private Node startNode() {
        try {
            Node started = startUnready();
            started.awaitFilled(PATIENCE);
            return started;
        } catch (Exception failure) {
            throw new IllegalStateException("the node did not start", failure);
        }
    }

    private Node startUnready() throws Exception {
        return Node.start(settings(folder, cluster));
    }

    /** A second node of the same cluster, with a folder of its own. Whoever starts it closes it. */
    Node anotherNode() throws Exception {
        return Node.start(settings(
                Files.createTempDirectory(folder, "another-node-"),
                cluster.replaceFirst("port = \\d+", "port = " + freePort())));
    }

    private PenstockSettings settings(Path home, String clustering) {
        SalesforceConfig.Login login = sandbox.config().login();
        String text = """
            penstock {
              listen = "127.0.0.1:0"
              event_loops = 2
              admin  = "127.0.0.1:0"
              auth   = trust
              %s
              databases.contract {
                url       = "postgresql://app@127.0.0.1:%d/contract"
                admin_url = "postgresql://postgres@127.0.0.1:%d/contract"
                login     = client
                pool { mode = %s, size = %s }
                syncs.salesforce {
                  api = crm
                  poll_interval = %s
                  tables {
                    contacts { object = Contact, correlation_field = Penstock_Mutation__c, %s }
                    accounts { object = Account, correlation_field = Penstock_Mutation__c }
                  }
                }
              }
              apis.crm {
                type = salesforce
                login_url = "%s"
                oauth { client_id = "%s", client_secret = "%s", refresh_token = "%s" }
                %s
              }
            }
            """.formatted(
                        clustering,
                        postgres.getPort(),
                        postgres.getPort(),
                        MODE,
                        // In transaction mode more than clients, since who has run a DO block keeps its server.
                        MODE.equals("session") ? 60 : 12,
                        NO_POLL,
                        contacts,
                        sandbox.uri(),
                        login.clientId(),
                        login.clientSecret(),
                        login.refreshToken(),
                        api);
        return TestSettings.read(text, home, System::getenv);
    }

    /** Stops the node and starts another one on the same folder and database. */
    public void restartNode() {
        node.close();
        node = startNode();
    }

    /** The same without waiting for its tables. */
    void restartUnready() {
        node.close();
        try {
            node = startUnready();
        } catch (Exception failure) {
            throw new IllegalStateException("the node did not start", failure);
        }
    }

    /** The same with further settings of {@code tables.contacts}. */
    void restartNode(String settingsOfContacts) {
        contacts = settingsOfContacts;
        restartNode();
    }

    Node node() {
        return node;
    }

    public InetSocketAddress address() {
        return node.listenAddress();
    }

    public SalesforceSandbox sandbox() {
        return sandbox;
    }

    /** A name that no other test has, such as {@code Atreides 17}. */
    public String name(String stem) {
        return stem + " " + names.incrementAndGet();
    }

    // ---- clients ----

    /** Through the proxy, as {@code app}. */
    public WireClient client(String... parameters) {
        return WireClient.connect(address(), "app", "contract", parameters);
    }

    public WireClient clientAs(String user, String... parameters) {
        return WireClient.connect(address(), user, "contract", parameters);
    }

    /** Through the proxy with pgjdbc, as {@code app}. @param properties name and value in turn */
    public Connection jdbc(String... properties) throws SQLException {
        Properties all = new Properties();
        all.setProperty("user", "app");
        for (int i = 0; i < properties.length; i += 2) {
            all.setProperty(properties[i], properties[i + 1]);
        }
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + address().getPort() + "/contract", all);
    }

    /** Past the proxy. */
    public Connection direct(String user) throws SQLException {
        return DriverManager.getConnection(postgres.getJdbcUrl(user, "contract"));
    }

    /** Past the proxy, one message at a time. */
    public WireClient directClient(String user) {
        return WireClient.connect(new InetSocketAddress("127.0.0.1", postgres.getPort()), user, "contract");
    }

    /** Runs statements past the proxy as superuser. */
    public void superuser(String... statements) {
        try (Connection connection = direct("postgres");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** A database of its own, beside the proxy. */
    public Connection freshDatabase(String name) throws SQLException {
        superuser("drop database if exists " + name, "create database " + name);
        return DriverManager.getConnection(postgres.getJdbcUrl("postgres", name));
    }

    /** All rows of a query, past the proxy as superuser: what Postgres really holds. Values as text. */
    public List<List<@Nullable String>> stored(String query) {
        try (Connection connection = direct("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<List<@Nullable String>> all = new ArrayList<>();
            while (rows.next()) {
                List<@Nullable String> row = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.add(rows.getString(i));
                }
                all.add(row);
            }
            return all;
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    // ---- the API ----

    /** Where the log of requests stands now. */
    public long mark() {
        return sandbox.dataRequests().stream()
                .mapToLong(request -> request.number())
                .max()
                .orElse(0);
    }

    /** What arrived since the mark, reads too; not those for tokens. All of it has to be what Salesforce documents. */
    public List<ApiRequest> requests(long mark) {
        List<String> violations = DOCUMENTED.violations(sandbox.dataRequests().stream()
                .filter(request -> request.number() > mark)
                .toList());
        if (!violations.isEmpty()) {
            throw new AssertionError(String.join("\n", violations));
        }
        return sandbox.dataRequests().stream()
                .filter(request -> request.number() > mark)
                .map(ApiRequest::of)
                .toList();
    }

    /** Somebody else deletes a record, past the proxy. */
    public void deleteAtApi(String type, String id) {
        SalesforceConfig.Login login = sandbox.config().login();
        String form = "grant_type=password&client_id=%s&client_secret=%s&username=%s&password=%s"
                .formatted(login.clientId(), login.clientSecret(), login.username(), login.password());
        try (HttpClient http = HttpClient.newHttpClient()) {
            String token = send(
                    http,
                    HttpRequest.newBuilder(sandbox.uri().resolve("/services/oauth2/token"))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString(form)));
            String access = token.replaceAll("(?s).*\"access_token\"\\s*:\\s*\"([^\"]+)\".*", "$1");
            send(
                    http,
                    HttpRequest.newBuilder(sandbox.uri().resolve("/services/data/v62.0/sobjects/" + type + "/" + id))
                            .header("Authorization", "Bearer " + access)
                            .DELETE());
        }
    }

    private static String send(HttpClient http, HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new IllegalStateException(
                        "the sandbox answered " + response.statusCode() + ": " + response.body());
            }
            return response.body();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    public Agreement agreement() {
        return new Agreement(
                this::stored,
                sandbox::objects,
                Map.of("salesforce.contacts", "Contact", "salesforce.accounts", "Account"));
    }

    @Override
    public void close() {
        try (postgres;
                sandbox) {
            node.close();
        } catch (IOException leftRunning) {
            throw new UncheckedIOException(leftRunning);
        } finally {
            Folders.delete(folder);
        }
    }
}
