package io.penstock.node.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.config.PenstockSettings;
import io.penstock.node.Node;
import io.penstock.node.SyncTables;
import io.penstock.node.TestSettings;
import io.penstock.sandbox.SalesforceSandbox;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.FaultMatch;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
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
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A Postgres with a database for each test, and a Salesforce org whose description can be changed. */
final class SyncRig implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** Who has made what, when: a row that is written anew has another xmin, also where it says the same as before. */
    private static final String CATALOG = """
        select concat_ws(' ', 'relation', n.nspname, c.relname, c.relkind, c.relowner::regrole, c.relacl, c.xmin)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and c.relkind <> 't'
        union all select concat_ws(' ', 'column', a.attrelid::regclass, a.attname, a.atttypid::regtype, a.atttypmod,
            a.attnotnull, col_description(a.attrelid, a.attnum), a.xmin)
            from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
            where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
        union all select concat_ws(' ', 'trigger', tgrelid::regclass, tgname, tgenabled, xmin) from pg_trigger
        union all select concat_ws(' ', 'function', oid::regprocedure, md5(prosrc), xmin) from pg_proc
            where pronamespace = to_regnamespace('penstock')
        union all select concat_ws(' ', 'schema', nspname, nspacl, xmin) from pg_namespace where nspname !~ '^pg_'
        union all select concat_ws(' ', 'comment', objoid, objsubid, description, xmin) from pg_description
            where classoid = 'pg_class'::regclass
        order by 1\
        """;

    private final EmbeddedPostgres postgres;
    private final SalesforceSandbox sandbox;
    private final Path folder;
    private String database = "";

    /** What a command said. */
    record Said(int exit, List<String> output, List<String> errors) {
        String text() {
            return String.join("\n", output);
        }

        /** The statements without what stands around them. */
        List<String> statements() {
            return output.stream()
                    .filter(line -> line.matches("(CREATE|ALTER|COMMENT|GRANT|SELECT penstock|DROP|UPDATE).*"))
                    .toList();
        }

        List<String> about(String word) {
            return output.stream().filter(line -> line.contains(word)).toList();
        }
    }

    SyncRig(Path folder) throws IOException {
        this.folder = folder;
        this.postgres =
                EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
        this.sandbox = SalesforceSandbox.start(SalesforceConfig.defaults().withData(2, 3));
    }

    SalesforceSandbox sandbox() {
        return sandbox;
    }

    /** Empties the stage: another database, an org as it was. */
    void begin() throws SQLException {
        sandbox.faults().clear();
        database = "d" + NUMBERS.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + database);
        }
    }

    PenstockSettings settings() {
        return settings("postgres", "contacts { object = Contact }");
    }

    PenstockSettings settings(String admin, String tables) {
        SalesforceConfig.Login login = sandbox.config().login();
        return settings(
                admin,
                tables,
                "oauth { client_id = \"%s\", client_secret = \"%s\", refresh_token = \"%s\" }"
                        .formatted(login.clientId(), login.clientSecret(), login.refreshToken()));
    }

    /** With an access token that is good, and nothing to get another one with. */
    PenstockSettings settingsWithToken() throws IOException, InterruptedException {
        return settings(
                "postgres",
                "contacts { object = Contact }",
                "base_url = \"" + sandbox.uri() + "\", token = \"" + accessToken() + "\"");
    }

    private PenstockSettings settings(String admin, String tables, String credentials) {
        String text = """
            penstock {
              listen = "127.0.0.1:0"
              admin  = "127.0.0.1:0"
              auth   = trust
              event_loops = 1
              databases.%s {
                url = "postgresql://postgres@127.0.0.1:%d/%s"
                admin_url = "postgresql://%s@127.0.0.1:%d/%s"
                syncs.salesforce {
                  api = crm
                  poll_interval = 1h
                  tables { %s }
                }
              }
              apis.crm {
                type = salesforce
                login_url = "%s"
                %s
              }
            }
            """.formatted(
                        database,
                        postgres.getPort(),
                        database,
                        admin,
                        postgres.getPort(),
                        database,
                        tables,
                        sandbox.uri(),
                        credentials);
        return TestSettings.read(text, folder.resolve(database), _ -> null);
    }

    // ---- commands ----

    Said plan(String... drops) {
        return run(settings(), false, drops);
    }

    Said apply(String... drops) {
        return run(settings(), true, drops);
    }

    static Said run(PenstockSettings settings, boolean change, String... drops) {
        List<String> output = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        SyncScript script = new SyncScript(change, output::add, errors::add);
        try (SyncTables tables = new SyncTables(settings)) {
            if (change) {
                tables.apply(Set.of(drops), script);
            } else {
                tables.plan(Set.of(drops), script);
            }
        }
        return new Said(script.end(), output, errors);
    }

    Node node() throws Exception {
        Node node = Node.start(settings());
        node.awaitFilled(Duration.ofSeconds(60));
        return node;
    }

    Connection through(Node node) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + node.listenAddress().getPort() + "/" + database, "postgres", "");
    }

    // ---- Postgres ----

    void sql(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.getJdbcUrl("postgres", database));
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first column of a query, as text. */
    List<@Nullable String> column(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.getJdbcUrl("postgres", database));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<@Nullable String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    List<@Nullable String> catalog() throws SQLException {
        List<@Nullable String> all = column(CATALOG);
        all.addAll(column("select rolname || ' ' || xmin from pg_authid order by 1"));
        return all;
    }

    String typeOf(String column) throws SQLException {
        return String.valueOf(column("select format_type(atttypid, atttypmod) from pg_attribute where attrelid ="
                        + " 'salesforce.contacts'::regclass and attname = '" + column + "'")
                .stream()
                .findFirst()
                .orElse("no such column"));
    }

    // ---- the API ----

    /** From now on the org describes contacts so. */
    void describe(Consumer<ObjectNode> change) throws IOException, InterruptedException {
        sandbox.faults().clear();
        ObjectNode description = description();
        change.accept(description);
        sandbox.faults()
                .always(
                        FaultMatch.path("/sobjects/Contact/describe"),
                        new Fault.Answer(
                                200, Map.of(), "application/json", description.toString(), Fault.Moment.BEFORE_COMMIT));
    }

    static ObjectNode field(ObjectNode description, String name) {
        for (var field : description.path("fields")) {
            if (field.path("name").asText().equals(name)) {
                return (ObjectNode) field;
            }
        }
        throw new IllegalArgumentException("no field " + name);
    }

    static void remove(ObjectNode description, String name) {
        for (var fields = description.path("fields").elements(); fields.hasNext(); ) {
            if (fields.next().path("name").asText().equals(name)) {
                fields.remove();
            }
        }
    }

    private ObjectNode description() throws IOException, InterruptedException {
        String answer =
                send(HttpRequest.newBuilder(sandbox.uri().resolve("/services/data/v62.0/sobjects/Contact/describe"))
                        .header("Authorization", "Bearer " + accessToken()));
        return (ObjectNode) JSON.readTree(answer);
    }

    private String accessToken() throws IOException, InterruptedException {
        SalesforceConfig.Login login = sandbox.config().login();
        String form = "grant_type=password&client_id=%s&client_secret=%s&username=%s&password=%s"
                .formatted(login.clientId(), login.clientSecret(), login.username(), login.password());
        String answer = send(HttpRequest.newBuilder(sandbox.uri().resolve("/services/oauth2/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
        return JSON.readTree(answer).path("access_token").asText();
    }

    private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    boolean hasKeyFile() {
        return Files.exists(settings().credentials().keyFile());
    }

    @Override
    public void close() throws IOException {
        try (postgres;
                sandbox) {
            sandbox.faults().clear();
        }
    }
}
