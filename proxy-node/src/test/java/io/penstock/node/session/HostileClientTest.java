package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.NoLeaks;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.ProtocolVersion;
import io.penstock.protocol.message.Target;
import java.io.IOException;
import java.net.SocketException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Bytes that no client should send, to Postgres and to the proxy (W-01 to W-03, W-06, W-09 to W-11, W-15, W-16): both must say the same or,
 * where Postgres closes without a word, the proxy may say why it closes.
 */
@Timeout(120)
@ExtendWith(NoLeaks.class)
class HostileClientTest {
    private static final FrontendMessage SYNC = new FrontendMessage.Sync();
    private static final FrontendMessage PROBE = new FrontendMessage.Query("select 'alive'");

    /**
     * What is refused, or taken, in another way. Of a setting sent twice the last value counts here, and Postgres looks at both. Bytes behind
     * an SSLRequest end the connection here before they mean anything; Postgres only asks for that where it goes on encrypted.
     */
    private static final Set<String> OTHERWISE =
            Set.of("setting twice", "SSL twice", "SSL with a body", "GSS with a body");

    /** {@code -Dvanishing=10000} for the figure of the catalogue. */
    private static final int VANISHING = Integer.getInteger("vanishing", 300);

    /** Of the pool, each a descriptor. */
    private static final int MOST_SERVERS = 50;

    private static final long MOST_LEFT = 16 << 20;

    private static TestPostgres postgres;
    private static TestProxy proxy;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start();
        proxy = TestProxy.trusting(postgres.address());
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        postgres.close();
    }

    private interface Attack {
        List<String> on(int port) throws IOException;
    }

    private static void compare(Map<String, byte[]> cases, Function<byte[], Attack> attack) throws IOException {
        List<String> differences = new ArrayList<>();
        for (Map.Entry<String, byte[]> each : cases.entrySet()) {
            Attack made = attack.apply(each.getValue());
            List<String> direct = made.on(postgres.address().port());
            List<String> through = made.on(proxy.port);
            boolean silent = direct.equals(List.of("end"));
            boolean same = silent
                    ? through.size() <= 2
                            && through.getLast().equals("end")
                            && (through.size() == 1 || through.getFirst().equals("E FATAL 08P01"))
                    : through.equals(direct);
            if (same == OTHERWISE.contains(each.getKey())) {
                differences.add(each.getKey() + ": " + direct + ", through the proxy " + through);
            }
        }
        assertThat(differences).isEmpty();
    }

    /** What comes back up to the answer of the probe, or the end. Errors by their SQLSTATE: the texts of both are their own. */
    private static List<String> answers(RawClient client) {
        List<String> lines = new ArrayList<>();
        try {
            boolean alive = false;
            while (true) {
                String line = client.readUntil(_ -> true).getFirst();
                lines.add(line.replaceFirst("^(E [A-Z]+ .{5}).*", "$1"));
                alive |= line.equals("D [alive]");
                if (line.equals("end") || (alive && line.startsWith("Z"))) {
                    return lines;
                }
            }
        } catch (ProtocolViolation beforeVersion3) {
            // Postgres tells clients of its oldest protocols in their own format why they are not served.
            lines.add("E FATAL 0A000");
            lines.add("end");
        } catch (SocketException reset) {
            // It has closed with bytes of ours unread: an end all the same.
            lines.add("end");
        } catch (IOException other) {
            lines.add(other.toString());
        }
        return lines;
    }

    @Test
    void beforeTheLogin() throws IOException {
        compare(StartupAttacks.all(), bytes -> port -> {
            try (RawClient client = new RawClient(port)) {
                try {
                    client.send(bytes);
                    client.finish();
                } catch (SocketException closed) {
                    return List.of("end");
                }
                return answers(client).stream()
                        .filter(line -> line.startsWith("E")
                                || line.startsWith("Z")
                                || line.startsWith("v")
                                || line.equals("end"))
                        .toList();
            }
        });
    }

    @Test
    void afterTheLogin() throws IOException {
        compare(MessageAttacks.all(), bytes -> port -> {
            try (RawClient client = RawClient.loggedIn(port)) {
                try {
                    client.send(bytes);
                    client.send(SYNC, PROBE);
                    client.finish();
                } catch (SocketException closed) {
                    // Read what it said before.
                }
                return answers(client);
            }
        });
    }

    /** Every cut of a conversation in two, and all of its bytes one by one. */
    @Test
    void howeverItIsCutAConversationGoesTheSameWay() throws IOException {
        byte[] conversation = RawClient.bytes(
                new FrontendMessage.Parse("s", "select $1::int + 1", new int[] {23}),
                new FrontendMessage.Bind("", "s", new short[0], List.of(new byte[] {'4', '1'}), new short[0]),
                new FrontendMessage.Execute("", 0),
                SYNC,
                PROBE);
        List<String> expected =
                List.of("1", "2", "D [42]", "C SELECT 1", "Z I", "T [?column?]", "D [alive]", "C SELECT 1", "Z I");
        try (RawClient client = RawClient.loggedIn(proxy.port)) {
            for (int cut = 1; cut < conversation.length; cut++) {
                client.send(Arrays.copyOfRange(conversation, 0, cut));
                client.send(Arrays.copyOfRange(conversation, cut, conversation.length));
                assertThat(answers(client)).isEqualTo(expected);
                client.send(new FrontendMessage.Close(Target.STATEMENT, "s"), SYNC);
                client.readUntil(line -> line.startsWith("Z"));
            }
            for (byte single : conversation) {
                client.send(new byte[] {single});
            }
            assertThat(answers(client)).isEqualTo(expected);
        }
    }

    /** W-16 before the login: every cut of the first packets in two, and all of their bytes one by one. */
    @Test
    void howeverItIsCutALoginGoesTheSameWay() throws IOException {
        byte[] beginning = RawClient.bytes(
                new FrontendMessage.GssEncRequest(),
                new FrontendMessage.Startup(ProtocolVersion.V3_0, Map.of("user", "postgres", "database", "postgres")));
        int request = 8;
        for (int cut = 0; cut <= beginning.length; cut++) {
            try (RawClient client = new RawClient(proxy.port)) {
                int first = cut == beginning.length ? 1 : cut; // the last round goes byte by byte
                boolean single = cut == beginning.length;
                for (int from = 0; from < beginning.length; ) {
                    int to = single ? from + 1 : from < first ? first : beginning.length;
                    // Nothing may follow the request before it has been answered.
                    to = from < request ? Math.min(to, request) : to;
                    client.send(Arrays.copyOfRange(beginning, from, to));
                    if (to == request) {
                        assertThat(client.readByte()).isEqualTo('N');
                    }
                    from = to;
                }
                assertThat(answers(client, PROBE)).as("cut at " + cut).endsWith("D [alive]", "C SELECT 1", "Z I");
            }
        }
    }

    /** W-15: clients that vanish in every way and state leave nothing here, and no transaction open there. */
    @Test
    void clientsThatVanishLeaveNothing() throws IOException, SQLException {
        postgres.sql("create table if not exists vanished (a int)");
        await().until(() -> proxy.loops.clients() == 0);
        Footprint before = Footprint.now();
        Random random = new Random(20_261_121);
        byte[] startup = RawClient.bytes(
                new FrontendMessage.Startup(ProtocolVersion.V3_0, Map.of("user", "postgres", "database", "postgres")));
        byte[] work = RawClient.bytes(
                new FrontendMessage.Query("begin"),
                new FrontendMessage.Query("insert into vanished values (1)"),
                new FrontendMessage.Query("copy vanished from stdin"),
                new FrontendMessage.CopyData(new byte[] {'2', '\n'}));
        for (int i = 0; i < VANISHING; i++) {
            RawClient client;
            if (random.nextInt(4) == 0) {
                client = new RawClient(proxy.port);
                client.send(Arrays.copyOf(startup, random.nextInt(startup.length + 1)));
            } else {
                client = RawClient.loggedIn(proxy.port);
                client.send(Arrays.copyOf(work, random.nextInt(work.length + 1)));
            }
            switch (random.nextInt(3)) {
                case 0 -> client.reset();
                case 1 -> client.close();
                default -> {
                    client.finish();
                    client.close();
                }
            }
        }
        await().until(() -> proxy.loops.clients() == 0 && proxy.sessions.admitted() == 0);
        await().until(() -> postgres.single(
                        "select count(*) from pg_stat_activity where backend_type = 'client backend' and state <> 'idle' and pid <>"
                                + " pg_backend_pid()")
                .equals("0"));
        assertThat(postgres.single("select count(*) from vanished")).isEqualTo("0");
        Footprint left = Footprint.now().since(before);
        System.out.println("W-15 " + VANISHING + " clients that vanished left " + left);
        assertThat(left.descriptors())
                .as("descriptors, but for what the pool keeps")
                .isLessThan(MOST_SERVERS);
        assertThat(left.heap()).isLessThan(MOST_LEFT);
        assertThat(left.direct()).isLessThan(MOST_LEFT);
    }

    private static List<String> answers(RawClient client, FrontendMessage probe) throws IOException {
        client.send(probe);
        return answers(client);
    }
}
