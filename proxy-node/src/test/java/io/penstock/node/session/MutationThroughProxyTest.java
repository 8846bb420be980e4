package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.mutation.MutationRunner;
import io.penstock.node.transport.NoLeaks;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import io.penstock.protocol.session.MutationRequest;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A mutation side that is made of scripts, behind real sockets: what it says reaches the client, and it has the server to itself. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class MutationThroughProxyTest {
    private static final ConcurrentLinkedQueue<String> SEEN = new ConcurrentLinkedQueue<>();

    private static TestPostgres postgres;
    private static TestProxy proxy;

    @BeforeAll
    static void start() throws SQLException {
        postgres = TestPostgres.start();
        postgres.sql("create table synced (id int)");
        proxy = TestProxy.trusting(
                postgres.address(), name -> name.name().equals("synced"), () -> MutationThroughProxyTest::begin);
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        postgres.close();
    }

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    /** Asks the server for its process id, then gives that as the row; a DELETE fails, an UPDATE waits to be cancelled. */
    private static MutationRunner.Running begin(MutationRequest request, MutationRunner.Session session) {
        String verb = request.sql().strip().split(" ", 2)[0];
        List<String> answered = new ArrayList<>();
        session.loop().execute(() -> {
            SEEN.add(verb + " " + request.transactionStatus() + (request.hiddenBlock() ? " hidden" : ""));
            if (verb.equals("insert")) {
                ByteBuf bytes = Unpooled.buffer();
                FrontendMessages.encode(new FrontendMessage.Query("select 42"), bytes);
                session.sendToServer(bytes);
            } else if (verb.equals("delete")) {
                session.finished(List.of(error("23514")), true, false);
            }
        });
        return new MutationRunner.Running() {
            @Override
            public void serverSays(Frame frame) {
                if (BackendMessages.decode(frame) instanceof BackendMessage.DataRow row) {
                    answered.add(new String(row.values().getFirst(), StandardCharsets.UTF_8));
                }
                boolean last = frame.is(BackendType.READY_FOR_QUERY);
                frame.release();
                if (last) {
                    List<Frame> frames = new ArrayList<>();
                    if (request.simpleQuery()) {
                        frames.add(frame(new BackendMessage.RowDescription(
                                List.of(new BackendMessage.Column("id", 0, (short) 0, 23, (short) 4, -1, (short) 0)))));
                    }
                    answered.forEach(value -> frames.add(
                            frame(new BackendMessage.DataRow(List.of(value.getBytes(StandardCharsets.UTF_8))))));
                    frames.add(frame(new BackendMessage.CommandComplete("INSERT 0 1")));
                    session.finished(frames, false, false);
                }
            }

            @Override
            public void serverLost() {
                SEEN.add("lost");
                session.finished(List.of(error("40003")), true, false);
            }

            @Override
            public void cancel() {
                session.finished(List.of(error("57014")), true, false);
            }

            @Override
            public void orphaned() {
                SEEN.add("orphaned");
                session.finished(List.of(), false, false);
            }
        };
    }

    private static Frame error(String sqlState) {
        return frame(BackendMessage.ErrorResponse.of(PgError.of(Severity.ERROR, sqlState, "said by the mutation")));
    }

    private static Frame frame(BackendMessage message) {
        ByteBuf bytes = Unpooled.buffer();
        BackendMessages.encode(message, bytes);
        return new Frame(bytes.getByte(0), bytes);
    }

    private static Connection connect(String options) throws SQLException {
        return DriverManager.getConnection(proxy.url(options));
    }

    @Test
    void rowsOfAMutationReachTheClientInEveryMode() throws SQLException {
        for (String mode : new String[] {"simple", "extended", "extendedForPrepared"}) {
            try (Connection connection = connect("&preferQueryMode=" + mode);
                    Statement statement = connection.createStatement()) {
                for (int i = 0; i < 3; i++) {
                    try (ResultSet rows = statement.executeQuery("insert into synced values (1) returning id")) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getInt(1)).isEqualTo(42);
                        assertThat(rows.next()).isFalse();
                    }
                    try (ResultSet rows = statement.executeQuery("select count(*) from synced")) {
                        rows.next();
                        assertThat(rows.getInt(1)).isZero();
                    }
                }
            }
        }
    }

    @Test
    void aFailureInABlockFailsTheBlock() throws SQLException {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("create table made (a int)");
            assertThatThrownBy(() -> statement.execute("delete from synced"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("23514"));
            assertThatThrownBy(() -> statement.execute("select 1"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("25P02"));
            assertThatThrownBy(() -> statement.execute("delete from synced"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("25P02"));
            connection.rollback();
            connection.setAutoCommit(true);
            assertThat(SEEN).containsExactly("delete IN_BLOCK");
        }
        assertThat(postgres.single("select to_regclass('made') is null")).isEqualTo("t");
    }

    @Test
    void aStringWithAMutationIsOneTransaction() throws SQLException {
        postgres.sql("create table if not exists log (a int)");
        try (Connection connection = connect("&preferQueryMode=simple");
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("insert into log values (1); delete from synced"))
                    .isInstanceOf(SQLException.class);
            assertThat(SEEN).containsExactly("delete IN_BLOCK hidden");
            statement.execute("insert into log values (2); insert into synced values (1) returning id");
            assertThat(statement.execute("select 1")).isTrue();
        }
        assertThat(postgres.single("select string_agg(a::text, ',') from log")).isEqualTo("2");
    }

    @Test
    void aCancelReachesTheMutation() throws Exception {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            Thread canceller = Thread.startVirtualThread(() -> {
                await().until(() -> !SEEN.isEmpty());
                try {
                    statement.cancel();
                } catch (SQLException failure) {
                    SEEN.add("cancel failed");
                }
            });
            assertThatThrownBy(() -> statement.execute("update synced set id = 2"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("57014"));
            canceller.join();
            assertThat(statement.execute("select 1")).isTrue();
        }
    }

    @Test
    void aClientThatIsGoneLetsItsMutationEnd() throws Exception {
        RawClient client = RawClient.loggedIn(proxy.port);
        client.send(new FrontendMessage.Query("update synced set id = 2"));
        await().until(() -> SEEN.contains("update IDLE"));
        client.reset();
        await().until(() -> SEEN.contains("orphaned"));
        await().until(() -> proxy.sessions.admitted() == 0);
    }

    @Test
    void aClientThatSendsNoMoreIsToldHowItsMutationEnded() throws Exception {
        try (RawClient client = RawClient.loggedIn(proxy.port)) {
            client.send(new FrontendMessage.Query("insert into synced values (1)"));
            client.finish();
            assertThat(client.readUntil("end"::equals))
                    .containsExactly("T [id]", "D [42]", "C INSERT 0 1", "Z I", "end");
        }
        assertThat(SEEN).doesNotContain("orphaned");
    }

    @Test
    void aServerThatIsLostLetsTheMutationSayWhatBecameOfIt() throws Exception {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            Thread killer = Thread.startVirtualThread(() -> {
                await().until(() -> !SEEN.isEmpty());
                try {
                    postgres.sql("select pg_terminate_backend(pid) from pg_stat_activity"
                            + " where backend_type = 'client backend' and pid <> pg_backend_pid()");
                } catch (SQLException failure) {
                    SEEN.add("kill failed");
                }
            });
            assertThatThrownBy(() -> statement.execute("update synced set id = 2"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("40003"));
            killer.join();
        }
    }
}
