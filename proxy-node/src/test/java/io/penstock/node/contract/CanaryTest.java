package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.penstock.config.PenstockSettings;
import io.penstock.config.reader.SettingsReader;
import io.penstock.node.Node;
import io.penstock.node.TestSettings;
import io.penstock.protocol.auth.ScramVerifier;
import io.penstock.sandbox.SalesforceSandbox;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import io.penstock.sandbox.server.Fault;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.slf4j.LoggerFactory;

/**
 * secrets and data are planted wherever a node meets them, it is driven through good days and bad ones with its log at its most
 * talkative, and none of them may be in the log, in the metrics or in an error of its start.
 */
@Timeout(180)
class CanaryTest {
    private static final String PASSWORD_OF_FILE = "canary-of-file";
    private static final String PASSWORD_OF_ROLE = "canary-of-role";
    private static final String PASSWORD_OF_URL = "canary-of-url";
    private static final String PASSWORD_OF_WRITER = "canary-of-writer";
    private static final String PASSWORD_OF_QUERY = "canary-of-query";
    private static final String PASSWORD_GUESSED = "canary-guessed";
    private static final String CLIENT_SECRET = "canary-client-secret";
    private static final String REFRESH_TOKEN = "canary-refresh-token";
    private static final String KEY =
            Base64.getEncoder().encodeToString("canary-key-of-the-credentials-32".getBytes(StandardCharsets.US_ASCII));
    private static final String VERIFIER =
            ScramVerifier.of("word", new byte[16], 4096).text();
    private static final String LITERAL = "canary-literal";
    private static final String BROKEN = "canary-broken";
    private static final String CAST = "canary-cast";
    private static final String PARAMETER = "canary-parameter";
    private static final String COPIED = "canary-copied";
    private static final String NOTIFIED = "canary-notified";
    private static final String STORED = "canary-stored";
    private static final String REFUSED = "canary-refused";
    private static final String LOST = "canary-lost";
    private static final String EXPLAINED = "canary-explained";

    private static final List<String> LOGGED = new CopyOnWriteArrayList<>();

    @TempDir
    static Path folder;

    private static final AppenderBase<ILoggingEvent> LOG = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLoggerName().startsWith("io.penstock.sandbox")) {
                return;
            }
            StringBuilder text = new StringBuilder(event.getLoggerName() + " " + event.getFormattedMessage());
            for (IThrowableProxy cause = event.getThrowableProxy(); cause != null; cause = cause.getCause()) {
                text.append('\n').append(cause.getClassName()).append(cause.getMessage());
            }
            LOGGED.add(text.toString());
        }
    };

    private static EmbeddedPostgres postgres;
    private static SalesforceSandbox sandbox;
    private static Level before;

    @BeforeAll
    static void start() throws Exception {
        SalesforceConfig defaults = SalesforceConfig.defaults().withData(2, 3);
        sandbox = SalesforceSandbox.start(new SalesforceConfig(
                defaults.host(),
                0,
                Duration.ZERO,
                1,
                defaults.clock(),
                new SalesforceConfig.Login("u@test", "password", "client", CLIENT_SECRET, REFRESH_TOKEN),
                defaults.tokens(),
                defaults.dailyRequests(),
                2,
                3));
        postgres = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
        superuser(
                "create role app login password '" + PASSWORD_OF_URL + "'",
                "create role penstock_writer login password '" + PASSWORD_OF_WRITER + "'",
                "create role asker login superuser password '" + PASSWORD_OF_QUERY + "'",
                "create role paul login password '" + PASSWORD_OF_ROLE + "'",
                "create role filed login password '" + PASSWORD_OF_FILE + "'",
                "create table public.t (a text, n int); grant all on public.t to paul, filed");
        Path hba = Path.of(single("show hba_file"));
        Files.writeString(
                hba, "host all app,penstock_writer,asker,paul,filed all scram-sha-256\n" + Files.readString(hba));
        superuser("select pg_reload_conf()");
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        LOG.start();
        root.addAppender(LOG);
        Logger own = (Logger) LoggerFactory.getLogger("io.penstock");
        before = own.getLevel();
        own.setLevel(Level.TRACE);
    }

    @AfterAll
    static void stop() throws IOException {
        ((Logger) LoggerFactory.getLogger("io.penstock")).setLevel(before);
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(LOG);
        sandbox.close();
        postgres.close();
    }

    private static void superuser(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"));
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String single(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"));
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static String text() {
        return """
            penstock {
              listen = "127.0.0.1:0", admin = "127.0.0.1:0", auth = query
              users.filed.password = "%s"
              users.verified.verifier = "%s"
              databases.d {
                url = "postgresql://app:%s@127.0.0.1:%d/postgres"
                admin_url = "postgresql://postgres@127.0.0.1:%d/postgres"
                login = client
                sign_in { query_user = asker, query_password = "%s" }
                writer.password = "%s"
                syncs.salesforce { api = crm, poll_interval = 1s, tables.contacts { object = Contact, correlation_field = Penstock_Mutation__c } }
              }
              apis.crm {
                type = salesforce, login_url = "%s"
                oauth { client_id = client, client_secret = "%s", refresh_token = "%s" }
                timeouts { request = 2s, max_queue_wait = 2s }
              }
              credentials.key = "%s"
            }
            """.formatted(
                        PASSWORD_OF_FILE,
                        VERIFIER,
                        PASSWORD_OF_URL,
                        postgres.getPort(),
                        postgres.getPort(),
                        PASSWORD_OF_QUERY,
                        PASSWORD_OF_WRITER,
                        sandbox.uri(),
                        CLIENT_SECRET,
                        REFRESH_TOKEN,
                        KEY);
    }

    private static PenstockSettings settings() {
        return TestSettings.read(text(), folder, _ -> null);
    }

    /** All canaries, by what they stand for. */
    private static Map<String, String> canaries() {
        Map<String, String> all = new TreeMap<>();
        all.put("password of a user of the file", PASSWORD_OF_FILE);
        all.put("verifier of a user of the file", VERIFIER.substring(VERIFIER.indexOf('$', 14)));
        all.put("password of a role", PASSWORD_OF_ROLE);
        all.put("password in the URL", PASSWORD_OF_URL);
        all.put("password of the writer", PASSWORD_OF_WRITER);
        all.put("password of who asks for verifiers", PASSWORD_OF_QUERY);
        all.put("password that somebody tries", PASSWORD_GUESSED);
        all.put("secret of the app", CLIENT_SECRET);
        all.put("refresh token", REFRESH_TOKEN);
        all.put("key of the credentials", KEY);
        all.put("key of the credentials, decoded", "canary-key-of");
        all.put("literal", LITERAL);
        all.put("literal in SQL that is wrong", BROKEN);
        all.put("value that cannot be converted", CAST);
        all.put("parameter", PARAMETER);
        all.put("COPY data", COPIED);
        all.put("payload of NOTIFY", NOTIFIED);
        all.put("row of the API", STORED);
        all.put("row that the API refuses", REFUSED);
        all.put("row whose answer is lost", LOST);
        all.put("row that is only explained", EXPLAINED);
        all.put("access token", "Bearer ");
        return all;
    }

    @Test
    void noCanarySings() throws Exception {
        List<String> elsewhere = new ArrayList<>();
        try (Node node = Node.start(settings())) {
            node.awaitFilled(Duration.ofSeconds(60));
            superuser("grant usage on schema salesforce to paul, filed; grant all on all tables in schema salesforce to"
                    + " paul, filed");
            for (String[] login : new String[][] {{"paul", PASSWORD_OF_ROLE}, {"filed", PASSWORD_OF_FILE}}) {
                try (Connection connection = connect(node, login[0], login[1])) {
                    goodDays(connection);
                    badDays(connection);
                }
            }
            for (String user : List.of("paul", "filed", "verified", "nobody", PASSWORD_GUESSED)) {
                assertThatThrownBy(() -> connect(node, user, PASSWORD_GUESSED + user))
                        .isInstanceOf(SQLException.class);
            }
            assertThatThrownBy(() -> connect(node, "verified", "word"))
                    .as("a user of the file that Postgres does not have")
                    .isInstanceOf(SQLException.class);
            superuser("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename in ('asker',"
                    + " 'penstock_writer', 'app')");
            try (Connection connection = connect(node, "paul", PASSWORD_OF_ROLE)) {
                goodDays(connection);
            }
            ByteArrayOutputStream metrics = new ByteArrayOutputStream();
            PrometheusTextFormatWriter.create().write(metrics, node.metrics().scrape());
            elsewhere.add(metrics.toString(StandardCharsets.UTF_8));
        }
        elsewhere.add(failedStart());
        elsewhere.add(settings().toString());
        elsewhere.add(SettingsReader.read(text().replace("auth =", "auht ="), folder, _ -> null)
                .toString());

        assertThat(LOGGED).as("the log was heard").hasSizeGreaterThan(5);
        assertThat(elsewhere).hasSize(4).noneMatch(String::isEmpty);
        List<String> found = new ArrayList<>();
        canaries().forEach((what, canary) -> {
            for (List<String> texts : List.of(LOGGED, elsewhere)) {
                texts.stream().filter(text -> text.contains(canary)).forEach(text -> found.add(what + ": " + text));
            }
        });
        System.out.println("A-12: " + canaries().size() + " canaries, " + LOGGED.size() + " lines of log, "
                + found.size() + " found");
        assertThat(found).isEmpty();
    }

    private static Connection connect(Node node, String user, String password) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + node.listenAddress().getPort() + "/d", user, password);
    }

    /** Everything that the error of a start says that Postgres refuses. */
    private static String failedStart() {
        String wrong = text().replace("postgres@127", "app:" + PASSWORD_OF_URL + "-wrong@127");
        PenstockSettings settings = TestSettings.read(wrong, folder, _ -> null);
        StringBuilder said = new StringBuilder();
        assertThatThrownBy(() -> Node.start(settings).close()).satisfies(failed -> {
            for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
                said.append(cause);
            }
        });
        return said.toString();
    }

    private static void goodDays(Connection connection) throws Exception {
        run(connection, "select '" + LITERAL + "'");
        run(connection, "insert into public.t values ('" + LITERAL + "', 1)");
        run(connection, "notify canaries, '" + NOTIFIED + "'");
        run(connection, "set application_name = '" + LITERAL + "'");
        try (PreparedStatement statement = connection.prepareStatement("select a from public.t where a = ?")) {
            for (int i = 0; i < 7; i++) {
                statement.setString(1, PARAMETER);
                statement.executeQuery().close();
            }
        }
        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
        copy.copyIn("copy public.t from stdin", new StringReader(COPIED + "\t1\n"));
        run(connection, "explain insert into salesforce.contacts (last_name) values ('" + EXPLAINED + "')");
        run(connection, "insert into salesforce.contacts (last_name, email) values ('" + STORED + "', 'a@b.example')");
        run(
                connection,
                "update salesforce.contacts set first_name = '" + STORED + "' where last_name = '" + STORED + "'");
        run(connection, "delete from salesforce.contacts where last_name = '" + STORED + "'");
    }

    private static void badDays(Connection connection) throws Exception {
        fails(connection, "selec '" + BROKEN + "'");
        fails(connection, "select '" + BROKEN);
        fails(connection, "select '" + CAST + "'::int");
        fails(connection, "insert into public.t values ('x', '" + CAST + "')");
        fails(connection, "do $$ begin raise exception '%', '" + BROKEN + "'; end $$");
        fails(
                connection,
                "merge into salesforce.contacts using (select '" + BROKEN
                        + "') on false when not matched then insert default values");
        fails(
                connection,
                "with x as (insert into salesforce.contacts (last_name) values ('" + BROKEN
                        + "') returning id) select * from x");
        fails(
                connection,
                "insert into salesforce.contacts (last_name, email) values ('" + REFUSED + "', '" + REFUSED + "')");
        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
        assertThatThrownBy(() -> copy.copyIn("copy public.t from stdin", new StringReader("x\t" + CAST + "\n")))
                .isInstanceOf(SQLException.class);
        String insert = "insert into salesforce.contacts (last_name) values ('" + LOST + "')";
        for (Fault fault : List.of(
                new Fault.Status(500, Fault.Moment.BEFORE_COMMIT),
                new Fault.Drop(Fault.Moment.BEFORE_COMMIT),
                new Fault.Drop(Fault.Moment.AFTER_COMMIT),
                new Fault.InvalidJson(),
                new Fault.HtmlPage(),
                new Fault.RefuseRecords("UNABLE_TO_LOCK_ROW", REFUSED))) {
            sandbox.faults().next(fault); // which a poll may meet as well
            tries(connection, insert);
            sandbox.faults().clear();
        }
        sandbox.expireTokens();
        tries(connection, insert);
        superuser("alter table salesforce.contacts add constraint no_canaries check (last_name <> '" + LOST + "2')");
        fails(connection, "insert into salesforce.contacts (last_name) values ('" + LOST + "2')");
        superuser("alter table salesforce.contacts drop constraint no_canaries");
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** How it ends is not the question here. */
    private static void tries(Connection connection, String sql) {
        try {
            run(connection, sql);
        } catch (SQLException failed) {
            assertThat(failed.getSQLState()).isNotNull();
        }
    }

    private static void fails(Connection connection, String sql) {
        assertThatThrownBy(() -> run(connection, sql)).as(sql).isInstanceOf(SQLException.class);
    }
}
