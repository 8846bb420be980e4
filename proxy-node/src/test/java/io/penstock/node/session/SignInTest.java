package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.penstock.config.AddressRange;
import io.penstock.config.AuthMode;
import io.penstock.config.Secret;
import io.penstock.config.SignInSettings;
import io.penstock.config.UserSettings;
import io.penstock.node.backend.Credentials;
import io.penstock.node.backend.ServerConnection;
import io.penstock.node.backend.ServerConnector;
import io.penstock.node.backend.ServerLogin;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.IoKind;
import io.penstock.node.transport.TestLoops;
import io.penstock.protocol.auth.ScramKeys;
import io.penstock.protocol.auth.ScramVerifier;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Postgres's own users at the door of the proxy, and who is kept out of it. */
@Timeout(60)
class SignInTest {
    /** As careless as an operator may be: nothing is qualified. */
    private static final String QUERY = "select rolname, rolpassword from pg_authid where rolname = $1";

    private static TestPostgres postgres;
    private static TestLoops loops;
    private static ServerConnector connector;
    private static RoleLookup roles;
    private static TestProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        postgres = TestPostgres.start();
        postgres.sql("create role paul login password 'spice'; create role \"o'brien\"\" --\" login password 'spice';"
                + " create role late login password 'spice' valid until '2001-01-01';"
                + " create role group_role nologin password 'spice'; create role changing login password 'old';"
                + " set password_encryption = 'md5'; create role ancient login password 'spice'");
        postgres.hba("host all paul,late,group_role,changing,\"o'brien\"\" --\" all scram-sha-256");
        loops = TestLoops.start(IoKind.automatic());
        connector = new ServerConnector(loops.loops, Duration.ofSeconds(5), Duration.ofSeconds(5));
        roles = new RoleLookup(QUERY, SignInTest::connectToAsk);
        proxy = proxy(SignInSettings.OPEN, new DatabaseDoor(List.of(), "penstock_writer", roles));
    }

    private static CompletionStage<ServerConnection> connectToAsk() {
        return connector.open(
                postgres.address(),
                new ServerLogin("postgres", "postgres", new Credentials.None(), Map.of("options", RoleLookup.OPTIONS)),
                loops.loops.next());
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        roles.close();
        loops.close();
        postgres.close();
    }

    private static TestProxy proxy(SignInSettings settings, DatabaseDoor door) {
        return TestProxy.guarded(
                postgres.address(), new SignIn(AuthMode.QUERY, Map.of(), settings, new SecureRandom()), door);
    }

    private static Connection connect(TestProxy to, String user, String password, String... options)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        for (int i = 0; i < options.length; i += 2) {
            properties.setProperty(options[i], options[i + 1]);
        }
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + to.port + "/postgres", properties);
    }

    private static String sessionUser(TestProxy at, String user, String password, String... options)
            throws SQLException {
        try (Connection connection = connect(at, user, password, options);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select session_user")) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void assertRefused(TestProxy by, String user, String password, String... options) {
        assertThatThrownBy(() -> connect(by, user, password, options))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState()).isEqualTo("28P01"))
                .hasMessageContaining("password authentication failed for user \"" + user + "\"");
    }

    @Test
    void aUserOfPostgresIsItselfThereWithoutItsPasswordBeingKnownHere() throws SQLException {
        assertThat(sessionUser(proxy, "paul", "spice")).isEqualTo("paul");
        assertThat(sessionUser(proxy, "o'brien\" --", "spice")).isEqualTo("o'brien\" --");
    }

    @Test
    void theNameMayCarryTheSync() throws SQLException {
        assertThat(sessionUser(proxy, "paul.sync_j8sual", "spice")).isEqualTo("paul");
    }

    @Test
    void whoMayNotLogInLooksLikeWhoDoesNotExist() {
        for (String user : List.of("paul", "nobody")) {
            assertRefused(proxy, user, "worm");
        }
        for (String user : List.of("late", "group_role", "ancient")) {
            assertRefused(proxy, user, "spice");
        }
    }

    @Test
    void aChangedPasswordCountsForTheNextLogin() throws SQLException {
        assertThat(sessionUser(proxy, "changing", "old")).isEqualTo("changing");
        postgres.sql("alter role changing password 'new'");
        assertThat(sessionUser(proxy, "changing", "new")).isEqualTo("changing");
        assertRefused(proxy, "changing", "old");
    }

    @Test
    void aUserWhoWasNobodyCanLogInOnceThereIsOne() throws Exception {
        assertRefused(proxy, "newcomer", "spice");
        postgres.sql("create role newcomer login password 'spice'");
        postgres.hba("host all newcomer all scram-sha-256");
        assertThat(sessionUser(proxy, "newcomer", "spice")).isEqualTo("newcomer");
    }

    @Test
    void loginsAtOnceShareAQuestionThatIsAskedAfterTheyCame() throws Exception {
        postgres.sql("create sequence asked");
        CompletableFuture<ServerConnection> connected = new CompletableFuture<>();
        try (RoleLookup lookup = new RoleLookup(
                "select nextval('public.asked'), rolpassword from pg_authid where rolname = $1", () -> connected)) {
            var first = lookup.find("paul");
            var second = lookup.find("paul");
            assertThat(second).isNotSameAs(first).isSameAs(lookup.find("paul"));
            connectToAsk().thenAccept(connected::complete);

            assertThat(first.toCompletableFuture().get()).isPresent();
            assertThat(second.toCompletableFuture().get()).isPresent();
            assertThat(postgres.single("select last_value from asked")).isEqualTo("2");
            assertThat(lookup.find("paul").toCompletableFuture().get()).isPresent();
            assertThat(postgres.single("select last_value from asked")).isEqualTo("3");
        }
    }

    /** A-02, CVE-2025-12819: what a client says of its session is for its session, and for nobody else's before it. */
    @Test
    void noSettingOfTheClientReachesTheQuestion() throws SQLException {
        String verifier = ScramVerifier.of("mine", new byte[16], 4096).text();
        postgres.sql("create schema evil; create table evil.pg_authid (rolname name, rolpassword text);"
                + " insert into evil.pg_authid values ('postgres', '" + verifier + "'), ('mallory', '" + verifier
                + "'); create table evil.notes (note text); create function evil.eq(name, name) returns boolean"
                + " language sql as $$insert into evil.notes values ('called'); select true$$;"
                + " create operator evil.= (leftarg = name, rightarg = name, function = evil.eq);"
                + " create role evil_role superuser");
        String before = everything();
        for (String user : List.of("postgres", "mallory")) {
            assertRefused(proxy, user, "mine", "options", "-c search_path=evil,pg_catalog");
            assertRefused(proxy, user, "mine", "currentSchema", "evil,pg_catalog");
            assertRefused(proxy, user, "mine", "options", "-c role=evil_role -c session_preload_libraries=evil");
            assertRefused(proxy, user, "mine", "options", "-c session_authorization=postgres");
        }
        assertThat(everything()).isEqualTo(before);
    }

    /** a name is a name, whatever is in it. */
    @Test
    void noNameIsTakenForSql() throws SQLException {
        String before = everything();
        for (String user : List.of(
                "' or rolname = 'postgres' --",
                "'; create table injected (a int); --",
                "\\'; create table injected (a int); --",
                "\"; create table injected (a int); --",
                "$1",
                "$$; create table injected (a int); $$",
                "postgres\u2019; --",
                "{\"a\": 1}",
                "%s %n %x",
                "${jndi:ldap://127.0.0.1/x}",
                "p\nE28P01")) {
            assertRefused(proxy, user, "mine");
        }
        assertThat(everything()).isEqualTo(before);
    }

    /** All relations, functions and roles there are, and what the trap has noted. */
    private static String everything() throws SQLException {
        return postgres.single(
                "select (select string_agg(oid::text, ' ' order by oid) from pg_class where relkind in ('r', 'v')) ||"
                        + " (select string_agg(oid::text, ' ' order by oid) from pg_proc) || (select string_agg(rolname ||"
                        + " coalesce(rolpassword, ''), ' ' order by oid) from pg_authid) || (select"
                        + " coalesce(sum(n_tup_ins), 0) from pg_stat_all_tables where schemaname = 'evil' and relname ="
                        + " 'notes')");
    }

    /** A-03, CVE-2025-2291: also for users who have just been let in, and with a session of theirs still open. */
    @Test
    void whoIsShutOutIsShutOutAtOnce() throws Exception {
        Map<String, String> changes = Map.of(
                "expiring", "alter role expiring valid until '2001-01-01'",
                "leaving", "alter role leaving nologin",
                "dropped", "drop role dropped",
                "renewed", "alter role renewed password 'new'",
                "unset", "alter role unset password null");
        for (String user : changes.keySet()) {
            postgres.sql("create role " + user + " login password 'spice'");
        }
        postgres.hba("host all " + String.join(",", changes.keySet()) + " all scram-sha-256");
        for (Map.Entry<String, String> change : changes.entrySet()) {
            try (Connection session = connect(proxy, change.getKey(), "spice")) {
                postgres.sql(change.getValue());
                assertThat(isRefused(change.getKey())).as(change.getValue()).isTrue();
                assertThat(session.isValid(5))
                        .as("as in Postgres a session goes on")
                        .isTrue();
            }
        }
    }

    /** By the node: a login of this client at Postgres, which refuses too, is not waited for. */
    private static boolean isRefused(String user) throws IOException {
        try (ScramLogin login = new ScramLogin(proxy.port)) {
            ScramLogin.Message verdict = login.with(user, "spice");
            if (verdict.type() == 'R') {
                return false;
            }
            assertThat(verdict.error()).startsWith("E 28P01");
            return true;
        }
    }

    /** a password as its user's keyboard makes it and as SASLprep wants it is one password, here and upstream. */
    @Test
    void aPasswordIsPreparedAsPostgresDoes() throws Exception {
        postgres.sql("create role roman login password U&'I\\00AAX'");
        postgres.hba("host all roman all scram-sha-256");
        for (String typed : List.of("I\u00aaX", "IaX", "I\u00ad\u00aaX")) {
            assertThat(sessionUser(proxy, "roman", typed)).isEqualTo("roman");
        }
        assertRefused(proxy, "roman", "IX");
    }

    @Test
    void theWritersNameIsNobodys() {
        assertThatThrownBy(() -> connect(proxy, "penstock_writer", "spice")).hasMessageContaining("is not allowed");
    }

    @Test
    void aServerThatCannotBeAskedIsNoWrongPassword() throws Exception {
        RoleLookup broken = new RoleLookup("select 1", () -> CompletableFuture.failedFuture(new IOException("away")));
        try (TestProxy blind = proxy(SignInSettings.OPEN, new DatabaseDoor(List.of(), null, broken))) {
            assertThatThrownBy(() -> connect(blind, "paul", "spice"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            refused -> assertThat(refused.getSQLState()).isEqualTo("08006"));
        }
    }

    @Test
    void addressesAreLetInByTheListenerAndByTheDatabase() throws Exception {
        List<AddressRange> elsewhere = List.of(AddressRange.parse("192.0.2.0/24"));
        List<AddressRange> here = List.of(AddressRange.parse("192.0.2.0/24"), AddressRange.parse("127.0.0.0/8"));
        SignInSettings listener = new SignInSettings(elsewhere, 100, 0);
        try (TestProxy closed = proxy(listener, new DatabaseDoor(List.of(), null, roles))) {
            assertThatThrownBy(() -> connect(closed, "paul", "spice"))
                    .hasMessageContaining("connections from address 127.0.0.1 are not allowed");
        }
        try (TestProxy closed = proxy(SignInSettings.OPEN, new DatabaseDoor(elsewhere, null, roles))) {
            assertThatThrownBy(() -> connect(closed, "paul", "spice"))
                    .hasMessageContaining("connection of user \"paul\" to database \"postgres\" is not allowed");
        }
        try (TestProxy open = proxy(new SignInSettings(here, 100, 0), new DatabaseDoor(here, null, roles))) {
            assertThat(sessionUser(open, "paul", "spice")).isEqualTo("paul");
        }
    }

    @Test
    void whoGuessesIsTurnedAwayWithTheRightPasswordToo() throws Exception {
        DatabaseDoor door = new DatabaseDoor(List.of(), null, roles);
        try (TestProxy strict = proxy(new SignInSettings(List.of(), 2, 3), door)) {
            for (String user : List.of("paul", "nobody", "late")) {
                assertRefused(strict, user, "worm");
            }
            assertThatThrownBy(() -> connect(strict, "paul", "spice"))
                    .hasMessageContaining("too many failed logins from this address");
        }
        try (TestProxy narrow = proxy(new SignInSettings(List.of(), 1, 3), door)) {
            try (Connection only = connect(narrow, "paul", "spice")) {
                assertThatThrownBy(() -> connect(narrow, "paul", "spice"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                refused -> assertThat(refused.getSQLState()).isEqualTo("53300"));
                assertThat(only.isValid(5)).isTrue();
            }
            await().ignoreExceptions()
                    .until(() -> sessionUser(narrow, "paul", "spice").equals("paul"));
        }
    }

    @Test
    void aProbeLeavesNoTrace() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger("io.penstock");
        log.start();
        root.addAppender(log);
        try (TestProxy probed = proxy(SignInSettings.OPEN, DatabaseDoor.OPEN)) {
            for (int i = 0; i < 10; i++) {
                try (Socket probe = new Socket()) {
                    probe.connect(new InetSocketAddress("localhost", probed.port));
                }
            }
            await().until(() -> probed.loops.clients() == 0);
            assertThat(probed.sessions.admitted()).isZero();
        } finally {
            root.detachAppender(log);
        }
        assertThat(log.list.stream().filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO)))
                .isEmpty();
    }

    @Test
    void aConfiguredPasswordIsUsedAsItIsElseTheKeysOfTheClientsLogin() {
        ScramKeys keys = new ScramKeys(new byte[32], new byte[32]);
        UserSettings known = new UserSettings("paul", Secret.of("spice"));
        UserSettings verified = new UserSettings(
                "paul", Secret.of(ScramVerifier.of("spice", new byte[16], 4096).text()));
        assertThat(SignIn.upstream(known, keys)).isEqualTo(new Credentials.Password("spice"));
        assertThat(SignIn.upstream(known, null)).isEqualTo(new Credentials.Password("spice"));
        assertThat(SignIn.upstream(verified, keys)).isEqualTo(new Credentials.Keys(keys));
        assertThat(SignIn.upstream(null, keys)).isEqualTo(new Credentials.Keys(keys));
        assertThat(SignIn.upstream(null, null)).isEqualTo(new Credentials.None());
    }

    @Test
    void usersOfTheFileComeFirst() throws Exception {
        SignIn both = new SignIn(
                AuthMode.QUERY,
                Map.of("postgres", new UserSettings("postgres", Secret.of("word"))),
                SignInSettings.OPEN,
                new SecureRandom());
        try (TestProxy mixed = TestProxy.guarded(postgres.address(), both, new DatabaseDoor(List.of(), null, roles))) {
            assertThat(sessionUser(mixed, "postgres", "word")).isEqualTo("postgres");
            assertThat(sessionUser(mixed, "paul", "spice")).isEqualTo("paul");
        }
    }
}
