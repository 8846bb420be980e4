package io.penstock.node.session;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.config.AuthMode;
import io.penstock.config.LimitSettings;
import io.penstock.config.Secret;
import io.penstock.config.SignInSettings;
import io.penstock.config.UserSettings;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.NoLeaks;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.ProtocolVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients that take their time, and many of them: W-07 and W-08; and W-12, those that send without end. */
@Timeout(300)
@ExtendWith(NoLeaks.class)
class SlowClientsTest {
    /** {@code -Dstrangers=5000} for the figure of the catalogue. */
    private static final int STRANGERS = Integer.getInteger("strangers", 500);

    /** {@code -Dmegabytes=900} for the figure of the catalogue. */
    private static final int MEGABYTES = Integer.getInteger("megabytes", 100);

    /** So many that the pieces of megabytes which the allocator takes at a time say little about one of them. */
    private static final int READERS = 40;

    private static final Duration AUTHENTICATION = Duration.ofSeconds(6);
    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(6);
    private static final Duration LATE = Duration.ofSeconds(20);
    /** In the long run, on a machine that has nothing else to do; in the short one it only has to be possible. */
    private static final double MOST_MILLIS_OF_OTHERS = STRANGERS >= 5_000 ? 500 : 5_000;

    private static final long MOST_FOR_STRANGER = 32 * 1024;
    private static final long MOST_FOR_READER = 1 << 20;
    /** Far less than what goes through: the allocator takes pieces of megabytes at a time. */
    private static final long MOST_FOR_COPY = 32 << 20;

    /** In rows of 8 KiB: a row is whole here before it goes on, so that longer ones cost their own length. */
    private static final String GIBIBYTE = "select repeat('x', 8192) from generate_series(1, 131072)";

    private static TestPostgres postgres;
    private static TestProxy proxy;
    private static TestProxy trusting;

    @BeforeAll
    static void start() throws SQLException {
        postgres = TestPostgres.start();
        postgres.sql("create unlogged table copied (t text)");
        LimitSettings limits = new LimitSettings(100, 100, 100, AUTHENTICATION, 64 << 20, WRITE_TIMEOUT);
        SignIn signIn = new SignIn(
                AuthMode.SCRAM,
                Map.of("postgres", new UserSettings("postgres", Secret.of("spice"))),
                SignInSettings.OPEN,
                new SecureRandom());
        proxy = TestProxy.limited(postgres.address(), signIn, limits);
        trusting = TestProxy.limited(postgres.address(), limits);
    }

    @AfterAll
    static void stop() throws Exception {
        trusting.close();
        proxy.close();
        postgres.close();
    }

    /** W-07. */
    @Test
    void whoNeverEndsItsLoginIsClosedInTimeAndKeepsNobodyOut() throws Exception {
        byte[] startup = RawClient.bytes(new FrontendMessage.Startup(
                ProtocolVersion.V3_0, Map.of("user", "postgres", "database", "postgres", "application_name", "slow")));
        Footprint before = Footprint.now();
        List<SocketChannel> strangers = new ArrayList<>();
        List<Long> logins = new ArrayList<>();
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger closed = new AtomicInteger();
        try (ExecutorService background = Executors.newSingleThreadExecutor()) {
            Future<?> honest = background.submit(() -> {
                while (!over.get()) {
                    long start = System.nanoTime();
                    try (ScramLogin login = new ScramLogin(proxy.port)) {
                        assertThat(login.with("postgres", "spice").body()).containsOnly(0);
                    }
                    logins.add(System.nanoTime() - start);
                }
                return null;
            });
            for (int i = 0; i < STRANGERS; i++) {
                SocketChannel stranger = SocketChannel.open(new InetSocketAddress("localhost", proxy.port));
                stranger.configureBlocking(false);
                strangers.add(stranger);
            }
            long opened = System.nanoTime();
            AtomicInteger sent = new AtomicInteger();
            AtomicReference<Footprint> most = new AtomicReference<>(before);
            try {
                await().atMost(AUTHENTICATION.plus(LATE))
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofSeconds(1))
                        .until(() -> {
                            int position = sent.getAndIncrement();
                            strangers.forEach(stranger -> {
                                if (stranger.isOpen() && !drip(stranger, startup[position])) {
                                    closed.incrementAndGet();
                                }
                            });
                            if (position == 1) {
                                most.set(Footprint.now());
                            }
                            return closed.get() == STRANGERS;
                        });
            } finally {
                over.set(true);
            }
            Duration lasted = Duration.ofNanos(System.nanoTime() - opened);
            honest.get();
            Footprint held = requireNonNull(most.get()).since(before);
            System.out.println("W-07 " + STRANGERS + " strangers held " + held + ", " + held.bytesFor(STRANGERS)
                    + " bytes each, both ends; closed after " + lasted.toMillis() + " ms of "
                    + AUTHENTICATION.toMillis() + "; of " + logins.size() + " logins meanwhile p50 "
                    + Footprint.percentile(logins, 50) + " ms, p99 " + Footprint.percentile(logins, 99) + " ms");
            assertThat(held.bytesFor(STRANGERS)).isLessThan(MOST_FOR_STRANGER);
            assertThat(Footprint.percentile(logins, 50)).isLessThan(MOST_MILLIS_OF_OTHERS);
        } finally {
            for (SocketChannel stranger : strangers) {
                stranger.close();
            }
        }
        await().until(() -> proxy.loops.clients() == 0);
    }

    /** Sends a byte. @return whether the other side is still there; if not, this one goes as well */
    private static boolean drip(SocketChannel stranger, byte next) {
        try {
            ByteBuffer said = ByteBuffer.allocate(512);
            for (int length; (length = stranger.read(said.clear())) != 0; ) {
                if (length < 0) {
                    stranger.close();
                    return false;
                }
            }
            stranger.write(ByteBuffer.wrap(new byte[] {next}));
            return true;
        } catch (IOException gone) {
            close(stranger);
            return false;
        }
    }

    private static void close(SocketChannel stranger) {
        try {
            stranger.close();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** W-08. */
    @Test
    void aResultThatNobodyReadsStaysInPostgres() throws Exception {
        List<RawClient> readers = new ArrayList<>();
        try {
            for (int i = 0; i < READERS; i++) {
                readers.add(RawClient.loggedIn(trusting.port));
            }
            Footprint before = Footprint.now();
            for (RawClient reader : readers) {
                reader.send(new FrontendMessage.Query(GIBIBYTE + " /* unread */"));
            }
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> count("wait_event = 'ClientWrite' and query like '%unread */'") == READERS);
            Footprint held = Footprint.now().since(before);
            System.out.println("W-08 " + READERS + " unread results of 1 GiB held " + held + ", "
                    + held.bytesFor(READERS) + " bytes each");
            assertThat(held.bytesFor(READERS)).isLessThan(MOST_FOR_READER);
            await().atMost(WRITE_TIMEOUT.multipliedBy(2).plus(LATE).plus(LATE))
                    .until(() -> trusting.sessions.admitted() == 0
                            && count("state <> 'idle' and query like '%unread */'") == 0);
        } finally {
            for (RawClient reader : readers) {
                reader.close();
            }
        }
    }

    private static int count(String condition) throws SQLException {
        return Integer.parseInt(postgres.single(
                "select count(*) from pg_stat_activity where pid <> pg_backend_pid() and " + condition));
    }

    /** W-12: what is too long is refused by its length alone. */
    @Test
    void aMessageOfNineHundredMegabytesIsRefusedBeforeItIsThere() throws IOException {
        for (char type : new char[] {'Q', 'P', 'B', 'd'}) {
            try (RawClient client = RawClient.loggedIn(trusting.port)) {
                long before = Footprint.directNow();
                client.send(ByteBuffer.allocate(1_000_000)
                        .put((byte) type)
                        .putInt(900 << 20)
                        .array());
                assertThat(client.readUntil(line -> line.equals("end")))
                        .first()
                        .asString()
                        .startsWith("E FATAL 54000");
                assertThat(Footprint.directNow() - before).isLessThan(MOST_FOR_COPY);
            } catch (SocketException reset) {
                // It has closed with bytes of ours unread; that it does so for this reason is LimitsTest's.
                assertThat(trusting.loops.clients()).isNotNegative();
            }
        }
    }

    /** W-12: what comes in many messages goes through, and no more of it is here than Postgres leaves waiting. */
    @Test
    void aLongCopyGoesThrough() throws IOException {
        byte[] line = "x".repeat(1023).concat("\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer lines = ByteBuffer.allocate(1 << 20);
        while (lines.hasRemaining()) {
            lines.put(line);
        }
        byte[] megabyte = RawClient.bytes(new FrontendMessage.CopyData(lines.array()));
        try (RawClient client = RawClient.loggedIn(trusting.port)) {
            client.send(new FrontendMessage.Query("copy copied from stdin where false"));
            client.readUntil(said -> said.equals("G"));
            Footprint before = Footprint.now();
            long most = 0;
            for (int i = 0; i < MEGABYTES; i++) {
                client.send(megabyte);
                most = Math.max(most, Footprint.directNow() - before.direct());
            }
            client.send(new FrontendMessage.CopyDone());
            assertThat(client.readUntil(said -> said.startsWith("Z"))).contains("C COPY 0");
            Footprint left = Footprint.now().since(before);
            System.out.println("W-12 COPY of " + MEGABYTES + " MiB held at most " + most / 1024
                    + " KiB outside of the heap, and left " + left);
            assertThat(most).isLessThan(MOST_FOR_COPY);
            assertThat(left.heap()).isLessThan(MOST_FOR_COPY);
        }
    }
}
