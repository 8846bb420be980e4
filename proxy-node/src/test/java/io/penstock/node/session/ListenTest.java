package io.penstock.node.session;

import static io.penstock.node.session.RawClient.bind;
import static io.penstock.node.session.RawClient.execute;
import static io.penstock.node.session.RawClient.parse;
import static io.penstock.node.session.RawClient.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.config.PoolSettings;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.NoLeaks;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.ProtocolVersion;
import io.penstock.protocol.sql.SessionTrace.Stays;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** LISTEN in transaction mode: clients on one server, each of which hears what it would hear on one of its own. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ListenTest {
    private static final String LISTENERS =
            "select count(*) from pg_stat_activity where application_name = 'penstock listener'";

    private static TestPostgres postgres;
    private final List<RawClient> clients = new ArrayList<>();
    private TestProxy proxy;

    @BeforeAll
    static void start() throws SQLException {
        postgres = TestPostgres.start();
        postgres.sql("create database alone");
        postgres.sql("create table noisy (note text)");
        postgres.sql("create function tell() returns trigger language plpgsql as"
                + " $$begin perform pg_notify('news', new.note); return new; end$$");
        postgres.sql("create trigger tell after insert on noisy for each row execute function tell()");
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void open() {
        proxy = TestProxy.pooling(
                postgres.address(), new PoolSettings(PoolSettings.Mode.TRANSACTION, 1, Duration.ofSeconds(5)));
    }

    @AfterEach
    void close() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        await().untilAsserted(() -> assertThat(proxy.pools.counters().givenBack())
                .isEqualTo(proxy.pools.counters().given()));
        proxy.close();
    }

    private RawClient connect() throws IOException {
        RawClient client = RawClient.loggedIn(proxy.port);
        clients.add(client);
        return client;
    }

    /** In another database, where it hears nobody else. */
    private RawClient direct() throws IOException {
        RawClient client = RawClient.loggedIn(postgres.address().port(), "alone");
        clients.add(client);
        return client;
    }

    private static List<String> run(RawClient client, String sql) throws IOException {
        client.send(query(sql));
        return client.readUntil(line -> line.startsWith("Z"));
    }

    private static String next(RawClient client) throws IOException {
        return client.readUntil(_ -> true).getFirst();
    }

    @Test
    void whoListensKeepsNoServer() throws Exception {
        RawClient one = connect();
        RawClient two = connect();
        assertThat(run(one, "listen news")).containsExactly("C LISTEN", "Z I");
        assertThat(run(two, "listen news")).containsExactly("C LISTEN", "Z I");
        assertThat(run(connect(), "notify news, 'first'")).containsExactly("C NOTIFY", "Z I");

        assertThat(next(one)).isEqualTo("A news first");
        assertThat(next(two)).isEqualTo("A news first");
        assertThat(postgres.single(LISTENERS)).isEqualTo("1");
        assertThat(proxy.pools.counters().opened()).isEqualTo(1);
    }

    @Test
    void aClientHearsItselfAsPostgresTellsIt() throws Exception {
        RawClient direct = direct();
        RawClient client = connect();
        for (String sql : List.of(
                "listen news",
                "notify news, '1'",
                "notify news",
                "select pg_notify('news', '2')",
                "begin; notify news, '3'; notify news, '4'; commit",
                "listen \"Other One\"; notify \"Other One\", 'x'",
                "notify quiet",
                "unlisten news; notify news",
                "begin; listen late; notify late, 'a'",
                "notify late, 'b'",
                "commit",
                "begin; listen never; notify late, 'never'",
                "select 1/0",
                "commit",
                "notify never",
                "discard all",
                "notify late")) {
            assertThat(run(client, sql)).as(sql).isEqualTo(run(direct, sql));
        }
    }

    @Test
    void inTheExtendedProtocolLikewise() throws Exception {
        RawClient direct = direct();
        RawClient client = connect();
        List<FrontendMessage> messages = new ArrayList<>();
        for (String sql : List.of(
                "listen news", "begin", "savepoint s", "unlisten news", "rollback to s", "listen more", "commit")) {
            messages.addAll(List.of(parse("", sql), bind("", ""), execute("")));
        }
        messages.add(RawClient.SYNC);
        for (RawClient each : List.of(direct, client)) {
            each.send(messages.toArray(FrontendMessage[]::new));
        }
        assertThat(client.readUntil(line -> line.startsWith("Z")))
                .isEqualTo(direct.readUntil(line -> line.startsWith("Z")));
        String sql = "begin; notify news, '1'; notify more, '2'; commit";
        assertThat(run(client, sql)).isEqualTo(run(direct, sql));
    }

    /**
     * Statements at random, against a server of its own. A commit is a text's last statement: behind one in the middle both may hear what was
     * sent before they have listened, each in its own way.
     */
    @Test
    void randomTransactionsListenToTheSame() throws Exception {
        RawClient direct = direct();
        RawClient client = connect();
        RawClient disturber = connect();
        long seed = Long.getLong("penstock.seed", 1);
        Random random = new Random(seed);
        String[] statements = {
            "listen a",
            "listen b",
            "unlisten a",
            "unlisten *",
            "begin",
            "commit",
            "rollback",
            "savepoint s",
            "savepoint t",
            "release s",
            "rollback to s",
            "rollback to t",
            "select 1/0",
            "notify a, '%d'",
            "notify b, '%d'",
            "select 1"
        };
        for (int turn = 0; turn < 400; turn++) {
            StringBuilder sql = new StringBuilder();
            for (int i = random.nextInt(3); i >= 0 && sql.indexOf("commit") < 0; i--) {
                sql.append(statements[random.nextInt(statements.length)].formatted(turn))
                        .append(';');
            }
            assertThat(run(client, sql.toString()))
                    .as("seed %d, turn %d: %s", seed, turn, sql)
                    .isEqualTo(run(direct, sql.toString()));
            if (run(client, "select 1").getLast().equals("Z I")) {
                run(direct, "select 1");
                run(disturber, "select 1");
            } else {
                run(direct, "select 1");
            }
        }
    }

    @Test
    void aTransactionIsNotDisturbed() throws Exception {
        RawClient client = connect();
        run(client, "listen news");
        assertThat(run(client, "begin")).containsExactly("C BEGIN", "Z T");
        postgres.sql("notify news, '1'");
        postgres.sql("notify news, '2'");
        assertThat(run(client, "select 1")).containsExactly("T [?column?]", "D [1]", "C SELECT 1", "Z T");

        assertThat(run(client, "commit")).containsExactly("C COMMIT", "A news 1", "A news 2", "Z I");
    }

    @Test
    void whatIsCommittedBehindTheAnswerIsHeard() throws Exception {
        for (int turn = 0; turn < 50; turn++) {
            RawClient client = connect();
            run(client, "listen n" + turn);
            postgres.sql("notify n" + turn);
            assertThat(next(client)).isEqualTo("A n" + turn + " ");
            client.close();
        }
    }

    @Test
    void triggersAreHeardInTheOrderOfTheirCommits() throws Exception {
        RawClient client = connect();
        run(client, "listen news");
        RawClient writer = connect();
        for (int i = 0; i < 200; i++) {
            run(writer, "insert into noisy values ('" + i + "')");
        }
        for (int i = 0; i < 200; i++) {
            assertThat(next(client)).isEqualTo("A news " + i);
        }
    }

    @Test
    void theServerThatIsLetGoListensToNothing() throws Exception {
        RawClient client = connect();
        run(client, "listen news");

        assertThat(run(connect(), "select count(*) from pg_listening_channels()"))
                .contains("D [0]");
        assertThat(proxy.pools.counters().opened()).isEqualTo(1);
    }

    @Test
    void payloadsHaveTheEncodingOfTheirClient() throws Exception {
        RawClient client = connect();
        run(client, "set client_encoding = latin1");
        run(client, "listen news");
        postgres.sql("notify news, '\u00e4'");

        assertThat(client.readUntil(_ -> true).getFirst()).isEqualTo("A news \ufffd");
    }

    @Test
    void theLossEndsWhoeverListens() throws Exception {
        RawClient client = connect();
        RawClient busy = connect();
        RawClient other = connect();
        run(client, "listen news");
        run(busy, "listen news");
        run(busy, "begin");
        postgres.sql(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'penstock listener'");

        assertThat(client.readUntil(_ -> false))
                .containsExactly("E FATAL 08006 the connection on which notifications arrive has ended", "end");
        assertThat(run(busy, "commit")).containsExactly("C COMMIT", "Z I");
        assertThat(busy.readUntil(_ -> false)).hasSize(2).first().asString().startsWith("E FATAL 08006");
        assertThat(run(other, "listen news")).containsExactly("C LISTEN", "Z I");
        postgres.sql("notify news, 'again'");
        assertThat(next(other)).isEqualTo("A news again");
    }

    @Test
    void whoDoesNotReadIsEndedAndOthersHear() throws Exception {
        RawClient deaf = connect();
        RawClient client = connect();
        run(deaf, "listen news");
        run(client, "listen news");
        run(deaf, "begin");
        postgres.sql("select pg_notify('news', i || repeat('x', 7000)) from generate_series(1, 400) i");
        for (int i = 1; i <= 400; i++) {
            assertThat(next(client)).startsWith("A news " + i + "x");
        }

        assertThat(deaf.readUntil(_ -> false)).hasSize(2).first().asString().startsWith("E FATAL 54000");
    }

    @Test
    void whereThereIsNoListenerTheServerIsKept() throws Exception {
        postgres.sql("create role few login connection limit 1");
        RawClient client = new RawClient(proxy.port);
        clients.add(client);
        client.send(new FrontendMessage.Startup(ProtocolVersion.V3_0, Map.of("user", "few", "database", "postgres")));
        client.readUntil(line -> line.startsWith("Z"));
        assertThat(run(client, "listen news")).containsExactly("C LISTEN", "Z I");
        postgres.sql("notify news, 'x'");
        assertThat(next(client)).isEqualTo("A news x");

        assertThat(proxy.pools.stayed(Stays.LISTEN)).isEqualTo(1);
    }

    @Test
    void psqlPrintsTheSame() throws Exception {
        String script =
                "listen c;\nnotify c, 'x';\nselect 1;\nbegin;\nlisten d;\nnotify d;\ncommit;\nunlisten *;\nnotify c;\n";
        String direct = psql(postgres.address().port(), script);
        assertThat(direct).contains("\"c\" with payload \"x\"", "\"d\" received");

        assertThat(psql(proxy.port, script)).isEqualTo(direct);
    }

    private static String psql(int port, String script) throws Exception {
        Process psql = new ProcessBuilder(
                        "psql",
                        "-X",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "-U",
                        "postgres",
                        "-d",
                        "postgres")
                .redirectErrorStream(true)
                .start();
        psql.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
        psql.getOutputStream().close();
        String printed = new String(psql.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(psql.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return printed.replaceAll("PID \\d+", "PID n");
    }
}
