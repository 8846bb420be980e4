package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.config.PoolSettings;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.NoLeaks;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Transaction mode with pgjdbc: several clients on fewer servers, each as if it had one of its own. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class TransactionPoolTest {
    private static TestPostgres postgres;
    private final List<Connection> open = new ArrayList<>();
    private TestProxy proxy = proxy(1);

    @BeforeAll
    static void start() throws SQLException {
        postgres = TestPostgres.start();
        postgres.sql("create role worker; create table shape (id int)");
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @AfterEach
    void close() throws Exception {
        for (Connection connection : open) {
            connection.close();
        }
        await().untilAsserted(() -> assertThat(proxy.pools.counters().givenBack())
                .isEqualTo(proxy.pools.counters().given()));
        proxy.close();
    }

    private static TestProxy proxy(int size) {
        return TestProxy.pooling(
                postgres.address(), new PoolSettings(PoolSettings.Mode.TRANSACTION, size, Duration.ofSeconds(5)));
    }

    private void size(int size) throws Exception {
        proxy.close();
        proxy = proxy(size);
    }

    private Connection connect(String options) throws SQLException {
        Connection connection = DriverManager.getConnection(proxy.url(options));
        open.add(connection);
        return connection;
    }

    private Connection connect() throws SQLException {
        return connect("&prepareThreshold=1");
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void clientsTakeTurnsOnOneServer() throws SQLException {
        Connection first = connect();
        Connection second = connect();

        assertThat(one(first, "select pg_backend_pid()")).isEqualTo(one(second, "select pg_backend_pid()"));
        assertThat(proxy.pools.counters().opened()).isEqualTo(1);
    }

    @Test
    void aTransactionKeepsItsServer() throws Exception {
        Connection first = connect();
        Connection second = connect();
        first.setAutoCommit(false);
        one(first, "select 1");
        CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return one(second, "select 2");
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
        });
        await().untilAsserted(() -> assertThat(proxy.pools.counters().waiting()).isEqualTo(1));
        assertThat(one(first, "select 1")).isEqualTo("1");
        first.commit();

        assertThat(waiting.get()).isEqualTo("2");
    }

    @Test
    void settingsFollowTheirClient() throws SQLException {
        Connection first = connect("&ApplicationName=first");
        Connection second = connect("&ApplicationName=second");
        String usual = one(second, "show work_mem");
        run(first, "set work_mem = '77MB'");
        run(first, "set timezone = 'Asia/Tokyo'");
        run(first, "set app.tenant = 'ten''ant'");
        one(first, "select set_config('statement_timeout', '1234', false)");

        for (int turn = 0; turn < 3; turn++) {
            assertThat(one(second, "show work_mem")).isEqualTo(usual);
            assertThat(one(second, "show timezone")).isNotEqualTo("Asia/Tokyo");
            assertThat(one(second, "select current_setting('app.tenant', true)"))
                    .isIn("", "null");
            assertThat(one(second, "show application_name")).isEqualTo("second");
            assertThat(one(first, "show work_mem")).isEqualTo("77MB");
            assertThat(one(first, "show timezone")).isEqualTo("Asia/Tokyo");
            assertThat(one(first, "show statement_timeout")).isEqualTo("1234ms");
            assertThat(one(first, "show app.tenant")).isEqualTo("ten'ant");
            assertThat(one(first, "show application_name")).isEqualTo("first");
        }
        run(first, "reset work_mem");
        assertThat(one(second, "select 1")).isEqualTo("1");
        assertThat(one(first, "show work_mem")).isEqualTo(usual);
        run(first, "discard all");
        assertThat(one(second, "select 1")).isEqualTo("1");
        assertThat(one(first, "select current_setting('app.tenant', true)")).isIn("", "null");
    }

    @Test
    void whatATransactionSetsGoesWithIt() throws SQLException {
        Connection first = connect();
        Connection second = connect();
        String usual = one(first, "show work_mem");
        first.setAutoCommit(false);
        run(first, "set local work_mem = '66MB'");
        assertThat(one(first, "show work_mem")).isEqualTo("66MB");
        first.commit();
        assertThat(one(first, "show work_mem")).isEqualTo(usual);
        run(first, "set work_mem = '66MB'");
        first.rollback();
        assertThat(one(first, "show work_mem")).isEqualTo(usual);
        run(first, "set work_mem = '65MB'");
        run(first, "savepoint s");
        run(first, "set work_mem = '66MB'");
        run(first, "rollback to s");
        first.commit();

        assertThat(one(second, "show work_mem")).isEqualTo(usual);
        assertThat(one(first, "show work_mem")).isEqualTo("65MB");
        first.commit();
    }

    @Test
    void aRoleFollowsItsClientAndNobodyElse() throws SQLException {
        Connection first = connect();
        Connection second = connect();
        run(first, "set role worker");

        for (int turn = 0; turn < 3; turn++) {
            assertThat(one(second, "select current_user")).isEqualTo("postgres");
            assertThat(one(first, "select current_user")).isEqualTo("worker");
        }
        run(first, "reset role");
        assertThat(one(first, "select current_user")).isEqualTo("postgres");
    }

    @Test
    void preparedStatementsAreThereOnEveryServer() throws Exception {
        size(3);
        List<Connection> clients = List.of(connect(), connect(), connect(), connect());
        List<PreparedStatement> statements = new ArrayList<>();
        for (int i = 0; i < clients.size(); i++) {
            statements.add(clients.get(i).prepareStatement("select ?::int + " + i % 2));
        }
        for (int turn = 0; turn < 20; turn++) {
            // One client keeps a server busy, so that the others meet different ones.
            Connection busy = clients.get(turn % 4);
            busy.setAutoCommit(false);
            one(busy, "select 1");
            for (int i = 0; i < clients.size(); i++) {
                PreparedStatement statement = statements.get(i);
                statement.setInt(1, turn);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    assertThat(rows.getInt(1)).isEqualTo(turn + i % 2);
                }
            }
            busy.commit();
            busy.setAutoCommit(true);
        }
        for (PreparedStatement statement : statements) {
            statement.close();
        }
        assertThat(proxy.pools.counters().opened()).isBetween(2L, 3L);
    }

    @Test
    void theSameNameMeansToEachClientItsOwnStatement() throws SQLException {
        Connection first = connect("&preferQueryMode=extendedForPrepared");
        Connection second = connect("&preferQueryMode=extendedForPrepared");
        try (PreparedStatement a = first.prepareStatement("select 'a' || ?::text");
                PreparedStatement b = second.prepareStatement("select 'b' || ?::text")) {
            for (int turn = 0; turn < 10; turn++) {
                a.setString(1, "x");
                b.setString(1, "y");
                try (ResultSet rows = a.executeQuery()) {
                    rows.next();
                    assertThat(rows.getString(1)).isEqualTo("ax");
                }
                try (ResultSet rows = b.executeQuery()) {
                    rows.next();
                    assertThat(rows.getString(1)).isEqualTo("by");
                }
            }
        }
    }

    @Test
    void theUnnamedStatementSurvivesAHandOver() throws Exception {
        try (RawClient first = RawClient.loggedIn(proxy.port);
                RawClient second = RawClient.loggedIn(proxy.port)) {
            first.send(RawClient.parse("", "select 'mine'"), RawClient.SYNC);
            first.readUntil(line -> line.startsWith("Z"));
            second.send(RawClient.parse("", "select 'theirs'"), RawClient.SYNC);
            second.readUntil(line -> line.startsWith("Z"));
            first.send(RawClient.bind("", ""), RawClient.execute(""), RawClient.SYNC);

            assertThat(first.readUntil(line -> line.startsWith("Z")).toString()).contains("mine");
        }
    }

    @Test
    void nobodyRunsSomebodyElsesUnnamedStatement() throws Exception {
        try (RawClient first = RawClient.loggedIn(proxy.port);
                RawClient second = RawClient.loggedIn(proxy.port)) {
            first.send(RawClient.parse("", "select 'mine'"), RawClient.SYNC);
            first.readUntil(line -> line.startsWith("Z"));
            second.send(RawClient.bind("", ""), RawClient.execute(""), RawClient.SYNC);

            assertThat(second.readUntil(line -> line.startsWith("Z")).toString())
                    .contains("26000")
                    .doesNotContain("mine");
        }
    }

    @Test
    void executeAndDeallocateBySqlMeanTheClientsNames() throws Exception {
        try (RawClient first = RawClient.loggedIn(proxy.port);
                RawClient second = RawClient.loggedIn(proxy.port)) {
            first.send(RawClient.parse("s", "select 'mine'"), RawClient.SYNC);
            first.readUntil(line -> line.startsWith("Z"));
            second.send(RawClient.query("deallocate all"));
            second.readUntil(line -> line.startsWith("Z"));
            first.send(RawClient.query("execute s"));
            assertThat(first.readUntil(line -> line.startsWith("Z")).toString()).contains("mine");
            second.send(RawClient.query("execute s"));
            assertThat(second.readUntil(line -> line.startsWith("Z")).toString())
                    .contains("26000");
            first.send(RawClient.query("deallocate s"));
            assertThat(first.readUntil(line -> line.startsWith("Z")).toString()).doesNotContain("26000");
            first.send(RawClient.bind("", "s"), RawClient.SYNC);
            assertThat(first.readUntil(line -> line.startsWith("Z")).toString()).contains("26000");
        }
    }

    @Test
    void whatCannotFollowKeepsItsServer() throws Exception {
        size(2);
        Connection first = connect();
        Connection second = connect();
        run(first, "create temp table mine (id int)");
        run(first, "insert into mine values (1)");
        run(first, "prepare p as select 7");
        one(first, "select pg_advisory_lock(42)");

        for (int turn = 0; turn < 5; turn++) {
            assertThat(one(second, "select to_regclass('pg_temp.mine')")).isEqualTo("null");
            assertThat(one(first, "select count(*) from mine")).isEqualTo("1");
            assertThat(one(first, "execute p")).isEqualTo("7");
        }
        run(first, "discard all");
        await().untilAsserted(() -> assertThat(proxy.pools.counters().givenBack())
                .isGreaterThanOrEqualTo(proxy.pools.counters().given() - 1));
        assertThat(one(second, "select count(*) from pg_locks where locktype = 'advisory'"))
                .isEqualTo("0");
    }

    @Test
    void aPlanIsSharedOnlyWhereItsTextMeansTheSame() throws SQLException {
        Connection first = connect();
        Connection second = connect();
        run(first, "set timezone = 'Asia/Tokyo'");
        String instant = "select extract(epoch from '2026-01-01 00:00'::timestamptz)::bigint";
        try (PreparedStatement tokyo = first.prepareStatement(instant);
                PreparedStatement here = second.prepareStatement(instant)) {
            for (int turn = 0; turn < 8; turn++) {
                assertThat(only(tokyo)).isNotEqualTo(only(here));
            }
            run(first, "reset timezone");
            run(second, "set search_path = public");
            assertThat(only(tokyo)).isEqualTo(only(here));
        }
    }

    private static String only(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    @Test
    void whatAFunctionHasSetInsideReachesNobodyElse() throws Exception {
        postgres.sql("create or replace function hidden(text) returns void language plpgsql as"
                + " $$begin perform set_config('app.hidden', $1, false); end$$");
        try {
            size(1);
            Connection first = connect();
            Connection second = connect();
            one(first, "select hidden('mine')");

            assertThat(one(second, "select current_setting('app.hidden', true)"))
                    .isIn("", "null");
        } finally {
            postgres.sql("drop function hidden(text)");
        }
    }

    @Test
    void aSequencesValueOfAnotherClientIsNotGiven() throws SQLException {
        Connection first = connect();
        Connection second = connect();
        run(first, "create sequence if not exists numbers");
        one(first, "select nextval('numbers')");

        assertThatThrownBy(() -> one(second, "select lastval()")).hasMessageContaining("lastval is not yet defined");
        one(second, "select nextval('numbers')");
        assertThat(one(second, "select lastval()")).isEqualTo(one(second, "select currval('numbers')"));
    }

    @Test
    void aChangedTableFailsAPreparedStatementAtMostOnce() throws SQLException {
        Connection first = connect("&autosave=never");
        Connection second = connect();
        try (PreparedStatement select = first.prepareStatement("select * from shape")) {
            select.executeQuery().close();
            select.executeQuery().close();
            run(second, "alter table shape add column if not exists c" + System.nanoTime() + " int");
            select.executeQuery().close(); // pgjdbc tries once more, with a new statement of the same text
            select.executeQuery().close();
        }
    }

    @Test
    void aClientInLineCanBeCanceled() throws Exception {
        Connection first = connect();
        Connection second = connect();
        first.setAutoCommit(false);
        one(first, "select 1");
        try (Statement waiting = second.createStatement()) {
            CompletableFuture<String> outcome = CompletableFuture.supplyAsync(() -> {
                try {
                    waiting.executeQuery("select 2").close();
                    return "ran";
                } catch (SQLException failed) {
                    return String.valueOf(failed.getSQLState());
                }
            });
            await().untilAsserted(
                            () -> assertThat(proxy.pools.counters().waiting()).isEqualTo(1));
            waiting.cancel();
            assertThat(outcome.get()).isEqualTo("57014");
        }
        first.commit();
        assertThat(one(second, "select 3")).isEqualTo("3");
    }

    @Test
    void aRunningQueryIsCanceledWhereItRuns() throws Exception {
        size(2);
        Connection first = connect();
        Connection second = connect();
        one(first, "select 1");
        one(second, "select 1");
        try (Statement slow = second.createStatement()) {
            CompletableFuture<String> outcome = CompletableFuture.supplyAsync(() -> {
                try {
                    slow.executeQuery("select pg_sleep(30)").close();
                    return "ran";
                } catch (SQLException failed) {
                    return String.valueOf(failed.getSQLState());
                }
            });
            await().until(() -> postgres.single("select count(*) from pg_stat_activity where query like"
                            + " 'select pg_sleep%' and state = 'active'")
                    .equals("1"));
            slow.cancel();
            assertThat(outcome.get()).isEqualTo("57014");
        }
        assertThat(one(first, "select 1")).isEqualTo("1");
        assertThat(one(second, "select 1")).isEqualTo("1");
    }

    @Test
    void everythingElseOfADriverWorks() throws Exception {
        Connection client = connect();
        run(client, "create table if not exists stock (id int primary key, note text)");
        try (PreparedStatement insert =
                client.prepareStatement("insert into stock values (?, ?) on conflict do nothing")) {
            for (int i = 0; i < 500; i++) {
                insert.setInt(1, i);
                insert.setString(2, "n" + i);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        client.setAutoCommit(false);
        try (Statement cursor = client.createStatement()) {
            cursor.setFetchSize(50);
            int count = 0;
            try (ResultSet rows = cursor.executeQuery("select * from stock order by id")) {
                while (rows.next()) {
                    count++;
                }
            }
            assertThat(count).isEqualTo(500);
        }
        client.commit();
        client.setAutoCommit(true);
        var copies = client.unwrap(org.postgresql.PGConnection.class).getCopyAPI();
        run(client, "create table if not exists copied (id int)");
        assertThat(copies.copyIn("copy copied from stdin", new java.io.StringReader("1\n2\n3\n")))
                .isEqualTo(3);
        assertThat(one(client, "select count(*) from copied")).isEqualTo("3");
        assertThatThrownBy(() -> run(client, "select * from nowhere"))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        failed -> assertThat(failed.getSQLState()).isEqualTo("42P01"));
        assertThat(one(client, "select 1")).isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create temp table scratch (n int)                    | drop table scratch",
                "create temp table scratch (n int)                    | discard temp",
                "create temp view scratch as select 1                 | drop view scratch",
                "create type pg_temp.mood as enum ('sad')             | drop type pg_temp.mood",
                "select pg_advisory_lock(1), pg_advisory_lock(1)      | select pg_advisory_unlock_all()",
                "select pg_advisory_lock_shared(2)                    | select pg_advisory_unlock_shared(2)",
                "declare c cursor with hold for select 1              | close c",
                "begin; create temp table scratch (n int); rollback   | select 1",
            })
    void theServerIsSharedAgainWhenNothingStays(String keeps, String frees) throws Exception {
        Connection first = connect();
        Connection second = connect();
        run(first, keeps);
        run(first, frees);

        assertThat(one(second, "select 1")).isEqualTo("1");
        assertThat(proxy.pools.counters().opened()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create temp table a (n int); create temp table b (n int); drop table a",
                "create temp table a (n int); begin; drop table a; rollback",
                "select pg_advisory_lock(1), pg_advisory_lock(1); select pg_advisory_unlock(1)",
                "set search_path = pg_temp, public; create temp table a (n int); drop table a",
                "create temp table a (n int); select setseed(0.5); drop table a",
            })
    void itIsNotSharedWhileAnythingDoes(String sql) throws Exception {
        Connection first = connect();
        Connection second = connect();
        for (String statement : sql.split("; ")) {
            run(first, statement);
        }
        CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return one(second, "select 1");
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
        });
        await().untilAsserted(() -> assertThat(proxy.pools.counters().waiting()).isEqualTo(1));
        run(first, "discard all");

        assertThat(waiting.get()).isEqualTo("1");
    }
}
