package io.penstock.node.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.penstock.node.backend.ServerFailure.Lost;
import io.penstock.node.transport.IoKind;
import io.penstock.node.transport.NoLeaks;
import io.penstock.node.transport.TestLoops;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.Target;
import io.penstock.protocol.message.TransactionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Our own client against a real Postgres. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ServerConnectionTest {
    private static TestPostgres postgres;
    private static TestLoops loops;
    private static ServerConnector connector;
    private ServerConnection connection;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start();
        loops = TestLoops.start(IoKind.automatic());
        connector = new ServerConnector(loops.loops, Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    @AfterAll
    static void stop() throws Exception {
        loops.close();
        postgres.close();
    }

    @BeforeEach
    void connect() throws Exception {
        connection = get(connector.open(postgres.address(), postgres.login(), loops.loops.next()));
    }

    @AfterEach
    void close() {
        connection.close();
        await().until(() -> !connection.isOpen());
    }

    @Test
    void loginTellsProcessIdAndParameters() throws Exception {
        assertThat(run(Statements.query("SELECT pg_backend_pid()")).single())
                .isEqualTo(String.valueOf(connection.processId()));
        assertThat(connection.parameters())
                .containsEntry("application_name", "penstock-test")
                .containsKeys("server_version", "client_encoding", "TimeZone");
    }

    @Test
    void everyStatementOfASimpleQueryHasItsResult() throws Exception {
        ExchangeResult result = run(Statements.query(
                "CREATE TEMP TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL); SELECT * FROM"
                        + " t ORDER BY a;"));
        assertThat(result.error()).isNull();
        assertThat(result.results().stream().map(ExchangeResult.StatementResult::tag))
                .containsExactly("CREATE TABLE", "INSERT 0 2", "SELECT 2");
        assertThat(result.last().columns()).extracting("name").containsExactly("a", "b");
        assertThat(result.rows().get(0).text(1)).isEqualTo("x");
        assertThat(result.rows().get(1).text(1)).isNull();
    }

    @Test
    void emptyQueryHasAnEmptyTag() throws Exception {
        assertThat(run(Statements.query("")).last().tag()).isEmpty();
    }

    @Test
    void extendedProtocolDescribesAndExecutes() throws Exception {
        ExchangeResult result = run(Statements.begin()
                .run("SELECT $1::int + 1 AS n, $2::text", "41", null)
                .sync());
        assertThat(result.last().columns()).extracting("name").containsExactly("n", "text");
        assertThat(result.rows().getFirst().text(0)).isEqualTo("42");
        assertThat(result.rows().getFirst().text(1)).isNull();
    }

    @Test
    void statementsThatAreOnlyDescribedAreToldApart() throws Exception {
        ExchangeResult result = run(Statements.begin()
                .parse("one", "SELECT $1::int8")
                .describe(Target.STATEMENT, "one")
                .parse("two", "DELETE FROM pg_class WHERE oid = $1 AND relname = $2")
                .describe(Target.STATEMENT, "two")
                .sync());
        assertThat(result.results()).hasSize(2);
        assertThat(result.results().get(0).parameterTypes()).containsExactly(20);
        assertThat(result.results().get(0).columns()).hasSize(1);
        assertThat(result.results().get(1).parameterTypes()).containsExactly(26, 19);
        assertThat(result.results().get(1).columns()).isNull();
    }

    @Test
    void portalWithARowLimitIsSuspended() throws Exception {
        ExchangeResult result = run(Statements.begin()
                .parse("", "SELECT generate_series(1, 5)")
                .bind("p", "", new short[0], List.of(), new short[] {1})
                .execute("p", 3)
                .execute("p", 3)
                .sync());
        assertThat(result.results()).hasSize(2);
        assertThat(result.results().get(0).suspended()).isTrue();
        assertThat(result.results().get(0).rows()).hasSize(3);
        assertThat(result.results().get(0).rows().getFirst().values().getFirst())
                .containsExactly(0, 0, 0, 1);
        assertThat(result.results().get(1).tag()).isEqualTo("SELECT 2");
    }

    @Test
    void errorIsAResultAndTheConnectionGoesOn() throws Exception {
        ExchangeResult result = run(Statements.query("SELECT 1; SELECT 1/0; SELECT 2"));
        assertThat(result.results()).hasSize(1);
        assertThat(result.sqlState()).isEqualTo("22012");
        assertThatThrownBy(result::orThrow).isInstanceOf(StatementFailed.class);
        assertThat(run(Statements.query("SELECT 3")).single()).isEqualTo("3");
    }

    @Test
    void statusFollowsTheTransaction() throws Exception {
        assertThat(connection.status()).isEqualTo(TransactionStatus.IDLE);
        run(Statements.query("BEGIN"));
        assertThat(connection.status()).isEqualTo(TransactionStatus.IN_BLOCK);
        run(Statements.query("nonsense"));
        assertThat(connection.status()).isEqualTo(TransactionStatus.FAILED);
        assertThat(run(Statements.query("ROLLBACK")).status()).isEqualTo(TransactionStatus.IDLE);
        assertThat(connection.status()).isEqualTo(TransactionStatus.IDLE);
    }

    @Test
    void noticesAreAmongTheFrames() throws Exception {
        ExchangeResult result = run(Statements.query(
                "DO $$ BEGIN RAISE INFO 'row' USING ERRCODE = 'SYEVL', DETAIL = '{\"a\": 1}'; END $$"));
        assertThat(result.notices()).hasSize(1);
        assertThat(result.notices().getFirst().sqlState()).isEqualTo("SYEVL");
        assertThat(result.notices().getFirst().detail()).isEqualTo("{\"a\": 1}");
    }

    @Test
    void parametersFollowTheSession() throws Exception {
        run(Statements.query("SET TimeZone = 'Asia/Tokyo'"));
        assertThat(connection.parameters()).containsEntry("TimeZone", "Asia/Tokyo");
    }

    @Test
    void exchangesArePipelinedAndAnsweredInOrder() throws Exception {
        List<CompletableFuture<ExchangeResult>> answers = IntStream.range(0, 1_000)
                .mapToObj(i -> connection
                        .run(
                                i % 10 == 0
                                        ? Statements.query("SELECT 1/0")
                                        : Statements.begin()
                                                .run("SELECT $1", String.valueOf(i))
                                                .sync())
                        .toCompletableFuture())
                .toList();
        for (int i = 0; i < answers.size(); i++) {
            ExchangeResult result = get(answers.get(i));
            if (i % 10 == 0) {
                assertThat(result.error()).isNotNull();
            } else {
                assertThat(result.single()).isEqualTo(String.valueOf(i));
            }
        }
    }

    @Test
    void exchangesFromManyThreadsGetTheirOwnAnswers() throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<CompletableFuture<Boolean>> right = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            int thread = t;
            CompletableFuture<Boolean> all = new CompletableFuture<>();
            right.add(all);
            threads.add(Thread.startVirtualThread(() -> {
                boolean good = true;
                for (int i = 0; i < 100; i++) {
                    String value = thread + "-" + i;
                    good &= connection
                            .run(Statements.begin().run("SELECT $1", value).sync())
                            .toCompletableFuture()
                            .join()
                            .single()
                            .equals(value);
                }
                all.complete(good);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(right).allSatisfy(all -> assertThat(all).isCompletedWithValue(true));
    }

    @Test
    void copyFromGoesInOneExchange() throws Exception {
        run(Statements.query("CREATE TEMP TABLE copied (a text)"));
        ByteBuf copy = Statements.begin()
                .add(new FrontendMessage.Query("COPY copied FROM STDIN"))
                .add(new FrontendMessage.CopyData("one\ntwo\n".getBytes(UTF_8)))
                .add(new FrontendMessage.CopyDone())
                .end();
        assertThat(run(copy).last().tag()).isEqualTo("COPY 2");
    }

    /**
     * One thread composed the next exchange while the event loop noted what the last one had prepared, and the statement broke although it had been
     * committed.
     */
    @Test
    void whatIsKeptPreparedIsUsedOnTheEventLoopAlone() throws Exception {
        List<Boolean> onLoop = new CopyOnWriteArrayList<>();
        List<CompletionStage<ExchangeResult>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            answers.add(connection.withPreparedNames(names -> {
                onLoop.add(connection.eventLoop().inEventLoop());
                assertThat(names.of("SELECT " + number).name()).isEqualTo("penstock_" + number);
                return connection.run(Statements.query("SELECT " + number)).thenApply(answer -> {
                    onLoop.add(connection.eventLoop().inEventLoop());
                    names.prepared("SELECT " + number);
                    return answer;
                });
            }));
        }
        for (int i = 0; i < answers.size(); i++) {
            assertThat(get(answers.get(i)).last().rows().getFirst().text(0)).isEqualTo(Integer.toString(i));
        }
        assertThat(onLoop).hasSize(200).containsOnly(true);
    }

    @Test
    void aMistakeInComposingFailsTheExchangeAndNoOther() throws Exception {
        CompletionStage<ExchangeResult> broken = connection.withPreparedNames(_ -> {
            throw new IllegalStateException("mistake");
        });
        assertThatThrownBy(() -> get(broken)).hasCauseInstanceOf(IllegalStateException.class);
        assertThat(run(Statements.query("SELECT 1")).last().tag()).isEqualTo("SELECT 1");
    }

    @Test
    void serverThatIsKilledFailsAllThatIsOutstanding() throws Exception {
        CompletionStage<List<Frame>> sleeping = connection.exchange(Statements.query("SELECT pg_sleep(60)"));
        CompletionStage<List<Frame>> behind = connection.exchange(Statements.query("SELECT 1"));
        postgres.sql("SELECT pg_terminate_backend(" + connection.processId() + ")");
        for (CompletionStage<List<Frame>> lost : List.of(sleeping, behind)) {
            assertThatThrownBy(() -> get(lost)).cause().isInstanceOfSatisfying(Lost.class, failure -> {
                assertThat(failure.error().sqlState()).isEqualTo("08006");
                assertThat(failure.lastWords()).extracting(PgError::sqlState).isEqualTo("57P01");
            });
        }
        assertThatThrownBy(() -> get(connection.exchange(Statements.query("SELECT 1"))))
                .hasCauseInstanceOf(Lost.class);
        assertThat(get(connection.ended())).isInstanceOf(Lost.class);
    }

    @Test
    void idleConnectionNoticesThatItsServerIsGone() throws Exception {
        postgres.sql("SELECT pg_terminate_backend(" + connection.processId() + ")");
        assertThat(get(connection.ended())).isInstanceOf(Lost.class);
    }

    @Test
    void closeEndsTheServersSession() throws Exception {
        CompletionStage<List<Frame>> outstanding = connection.exchange(Statements.query("SELECT pg_sleep(0.01)"));
        connection.close();
        assertThatThrownBy(() -> get(outstanding)).hasCauseInstanceOf(Lost.class);
        try (var observer = postgres.connection();
                var query = observer.prepareStatement("SELECT count(*) FROM pg_stat_activity WHERE pid = ?")) {
            query.setInt(1, connection.processId());
            await().until(() -> {
                try (var rows = query.executeQuery()) {
                    rows.next();
                    return rows.getInt(1) == 0;
                }
            });
        }
    }

    @Test
    void cancelReachesTheStatementAndIsDoneBeforeTheNext() throws Exception {
        CancelSender sender = new CancelSender(loops.loops, Duration.ofSeconds(5));
        CompletionStage<ExchangeResult> sleeping = connection.run(Statements.query("SELECT pg_sleep(60)"));
        try (var observer = postgres.connection();
                var query = observer.prepareStatement("SELECT wait_event FROM pg_stat_activity WHERE pid = ?")) {
            query.setInt(1, connection.processId());
            await().until(() -> {
                try (var rows = query.executeQuery()) {
                    return rows.next() && "PgSleep".equals(rows.getString(1));
                }
            });
        }
        get(connection.cancel(sender));
        assertThat(get(sleeping).sqlState()).isEqualTo("57014");
        for (int i = 0; i < 100; i++) {
            get(connection.cancel(sender));
            assertThat(run(Statements.query("SELECT 1")).error()).isNull();
        }
    }

    @Test
    void framesBelongToTheCaller() throws Exception {
        List<Frame> frames = get(connection.exchange(Statements.query("SELECT repeat('x', 200000)")));
        assertThat(frames.stream().map(frame -> (char) frame.type())).containsExactly('T', 'D', 'C', 'Z');
        assertThat(frames.get(1).is(BackendType.DATA_ROW)).isTrue();
        assertThat(frames.get(1).length()).isGreaterThan(200_000);
        frames.forEach(Frame::release);
        assertThat(frames)
                .allSatisfy(frame -> assertThat(frame.bytes().refCnt()).isZero());
    }

    private ExchangeResult run(ByteBuf messages) throws Exception {
        return get(connection.run(messages));
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
