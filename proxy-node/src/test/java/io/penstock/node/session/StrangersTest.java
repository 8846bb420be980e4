package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.penstock.config.AuthMode;
import io.penstock.config.ListenerTlsSettings;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.tls.ListenerTls;
import io.penstock.node.tls.TestAuthority;
import io.penstock.node.tls.TestAuthority.Issued;
import io.penstock.node.tls.TestAuthority.Kind;
import io.penstock.node.transport.NoLeaks;
import io.penstock.protocol.message.FrontendMessage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Who connects and is no client of Postgres, or a bad one: W-01, W-02, W-04 and W-06. */
@Timeout(300)
@ExtendWith(NoLeaks.class)
class StrangersTest {
    /** {@code -Dstrangers=10000} for the figure of the catalogue. */
    private static final int STRANGERS = Integer.getInteger("strangers", 1_000);

    private static final int AT_THE_SAME_TIME = 16;
    /** A second is what is aimed at; the short run is also one of busy machines. */
    private static final Duration SOON = Duration.ofSeconds(STRANGERS >= 10_000 ? 1 : 5);

    /** What may be left of thousands of strangers: tables and pools of the libraries that have grown, and not more with more of them. */
    private static final long MOST_LEFT = 8 << 20;

    private static final int VERSION = 3 << 16;
    private static final byte[] SSL =
            ByteBuffer.allocate(8).putInt(8).putInt(1234 << 16 | 5679).array();
    private static final byte[] GSS =
            ByteBuffer.allocate(8).putInt(8).putInt(1234 << 16 | 5680).array();
    private static final byte[] STARTUP =
            RawClient.bytes(new FrontendMessage.Startup(VERSION, Map.of("user", "postgres", "database", "postgres")));

    @TempDir
    static Path folder;

    private static TestPostgres postgres;
    private static TestProxy proxy;
    private static TestProxy encrypting;

    @BeforeAll
    static void start() throws IOException {
        postgres = TestPostgres.start();
        proxy = TestProxy.trusting(postgres.address());
        Issued server = new TestAuthority(folder, "authority", Kind.EC).server("server");
        encrypting = TestProxy.encrypting(
                postgres.address(),
                AuthMode.TRUST,
                ListenerTls.open(new ListenerTlsSettings(server.cert(), server.key(), null, false)),
                Map.of());
    }

    @AfterAll
    static void stop() throws Exception {
        encrypting.close();
        proxy.close();
        postgres.close();
    }

    private static Socket connected(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress("localhost", port));
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** What comes back until the other side closes. */
    private static String answer(Socket socket) throws IOException {
        StringBuilder answer = new StringBuilder();
        byte[] chunk = new byte[4_096];
        try {
            for (int length; (length = socket.getInputStream().read(chunk)) >= 0; ) {
                answer.append(new String(chunk, 0, length, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketException reset) {
            answer.append("reset");
        }
        return answer.toString();
    }

    // ---- W-01 ----

    private static byte[] beginning(int length) {
        return ByteBuffer.allocate(8).putInt(length).putInt(VERSION).array();
    }

    @Test
    void impossibleLengthsEndTheConnectionAtOnce() throws IOException {
        for (int length : new int[] {0, 1, 3, 4, 7, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 10_005}) {
            try (Socket stranger = connected(proxy.port)) {
                long start = System.nanoTime();
                stranger.getOutputStream().write(beginning(length));
                assertThat(answer(stranger)).as("length " + length).isIn("", "reset");
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
            }
        }
    }

    @Test
    void thousandsOfThemLeaveNothingAndDisturbNobody() throws Exception {
        List<byte[]> beginnings = new ArrayList<>();
        for (int length : new int[] {0, 1, 3, 4, 7, 8, -1, Integer.MAX_VALUE, 9_000}) {
            beginnings.add(beginning(length));
        }
        beginnings.add(new byte[] {0, 0, 0, 8});
        swarm(beginnings, 200); // until libraries have what they keep
        await().until(() -> proxy.loops.clients() == 0);
        Footprint before = Footprint.now();
        List<Long> alone = new ArrayList<>();
        AtomicBoolean over = new AtomicBoolean();
        List<Long> among = new ArrayList<>();
        try (RawClient honest = RawClient.loggedIn(proxy.port)) {
            long until = System.nanoTime() + Duration.ofSeconds(2).toNanos();
            while (System.nanoTime() < until) {
                alone.add(query(honest));
            }
            try (ExecutorService background = Executors.newSingleThreadExecutor()) {
                Future<?> queries = background.submit(() -> {
                    while (!over.get()) {
                        among.add(query(honest));
                    }
                    return null;
                });
                swarm(beginnings, STRANGERS);
                over.set(true);
                queries.get();
            }
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> proxy.loops.clients() == 0 && proxy.sessions.admitted() == 0);
        Footprint left = Footprint.now().since(before);
        System.out.println("W-01 " + STRANGERS + " strangers left " + left + "; queries of others p99 "
                + Footprint.percentile(alone, 99) + " ms before, " + Footprint.percentile(among, 99) + " ms meanwhile, "
                + among.size() + " of them");
        assertThat(left.descriptors())
                .as("descriptors, but for what the pool keeps")
                .isLessThanOrEqualTo(2);
        assertThat(left.heap()).isLessThan(MOST_LEFT);
        assertThat(left.direct()).isLessThan(MOST_LEFT);
        assertThat(among).isNotEmpty();
    }

    private static long query(RawClient client) throws IOException {
        long start = System.nanoTime();
        client.send(new FrontendMessage.Query("select 1"));
        assertThat(client.readUntil(line -> line.startsWith("Z"))).contains("D [1]");
        return System.nanoTime() - start;
    }

    private static void swarm(List<byte[]> beginnings, int strangers) throws Exception {
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_THE_SAME_TIME)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < AT_THE_SAME_TIME; i++) {
                all.add(threads.submit(() -> {
                    for (int number = next.getAndIncrement(); number < strangers; number = next.getAndIncrement()) {
                        try (Socket stranger = connected(proxy.port)) {
                            stranger.getOutputStream().write(beginnings.get(number % beginnings.size()));
                            stranger.shutdownOutput();
                            answer(stranger);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
    }

    // ---- W-02 ----

    /** Postgres counts the packet without its length word: 10,000 bytes are read, and 10,001 are not. */
    @Test
    void aStartupPacketOfTenThousandBytesIsTakenAndNoByteMore() throws IOException {
        for (int port : new int[] {postgres.address().port(), proxy.port}) {
            assertThat(startupOf(10_000, port)).as("port " + port).startsWith("R");
            assertThat(startupOf(10_001, port))
                    .as("port " + port)
                    .satisfiesAnyOf(
                            said -> assertThat(said).contains("FATAL", "08P01"),
                            said -> assertThat(said).isIn("", "reset"));
        }
    }

    /** An application's name takes up the room. */
    private static String startupOf(int body, int port) throws IOException {
        String user = "user\0postgres\0database\0postgres\0application_name\0";
        int rest = body - Integer.BYTES - user.length() - 2;
        byte[] packet = ByteBuffer.allocate(Integer.BYTES + body)
                .putInt(Integer.BYTES + body)
                .putInt(VERSION)
                .put((user + "x".repeat(rest) + "\0\0").getBytes(StandardCharsets.US_ASCII))
                .array();
        try (Socket client = connected(port)) {
            client.getOutputStream().write(packet);
            client.getOutputStream().write(RawClient.bytes(new FrontendMessage.Terminate()));
            return answer(client);
        }
    }

    // ---- W-04 ----

    private static Map<String, byte[]> others() {
        Map<String, byte[]> others = new LinkedHashMap<>();
        others.put("HTTP", "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        others.put("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        others.put("SSH", "SSH-2.0-OpenSSH_9.6\r\n".getBytes(StandardCharsets.US_ASCII));
        others.put("Redis", "*1\r\n$4\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII));
        others.put("PROXY", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n".getBytes(StandardCharsets.US_ASCII));
        others.put("RDP", new byte[] {3, 0, 0, 19, 14, (byte) 224, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0});
        others.put("half a ClientHello", new byte[] {0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3});
        others.put("TLS that is none", new byte[] {0x16, 3, 1, (byte) 0xff, (byte) 0xff, 1, 2, 3, 4, 5, 6, 7, 8});
        others.put("an alert of TLS", new byte[] {0x15, 3, 1, 0, 2, 2, 40});
        Random random = new Random(20_261_121);
        for (int i = 0; i < 50; i++) {
            byte[] bytes = new byte[1 + random.nextInt(300)];
            random.nextBytes(bytes);
            bytes[0] |= 1; // a length that cannot be, or TLS
            others.put("random " + i, bytes);
        }
        return others;
    }

    @Test
    void whatIsNotPostgresIsClosedAtOnceWithALineOfLogAtTheMost() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(log);
        Duration slowest = Duration.ZERO;
        int most = 0;
        try {
            for (TestProxy each : new TestProxy[] {proxy, encrypting}) {
                for (Map.Entry<String, byte[]> other : others().entrySet()) {
                    int linesBefore = log.list.size();
                    long start = System.nanoTime();
                    try (Socket stranger = connected(each.port)) {
                        stranger.getOutputStream().write(other.getValue());
                        stranger.shutdownOutput();
                        answer(stranger);
                    }
                    Duration time = Duration.ofNanos(System.nanoTime() - start);
                    slowest = time.compareTo(slowest) > 0 ? time : slowest;
                    assertThat(time).as(other.getKey()).isLessThan(SOON);
                    await().until(() -> each.loops.clients() == 0);
                    List<ILoggingEvent> lines = List.copyOf(log.list).subList(linesBefore, log.list.size());
                    most = Math.max(most, lines.size());
                    assertThat(lines).as(other.getKey()).hasSizeLessThanOrEqualTo(1);
                    assertThat(lines)
                            .as("traces for " + other.getKey())
                            .allMatch(line -> line.getThrowableProxy() == null
                                    || !line.getLevel().isGreaterOrEqual(Level.INFO));
                }
            }
        } finally {
            root.detachAppender(log);
        }
        System.out.println("W-04 slowest end " + slowest.toMillis() + " ms, at most " + most + " lines of log each");
    }

    // ---- W-06 ----

    /** One packet after the other, each when the one before has been answered. */
    private static String dialogue(int port, byte[]... packets) throws IOException {
        StringBuilder said = new StringBuilder();
        try (Socket client = connected(port)) {
            for (byte[] packet : packets) {
                try {
                    client.getOutputStream().write(packet);
                } catch (SocketException closed) {
                    return said.append("end").toString();
                }
                int type = client.getInputStream().read();
                if (type < 0) {
                    return said.append("end").toString();
                }
                said.append((char) type);
                if (type == 'E') {
                    return said.append(answer(client).replaceFirst("(?s).*\0C(.{5}).*", "$1"))
                            .toString();
                }
            }
        }
        return said.toString();
    }

    @Test
    void encryptionIsAskedForOnceOfEachKind() throws IOException {
        List<byte[][]> dialogues = List.of(
                new byte[][] {SSL, STARTUP},
                new byte[][] {GSS, STARTUP},
                new byte[][] {SSL, GSS, STARTUP},
                new byte[][] {GSS, SSL, STARTUP},
                new byte[][] {SSL, SSL},
                new byte[][] {GSS, GSS},
                new byte[][] {SSL, GSS, SSL},
                new byte[][] {GSS, SSL, GSS},
                new byte[][] {SSL, GSS, GSS, GSS});
        for (byte[][] packets : dialogues) {
            assertThat(dialogue(proxy.port, packets))
                    .as(packets.length + " packets")
                    .isEqualTo(dialogue(postgres.address().port(), packets));
        }
    }

    @Test
    void aSecondStartupIsNoMessage() throws IOException {
        for (int port : new int[] {postgres.address().port(), proxy.port}) {
            try (RawClient client = RawClient.loggedIn(port)) {
                client.send(STARTUP);
                assertThat(client.readUntil(line -> line.equals("end")))
                        .first()
                        .asString()
                        .startsWith("E FATAL 08P01");
            }
        }
    }
}
