package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.node.backend.TestPostgres;
import io.penstock.protocol.message.FrontendMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A-10: what is agreed about the protocol, and the length of the cancel key that follows from it, is what PostgreSQL 18 says. */
@Timeout(60)
class ProtocolVersionsTest {
    private static final int V3 = 3 << 16;

    private static TestPostgres postgres;
    private static TestProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        postgres = TestPostgres.start();
        assumeTrue(Integer.parseInt(postgres.single("show server_version_num")) >= 180_000, "an older Postgres");
        proxy = TestProxy.trusting(postgres.address());
    }

    @AfterAll
    static void stop() throws Exception {
        if (proxy != null) {
            proxy.close();
        }
        postgres.close();
    }

    /** NegotiateProtocolVersion byte by byte, the length of the key, or the error's code; and the order of all that. */
    private static List<String> agreed(int port, int version, Map<String, String> options) throws IOException {
        List<String> said = new ArrayList<>();
        Map<String, String> parameters = new LinkedHashMap<>(Map.of("user", "postgres", "database", "postgres"));
        parameters.putAll(options);
        try (ScramLogin login = new ScramLogin(port)) {
            login.send(new FrontendMessage.Startup(version, parameters));
            while (true) {
                ScramLogin.Message message = login.read();
                switch (message.type()) {
                    case 'v' -> said.add("v " + HexFormat.of().formatHex(message.body()));
                    case 'K' -> said.add("K " + message.body().length);
                    case 'E' -> {
                        said.add(message.error().substring(0, 7));
                        return said;
                    }
                    case 'Z' -> {
                        return said;
                    }
                    case 'R' -> said.add("R");
                    default -> {}
                }
            }
        }
    }

    @Test
    void eachVersionAndOptionIsAnsweredAsByPostgres() throws IOException {
        List<Map<String, String>> options = List.of(
                Map.of(),
                Map.of("_pq_.grease", "1"),
                Map.of("_pq_.a", "1", "_pq_.command_progress", "on"),
                Map.of("_pq_.", ""),
                Map.of("_pq_.caf\u00e9", "x"));
        for (int version : new int[] {V3, V3 | 1, V3 | 2, V3 | 3, V3 | 9999, V3 | 0xffff, 4 << 16, 2 << 16 | 1}) {
            for (Map<String, String> each : options) {
                if (version >> 16 == 2) {
                    continue; // its error comes in the format of that version
                }
                assertThat(agreed(proxy.port, version, each))
                        .as("version " + (version >> 16) + "." + (version & 0xffff) + " with " + each)
                        .isEqualTo(agreed(postgres.address().port(), version, each));
            }
        }
    }

    @Test
    void aLongKeyCancels() throws Exception {
        for (int version : new int[] {V3, V3 | 2}) {
            try (ScramLogin session = new ScramLogin(proxy.port)) {
                session.send(new FrontendMessage.Startup(version, Map.of("user", "postgres", "database", "postgres")));
                byte[] key = new byte[0];
                for (ScramLogin.Message next = session.read(); next.type() != 'Z'; next = session.read()) {
                    key = next.type() == 'K' ? next.body() : key;
                }
                assertThat(key).hasSize(version == V3 ? 8 : 36);
                String sleep = "select pg_sleep(30) /* " + version + " */";
                session.send(new FrontendMessage.Query(sleep));
                await().until(() -> postgres.single("select count(*) from pg_stat_activity where state = 'active'"
                                + " and query = '" + sleep + "'")
                        .equals("1"));
                ByteBuffer parts = ByteBuffer.wrap(key);
                int processId = parts.getInt();
                byte[] secret = new byte[parts.remaining()];
                parts.get(secret);
                byte[] wrong = secret.clone();
                wrong[wrong.length - 1]++;
                cancel(processId, wrong);
                cancel(processId, Arrays.copyOf(secret, version == V3 ? 32 : 4));
                long start = System.nanoTime();
                cancel(processId, secret);
                ScramLogin.Message answer = session.read();
                while (answer.type() != 'E') {
                    answer = session.read();
                }
                assertThat(answer.error()).startsWith("E 57014");
                assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
            }
        }
    }

    private static void cancel(int processId, byte[] secret) throws IOException {
        try (ScramLogin canceller = new ScramLogin(proxy.port)) {
            canceller.send(new FrontendMessage.CancelRequest(processId, secret));
            assertThat(canceller.ended()).isTrue();
        }
    }
}
