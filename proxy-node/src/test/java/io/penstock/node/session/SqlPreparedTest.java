package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.config.PoolSettings;
import io.penstock.config.PoolSettings.Mode;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.NoLeaks;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.Target;
import io.penstock.protocol.sql.SessionTrace.Stays;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What SQL's PREPARE has made is there on every server of the pool, among names of the protocol, and no server is kept for it. */
@Timeout(120)
@ExtendWith(NoLeaks.class)
class SqlPreparedTest {
    private static final int SEEDS = Integer.getInteger("penstock.conversations", 40);

    private static TestPostgres postgres;
    private TestProxy proxy;
    private RawClient client;
    /** Takes the server that the client had last, every second time. */
    private RawClient other;

    private boolean taken;

    @BeforeAll
    static void start() throws SQLException {
        postgres = TestPostgres.start();
        postgres.sql("create table items (id int); insert into items values (1), (2)");
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void connect() throws IOException {
        proxy = TestProxy.pooling(postgres.address(), new PoolSettings(Mode.TRANSACTION, 2, Duration.ofSeconds(10)));
        client = RawClient.loggedIn(proxy.port);
        other = RawClient.loggedIn(proxy.port);
        taken = false;
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        other.close();
        await().untilAsserted(() -> assertThat(proxy.pools.counters().givenBack())
                .isEqualTo(proxy.pools.counters().given()));
        proxy.close();
    }

    private static List<String> ask(RawClient asked, FrontendMessage... messages) throws IOException {
        asked.send(messages);
        List<String> lines = new ArrayList<>();
        for (FrontendMessage message : messages) {
            if (message instanceof FrontendMessage.Query || message instanceof FrontendMessage.Sync) {
                lines.addAll(asked.readUntil(line -> line.startsWith("Z")));
            }
        }
        return lines;
    }

    /** From here on the client's next transaction is on another server than its last one. */
    private void changeServers() throws IOException {
        ask(other, RawClient.query(taken ? "rollback" : "begin"));
        taken = !taken;
    }

    private List<String> elsewhere(String sql) throws IOException {
        changeServers();
        return ask(client, RawClient.query(sql));
    }

    private String server() throws IOException {
        return ask(client, RawClient.query("select pg_backend_pid()")).get(1);
    }

    @Test
    void aPreparedStatementFollowsItsClient() throws IOException {
        String first = server();
        assertThat(elsewhere("prepare p (int, text) as select $1 + 1, upper($2)"))
                .containsExactly("C PREPARE", "Z I");
        for (int i = 0; i < 4; i++) {
            assertThat(elsewhere("execute p (" + i + ", 'a')")).contains("D [" + (i + 1) + ", A]");
        }
        changeServers();
        assertThat(server()).as("the turns are real").isNotEqualTo(first);
        assertThat(proxy.pools.counters().given() - proxy.pools.counters().givenBack())
                .isLessThanOrEqualTo(1);
        assertThat(elsewhere("deallocate p")).containsExactly("C DEALLOCATE", "Z I");
        for (int i = 0; i < 3; i++) {
            assertThat(elsewhere("execute p (1, 'a')"))
                    .containsExactly("E ERROR 26000 prepared statement \"p\" does not exist", "Z I");
        }
    }

    @Test
    void whatTheStatementLeavesIsKnownWhenItIsExecuted() throws IOException {
        elsewhere("prepare s as select set_config('work_mem', '7MB', false)");
        elsewhere("execute s");
        for (int i = 0; i < 3; i++) {
            assertThat(elsewhere("show work_mem")).contains("D [7MB]");
        }
        elsewhere("prepare l as select pg_advisory_lock(7)");
        assertThat(kept()).isZero();
        elsewhere("execute l");
        assertThat(kept()).isEqualTo(1);
    }

    private long kept() {
        return proxy.pools.stayed(Stays.ADVISORY_LOCK);
    }

    @Test
    void twoClientsMayGiveTheSameNameToDifferentStatements() throws IOException {
        try (RawClient second = RawClient.loggedIn(proxy.port)) {
            ask(client, RawClient.query("prepare p as select 'mine'"));
            ask(second, RawClient.query("prepare p as select 'yours'"));
            for (int i = 0; i < 3; i++) {
                changeServers();
                assertThat(ask(client, RawClient.query("execute p"))).contains("D [mine]");
                assertThat(ask(second, RawClient.query("execute p"))).contains("D [yours]");
            }
            ask(second, RawClient.query("deallocate all"));
            assertThat(elsewhere("execute p")).contains("D [mine]");
            assertThat(elsewhere("execute p")).contains("D [mine]");
        }
    }

    @Test
    void noClientReachesTheStatementOfAnotherByTheNameThatItHasOnTheServer() throws IOException {
        ask(client, RawClient.query("prepare p as select 'mine'"));
        try (RawClient second = RawClient.loggedIn(proxy.port)) {
            for (int i = 0; i < 20; i++) {
                assertThat(ask(second, RawClient.query("execute penstock_s" + i)))
                        .containsExactly(
                                "E ERROR 26000 prepared statement \"penstock_s" + i + "\" does not exist", "Z I");
            }
        }
    }

    @Test
    void aStatementThatCannotBePreparedAgainSaysWhyWhereItIsExecuted() throws Exception {
        postgres.sql("create table gone (id int)");
        ask(client, RawClient.query("prepare p as select id from gone"));
        postgres.sql("drop table gone");
        for (int i = 0; i < 3; i++) {
            assertThat(elsewhere("select 1; execute p; select 2"))
                    .containsExactly(
                            "T [?column?]",
                            "D [1]",
                            "C SELECT 1",
                            "E ERROR 42P01 relation \"gone\" does not exist",
                            "Z I");
        }
        assertThat(elsewhere("deallocate p")).last().isEqualTo("Z I");
    }

    /** Every order of names of both kinds, on one server after the other, as on a server of one's own. */
    @Test
    void randomConversationsGetTheSameAnswersAsOnOneServer() throws Exception {
        List<String> differences = new ArrayList<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            List<FrontendMessage[]> conversation = conversation(new Random(seed));
            List<String> direct = new ArrayList<>();
            List<String> through = new ArrayList<>();
            try (RawClient straight = RawClient.loggedIn(postgres.address().port());
                    RawClient shared = RawClient.loggedIn(proxy.port)) {
                for (FrontendMessage[] group : conversation) {
                    if (!direct.isEmpty()
                            && direct.getLast().equals("Z E")
                            && group[0] instanceof FrontendMessage.Describe) {
                        continue; // in a failed transaction nothing can be prepared that the server does not have
                    }
                    direct.addAll(ask(straight, group));
                    changeServers();
                    through.addAll(ask(shared, group));
                    if (!through.equals(direct)) {
                        differences.add(
                                "seed " + seed + "\n direct  " + direct + "\n through " + through + show(conversation));
                        break;
                    }
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    private static String show(List<FrontendMessage[]> conversation) {
        StringBuilder text = new StringBuilder();
        for (FrontendMessage[] group : conversation) {
            text.append("\n  --");
            for (FrontendMessage message : group) {
                text.append(' ')
                        .append(
                                switch (message) {
                                    case FrontendMessage.Query(String sql) -> "Query " + sql;
                                    case FrontendMessage.Parse parse ->
                                        "Parse " + parse.statement() + ": " + parse.sql();
                                    case FrontendMessage.Bind bind -> "Bind " + bind.statement();
                                    default -> message.toString();
                                });
            }
        }
        return text.toString();
    }

    private static final String[] STATEMENTS = {
        "prepare x as select 1",
        "prepare x (int) as select id from items where id = $1",
        "prepare X as select 2 as other",
        "prepare \"Y z\" as select count(*) from items",
        "prepare y as select nothing",
        "execute x",
        "execute x (2)",
        "execute \"Y z\"",
        "execute y",
        "explain (costs off) execute x",
        "deallocate x",
        "deallocate prepare y",
        "deallocate all",
        "discard all",
        "begin",
        "commit",
        "rollback",
        "select 1/0",
        "select 3",
        "prepare x as select 4; execute x; deallocate x; execute x",
        "deallocate x; prepare x as select 5; execute x",
        "execute x; prepare y as select 6; execute y",
        "begin; prepare y as select 7; rollback; execute y",
        "set search_path = public",
        "set datestyle = 'German'; prepare y as select '1.2.2026'::date; execute y; deallocate y; reset datestyle",
    };
    private static final String[] NAMES = {"", "x", "y", "Y z"};

    private static List<FrontendMessage[]> conversation(Random random) {
        List<FrontendMessage[]> groups = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String sql = STATEMENTS[random.nextInt(STATEMENTS.length)];
            String name = NAMES[random.nextInt(NAMES.length)];
            // A statement that executes itself ends Postgres's stack.
            FrontendMessage parse = RawClient.parse(sql.contains("execute") ? "" : name, sql);
            FrontendMessage bind = RawClient.bind("", name);
            FrontendMessage execute = RawClient.execute("");
            groups.add(
                    switch (random.nextInt(8)) {
                        case 0 -> new FrontendMessage[] {parse, RawClient.SYNC};
                        case 1 -> new FrontendMessage[] {parse, bind, execute, RawClient.SYNC};
                        case 2 -> new FrontendMessage[] {bind, execute, RawClient.SYNC};
                        case 3 ->
                            new FrontendMessage[] {
                                new FrontendMessage.Describe(Target.STATEMENT, name), bind, execute, RawClient.SYNC
                            };
                        case 4 ->
                            new FrontendMessage[] {new FrontendMessage.Close(Target.STATEMENT, name), RawClient.SYNC};
                        default -> new FrontendMessage[] {RawClient.query(sql)};
                    });
        }
        groups.add(new FrontendMessage[] {RawClient.query("rollback")});
        return groups;
    }
}
