package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.config.LimitSettings;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.NoLeaks;
import io.penstock.protocol.message.FrontendMessage;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@code penstock.limits} does to clients that exceed it; the number of clients and the time to log in are {@link LoginTest}'s. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class LimitsTest {
    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(1);
    private static final int LARGEST = 100_000;
    /** More than the buffers of both sockets hold. */
    private static final String LARGE_RESULT = "select repeat('x', 8000) from generate_series(1, 5000)";

    private static TestPostgres postgres;
    private static TestProxy proxy;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start();
        proxy = TestProxy.limited(
                postgres.address(), new LimitSettings(10, 10, 10, Duration.ofSeconds(10), LARGEST, WRITE_TIMEOUT));
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        postgres.close();
    }

    @Test
    void longestMessageIsTakenAndALongerOneIsRefusedByName() throws IOException {
        try (RawClient client = RawClient.loggedIn(proxy.port)) {
            client.send(new FrontendMessage.Query("select 1 " + " ".repeat(LARGEST - 4 - 1 - "select 1 ".length())));
            assertThat(client.readUntil(line -> line.startsWith("Z"))).contains("D [1]");
            client.send(new FrontendMessage.Query("select 1 " + " ".repeat(LARGEST - 4 - "select 1 ".length())));
            assertThat(client.readUntil(line -> line.equals("end")))
                    .containsExactly("E FATAL 54000 message of 100001 bytes exceeds the limit of 100000 bytes", "end");
        }
    }

    @Test
    void whoReadsNothingIsDisconnectedAndItsServerFreed() throws IOException, SQLException {
        try (RawClient client = RawClient.loggedIn(proxy.port)) {
            client.send(new FrontendMessage.Query(LARGE_RESULT + " /* unread */"));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> running("unread") == 0 && proxy.sessions.admitted() == 0);
        }
    }

    @Test
    void whoReadsSlowlyGetsItsWholeAnswer() throws IOException {
        try (RawClient client = RawClient.loggedIn(proxy.port)) {
            client.send(new FrontendMessage.Query(LARGE_RESULT));
            AtomicInteger pauses = new AtomicInteger();
            // Longer than the timeout in all, and never so long at once.
            await().pollInterval(WRITE_TIMEOUT.dividedBy(4))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> client.skip(1 << 20) && pauses.incrementAndGet() == 16);
            assertThat(client.readUntil(line -> line.startsWith("Z") || line.equals("end")))
                    .contains("C SELECT 5000");
        }
    }

    private static int running(String comment) throws SQLException {
        return Integer.parseInt(postgres.single("select count(*) from pg_stat_activity where state = 'active' and query"
                + " like '%" + comment + "' || ' */'"));
    }
}
