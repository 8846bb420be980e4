package io.penstock.node.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.config.PoolSettings.Mode;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.copy.CopyIn;

/** pgjdbc on pools in both modes, in transaction mode with more clients than servers. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Mode.class)
class PgjdbcPoolTest {
    private static final String PREPARED = "&prepareThreshold=1";

    private static ClientRig rig;

    private final Mode mode;
    private final List<Connection> open = new ArrayList<>();

    PgjdbcPoolTest(Mode mode) {
        this.mode = mode;
    }

    @BeforeAll
    static void start() throws Exception {
        rig = ClientRig.start();
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    @AfterEach
    void everythingComesBack() throws SQLException {
        for (Connection connection : open) {
            connection.close();
        }
        rig.assertNothingIsHeld();
    }

    private Connection connect(String options) throws SQLException {
        Connection connection = rig.connect(mode, options);
        open.add(connection);
        return connection;
    }

    private static String one(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return String.valueOf(rows.getString(1));
            }
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void assertFails(String sqlState, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        failure -> assertThat(failure.getSQLState()).isEqualTo(sqlState));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "&preferQueryMode=simple",
                "&preferQueryMode=extended",
                "&preferQueryMode=extendedForPrepared",
                "&preferQueryMode=extendedCacheEverything",
                "&prepareThreshold=1",
                "&prepareThreshold=-1"
            })
    void manyClientsPrepareAndTakeTurns(String options) throws Exception {
        int clients = mode == Mode.TRANSACTION ? 4 * ClientRig.SERVERS : ClientRig.SERVERS;
        Set<String> servers = ConcurrentHashMap.newKeySet();
        List<CompletableFuture<Void>> playing = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int c = 0; c < clients; c++) {
                Connection connection = connect(options);
                int number = c;
                playing.add(CompletableFuture.runAsync(() -> play(connection, number, servers), threads));
            }
            for (CompletableFuture<Void> each : playing) {
                each.get();
            }
        }
        assertThat(servers).hasSizeLessThanOrEqualTo(ClientRig.SERVERS);
    }

    /** Few texts, so that clients share statements on a server; one text differs by client, and so does what is in scope of it. */
    private static void play(Connection connection, int number, Set<String> servers) {
        String word = number % 2 == 0 ? "even" : "odd";
        OffsetDateTime at = OffsetDateTime.of(2026, 2, 1, 0, 0, number, 0, ZoneOffset.UTC);
        try {
            for (int n = 0; n < 25; n++) {
                try (PreparedStatement select = connection.prepareStatement("select ?::int + " + n % 5 + ", '" + word
                        + "', ?::numeric, ?::timestamptz, pg_backend_pid()")) {
                    select.setInt(1, n);
                    select.setBigDecimal(2, new BigDecimal("0.10"));
                    select.setObject(3, at);
                    try (ResultSet row = select.executeQuery()) {
                        assertThat(row.next()).isTrue();
                        assertThat(row.getInt(1)).isEqualTo(n + n % 5);
                        assertThat(row.getString(2)).isEqualTo(word);
                        assertThat(row.getBigDecimal(3)).isEqualTo(new BigDecimal("0.10"));
                        assertThat(row.getObject(4, OffsetDateTime.class)).isEqualTo(at);
                        servers.add(row.getString(5));
                    }
                }
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void aPreparedStatementRunsOnEveryServer() throws SQLException {
        Connection first = connect(PREPARED);
        Set<String> servers = new HashSet<>();
        try (PreparedStatement twice = first.prepareStatement("select ? * 2, pg_backend_pid()")) {
            for (int n = 0; n < ClientRig.SERVERS; n++) {
                twice.setInt(1, n);
                try (ResultSet row = twice.executeQuery()) {
                    row.next();
                    assertThat(row.getInt(1)).isEqualTo(2 * n);
                    servers.add(row.getString(2));
                }
                if (n + 1 < ClientRig.SERVERS) {
                    // Another client's transaction takes the server that has just been used.
                    Connection holder = connect("");
                    holder.setAutoCommit(false);
                    one(holder, "select 1");
                }
            }
        }
        assertThat(servers.size() > 1).isEqualTo(mode == Mode.TRANSACTION);
    }

    @Test
    void statementsAreGivenUpAndPreparedAgain() throws SQLException {
        Connection first = connect(PREPARED + "&preparedStatementCacheQueries=2");
        Connection second = connect(PREPARED + "&preparedStatementCacheQueries=2");
        for (int n = 0; n < 30; n++) {
            assertThat(one(first, "select " + n % 5 + " + ?", n)).isEqualTo(Integer.toString(n % 5 + n));
            assertThat(one(second, "select " + n % 5 + " + ?", n)).isEqualTo(Integer.toString(n % 5 + n));
        }
        run(first, "discard all");
        assertThat(one(first, "select 1 + ?", 1)).isEqualTo("2");
        run(second, "deallocate all");
        assertThat(one(second, "select 1 + ?", 1)).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", PREPARED, PREPARED + "&reWriteBatchedInserts=true"})
    void batchesRunOrFailAsAWhole(String options) throws SQLException {
        Connection connection = connect(options);
        run(connection, "create table if not exists stock (id int primary key, note text)");
        run(connection, "truncate stock");
        try (PreparedStatement insert = connection.prepareStatement("insert into stock values (?, ?)")) {
            for (int n = 0; n < 1_000; n++) {
                insert.setInt(1, n);
                insert.setString(2, "n" + n);
                insert.addBatch();
            }
            assertThat(insert.executeBatch()).hasSize(1_000);
            connection.setAutoCommit(false);
            for (int n : new int[] {2_000, 500, 2_001}) {
                insert.setInt(1, n);
                insert.setString(2, "again");
                insert.addBatch();
            }
            assertThatThrownBy(insert::executeBatch)
                    .isInstanceOfSatisfying(
                            BatchUpdateException.class,
                            failure -> assertThat(failure.getSQLState()).isEqualTo("23505"));
            assertFails("25P02", () -> one(connection, "select 1"));
            connection.rollback();
            connection.setAutoCommit(true);
        }
        assertThat(one(connection, "select count(*) from stock")).isEqualTo("1000");
    }

    @Test
    void transactionsCommitRollBackAndFail() throws SQLException {
        Connection connection = connect(PREPARED + "&autosave=always");
        run(connection, "delete from notes");
        connection.setAutoCommit(false);
        one(connection, "insert into notes values ('jdbc', ?) returning note", "kept");
        Savepoint savepoint = connection.setSavepoint();
        one(connection, "insert into notes values ('jdbc', ?) returning note", "lost");
        connection.rollback(savepoint);
        // With autosave an error costs its statement only.
        assertFails("22012", () -> one(connection, "select 1 / ?", 0));
        assertThat(one(connection, "select note from notes")).isEqualTo("kept");
        connection.commit();
        one(connection, "insert into notes values ('jdbc', ?) returning note", "gone");
        connection.rollback();
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        connection.setReadOnly(true);
        assertFails("25006", () -> one(connection, "insert into notes values ('jdbc', ?) returning note", "never"));
        assertThat(one(connection, "select string_agg(note, ',') from notes")).isEqualTo("kept");
        connection.commit();
    }

    @Test
    void aCursorReadsInPortions() throws SQLException {
        Connection connection = connect(PREPARED);
        connection.setAutoCommit(false);
        try (PreparedStatement select = connection.prepareStatement("select generate_series(1, ?)")) {
            select.setFetchSize(64);
            select.setInt(1, 1_000);
            int sum = 0;
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    sum += rows.getInt(1);
                }
            }
            assertThat(sum).isEqualTo(500_500);
        }
        connection.commit();
    }

    @Test
    void copyWorksIsBrokenOffAndFails() throws Exception {
        Connection connection = connect(PREPARED);
        run(connection, "create table if not exists copied (id int, t text)");
        run(connection, "truncate copied");
        var copies = connection.unwrap(PGConnection.class).getCopyAPI();
        StringBuilder lines = new StringBuilder();
        for (int n = 0; n < 20_000; n++) {
            lines.append(n).append("\trow ").append(n).append('\n');
        }
        assertThat(copies.copyIn("copy copied from stdin", new StringReader(lines.toString())))
                .isEqualTo(20_000);
        StringWriter back = new StringWriter();
        copies.copyOut("copy (select * from copied order by id) to stdout", back);
        assertThat(back.toString()).isEqualTo(lines.toString());
        CopyIn broken = copies.copyIn("copy copied from stdin");
        broken.writeToCopy("1\ta\n".getBytes(java.nio.charset.StandardCharsets.UTF_8), 0, 4);
        broken.cancelCopy();
        assertFails("22P02", () -> copies.copyIn("copy copied from stdin", new StringReader("x\ta\n")));
        assertThat(one(connection, "select count(*) from copied")).isEqualTo("20000");
    }

    @Test
    void aRunningQueryIsCanceled() throws Exception {
        Connection connection = connect(PREPARED);
        Connection watcher = connect(PREPARED);
        try (Statement slow = connection.createStatement()) {
            CompletableFuture<String> outcome = CompletableFuture.supplyAsync(() -> {
                try {
                    slow.executeQuery("select pg_sleep(30)").close();
                    return "ran";
                } catch (SQLException failed) {
                    return String.valueOf(failed.getSQLState());
                }
            });
            await().until(() -> one(
                            watcher,
                            "select count(*) from pg_stat_activity where query = 'select pg_sleep(30)' and state = 'active'")
                    .equals("1"));
            slow.cancel();
            assertThat(outcome.get()).isEqualTo("57014");
        }
        assertThat(one(connection, "select 7")).isEqualTo("7");
    }

    @Test
    void settingsFollowTheirClientAndNobodyElse() throws SQLException {
        Connection mine = connect(PREPARED + "&currentSchema=pg_catalog&options=-c%20work_mem=5MB");
        Connection yours = connect(PREPARED);
        run(mine, "set app.tenant = 'mine'");
        run(yours, "set app.tenant = 'yours'");
        mine.setSchema("public");
        String show = "select concat_ws(' ', current_setting('app.tenant'), current_setting('search_path'),"
                + " current_setting('work_mem'))";
        for (int n = 0; n < 6; n++) {
            assertThat(one(mine, show)).isEqualTo("mine public 5MB");
            assertThat(one(yours, show)).isEqualTo("yours \"$user\", public 4MB");
        }
    }

    @Test
    void notificationsAndWarningsArrive() throws SQLException {
        Connection listener = connect("");
        Connection sender = connect(PREPARED);
        run(listener, "listen news");
        try (Statement statement = sender.createStatement()) {
            statement.execute("do $$ begin raise warning 'here'; end $$");
            assertThat(statement.getWarnings().getMessage()).isEqualTo("here");
        }
        sender.setAutoCommit(false);
        one(sender, "select pg_notify('news', ?)", "first");
        one(sender, "select pg_notify('news', ?)", "second");
        sender.commit();
        List<String> heard = new ArrayList<>();
        while (heard.size() < 2) {
            for (PGNotification each : listener.unwrap(PGConnection.class).getNotifications(10_000)) {
                heard.add(each.getName() + " " + each.getParameter());
            }
        }
        assertThat(heard).containsExactly("news first", "news second");
    }

    @Test
    void largeObjectsAreReadByFunctionCalls() throws Exception {
        Connection connection = connect(PREPARED);
        connection.setAutoCommit(false);
        var objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
        long id = objects.createLO();
        try (var object = objects.open(id)) {
            object.write(new byte[300_000]);
        }
        connection.commit();
        try (var object = objects.open(id)) {
            assertThat(object.size()).isEqualTo(300_000);
            assertThat(object.read(300_001)).hasSize(300_000);
        }
        objects.delete(id);
        connection.commit();
    }

    @Test
    void aServerThatIsEndedEndsItsClientOnly() throws SQLException {
        Connection victim = connect(PREPARED);
        Connection other = connect(PREPARED);
        victim.setAutoCommit(false);
        String pid = one(victim, "select pg_backend_pid()");
        assertThat(one(other, "select pg_terminate_backend(?)", Integer.parseInt(pid)))
                .isEqualTo("t");
        assertThatThrownBy(() -> one(victim, "select 1"))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        failure -> assertThat(failure.getSQLState()).isIn("57P01", "08006"));
        assertThat(one(other, "select 7")).isEqualTo("7");
    }
}
