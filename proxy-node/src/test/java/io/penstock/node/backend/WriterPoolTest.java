package io.penstock.node.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.node.backend.ServerFailure.NoneFree;
import io.penstock.node.backend.ServerFailure.PoolClosed;
import io.penstock.node.backend.ServerFailure.Unreachable;
import io.penstock.node.transport.IoKind;
import io.penstock.node.transport.NoLeaks;
import io.penstock.node.transport.TestLoops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The pool over a real Postgres. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class WriterPoolTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private static TestPostgres postgres;
    private static TestLoops loops;
    private static ServerConnector connector;

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

    @Test
    void waitersAreServedInTheOrderInWhichTheyCame() throws Exception {
        WriterPool pool = pool(2);
        Lease first = get(pool.lease(LONG));
        Lease second = get(pool.lease(LONG));
        Queue<Integer> served = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Void>> done = IntStream.range(0, 500)
                .mapToObj(i -> pool.lease(LONG)
                        .thenAccept(lease -> {
                            served.add(i);
                            lease.release();
                        })
                        .toCompletableFuture())
                .toList();
        await().until(() -> pool.counters().waiting() == 500);
        first.release();
        second.release();
        for (CompletableFuture<Void> one : done) {
            get(one);
        }
        assertThat(served)
                .containsExactlyElementsOf(IntStream.range(0, 500).boxed().toList());
        agrees(pool, 502);
    }

    @Test
    void nobodyHoldsAConnectionTogetherUnderContention() throws Exception {
        WriterPool pool = pool(4);
        AtomicInteger held = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
        for (int t = 0; t < 32; t++) {
            Random random = new Random(t);
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < 50; i++) {
                        Lease lease = get(pool.lease(LONG));
                        most.accumulateAndGet(held.incrementAndGet(), Math::max);
                        assertThat(get(lease.connection().run(Statements.query("SELECT 7")))
                                        .single())
                                .isEqualTo("7");
                        held.decrementAndGet();
                        if (random.nextInt(20) == 0) {
                            lease.discard();
                        } else {
                            lease.release();
                        }
                    }
                } catch (Exception | AssertionError failure) {
                    wrong.add(failure);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
        assertThat(most).hasValueLessThanOrEqualTo(4);
        agrees(pool, 1_600);
        assertThat(pool.counters().open()).isLessThanOrEqualTo(4);
    }

    @Test
    void idleConnectionsAreKeptAndUsedAgain() throws Exception {
        WriterPool pool = pool(3);
        int process = 0;
        for (int i = 0; i < 5; i++) {
            Lease lease = get(pool.lease(LONG));
            assertThat(process).isIn(0, lease.connection().processId());
            process = lease.connection().processId();
            lease.release();
        }
        await().until(() -> pool.counters().idle() == 1);
        assertThat(pool.counters().connected()).isEqualTo(1);
    }

    @Test
    void waiterWhoseTimeIsOverIsToldAndLeavesTheLine() throws Exception {
        WriterPool pool = pool(1);
        Lease held = get(pool.lease(LONG));
        assertThatThrownBy(() -> get(pool.lease(Duration.ofMillis(20))))
                .cause()
                .isInstanceOfSatisfying(
                        NoneFree.class,
                        none -> assertThat(none.error().sqlState()).isEqualTo("53300"));
        CompletionStage<Lease> next = pool.lease(LONG);
        held.release();
        get(next).release();
        agrees(pool, 2);
        assertThat(pool.counters().timedOut()).isEqualTo(1);
    }

    @Test
    void callerThatGaveUpIsPassedOver() throws Exception {
        WriterPool pool = pool(1);
        Lease held = get(pool.lease(LONG));
        CompletableFuture<Lease> gone = pool.lease(LONG).toCompletableFuture();
        CompletionStage<Lease> next = pool.lease(LONG);
        gone.cancel(false);
        held.release();
        get(next).release();
        agrees(pool, 2);
    }

    @Test
    void connectionInATransactionIsNotHandedOn() throws Exception {
        WriterPool pool = pool(1);
        Lease careless = get(pool.lease(LONG));
        int process = careless.connection().processId();
        get(careless.connection().run(Statements.query("BEGIN")));
        careless.release();
        careless.release();
        Lease next = get(pool.lease(LONG));
        assertThat(next.connection().processId()).isNotEqualTo(process);
        next.release();
        agrees(pool, 2);
        assertThat(pool.counters().discarded()).isEqualTo(1);
    }

    @Test
    void connectionThatStillAnswersIsNotHandedOn() throws Exception {
        WriterPool pool = pool(1);
        Lease careless = get(pool.lease(LONG));
        int process = careless.connection().processId();
        CompletionStage<ExchangeResult> running = careless.connection().run(Statements.query("SELECT pg_sleep(30)"));
        careless.release();
        Lease next = get(pool.lease(LONG));
        assertThat(next.connection().processId()).isNotEqualTo(process);
        assertThat(running.toCompletableFuture()).isCompletedExceptionally();
        next.release();
    }

    @Test
    void connectionsThatTheServerEndsAreReplaced() throws Exception {
        WriterPool pool = pool(2);
        Lease leased = get(pool.lease(LONG));
        Lease idle = get(pool.lease(LONG));
        idle.release();
        postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE application_name = 'penstock-test' AND pid <> pg_backend_pid()");
        get(leased.connection().ended());
        await().until(() -> pool.counters().open() == 0);
        Lease next = get(pool.lease(LONG));
        assertThat(get(next.connection().run(Statements.query("SELECT 1"))).single())
                .isEqualTo("1");
        next.release();
        leased.release();
        agrees(pool, 3);
    }

    @Test
    void serverThatIsAwayFailsEachWaiterOnce() throws Exception {
        ServerAddress nowhere = new ServerAddress("127.0.0.1", 1);
        WriterPool pool = new WriterPool(
                2, () -> connector.open(nowhere, postgres.login(), loops.loops.next()), loops.loops.next());
        List<CompletionStage<Lease>> waiters =
                IntStream.range(0, 10).mapToObj(_ -> pool.lease(LONG)).toList();
        for (CompletionStage<Lease> waiter : waiters) {
            assertThatThrownBy(() -> get(waiter)).hasCauseInstanceOf(Unreachable.class);
        }
        await().until(() -> pool.counters().open() == 0);
        assertThat(pool.counters().failed()).isEqualTo(10);
    }

    @Test
    void closedPoolTurnsEverybodyAway() throws Exception {
        WriterPool pool = pool(1);
        Lease held = get(pool.lease(LONG));
        CompletionStage<Lease> waiting = pool.lease(LONG);
        pool.close();
        assertThatThrownBy(() -> get(waiting)).hasCauseInstanceOf(PoolClosed.class);
        assertThatThrownBy(() -> get(pool.lease(LONG))).hasCauseInstanceOf(PoolClosed.class);
        held.release();
        get(held.connection().ended());
        await().until(() -> pool.counters().open() == 0);
    }

    private static WriterPool pool(int size) {
        return new WriterPool(
                size,
                () -> connector.open(postgres.address(), postgres.login(), loops.loops.next()),
                loops.loops.next());
    }

    private static void agrees(WriterPool pool, long leases) {
        await().until(() -> pool.counters().returned() == leases);
        assertThat(pool.counters().acquired()).isEqualTo(leases);
        assertThat(pool.counters().waiting()).isZero();
        pool.close();
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
