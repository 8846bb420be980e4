package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.config.PoolSettings;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.NoLeaks;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.ProtocolVersion;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * the end of a query and its cancel race, and the next query is never hit, once the request's connection has been closed. {@code
 * -Dpenstock.races=10000} runs more of them.
 */
@ExtendWith(NoLeaks.class)
class CancelRaceTest {
    private static final int RACES = Integer.getInteger("penstock.races", 300);

    private static TestPostgres postgres;
    private static TestProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        postgres = TestPostgres.start();
        proxy = TestProxy.trusting(postgres.address());
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        postgres.close();
    }

    @Test
    void keysAreAsLongAsTheProtocolWantsThem() throws Exception {
        Map<Integer, String> expected = Map.of(ProtocolVersion.V3_0, "K 4", ProtocolVersion.V3_2, "K 32");
        for (Map.Entry<Integer, String> version : expected.entrySet()) {
            try (RawClient client = new RawClient(proxy.port)) {
                client.send(new FrontendMessage.Startup(
                        version.getKey(), Map.of("user", "postgres", "database", "postgres")));
                assertThat(client.readUntil(line -> line.startsWith("Z"))).contains(version.getValue());
                assertThat(client.key().processId()).isPositive();
                String query = "select pg_sleep(60 + " + version.getKey() + ")";
                client.send(new FrontendMessage.Query(query));
                // Postgres forgets a cancel that comes before the query.
                await().until(() -> postgres.single(
                                "select count(*) from pg_stat_activity where query = '" + query + "'")
                        .equals("1"));
                client.cancel(proxy.port);
                assertThat(client.readUntil(line -> line.startsWith("Z")))
                        .contains("E ERROR 57014 canceling statement due to user request");
            }
        }
    }

    @Test
    void aCancelNeverHitsTheNextQuery() throws Exception {
        int cancelled = 0;
        int finished = 0;
        int wrong = 0;
        try (RawClient client = RawClient.loggedIn(proxy.port)) {
            for (int race = 0; race < RACES; race++) {
                client.send(new FrontendMessage.Query("select pg_sleep(random() * 0.004)"));
                client.cancel(proxy.port);
                if (failed(client.readUntil(line -> line.startsWith("Z")))) {
                    cancelled++;
                } else {
                    finished++;
                }
                client.send(new FrontendMessage.Query("select pg_sleep(0.0005)"));
                if (failed(client.readUntil(line -> line.startsWith("Z")))) {
                    wrong++;
                }
            }
        }
        System.out.printf("A-08: %d races, %d cancelled, %d finished, %d wrong%n", RACES, cancelled, finished, wrong);
        assertThat(wrong).isZero();
        assertThat(cancelled).isPositive();
        assertThat(finished).isPositive();
    }

    @Test
    void aCancelThatComesWhenItsQueryHasEndedIsForgotten() throws Exception {
        try (RawClient client = RawClient.loggedIn(proxy.port)) {
            for (int race = 0; race < RACES; race++) {
                client.send(new FrontendMessage.Query("select 1"));
                assertThat(client.readUntil(line -> line.startsWith("Z"))).contains("C SELECT 1");
                client.cancel(proxy.port);
                client.send(new FrontendMessage.Query("select pg_sleep(0.001)"));
                assertThat(client.readUntil(line -> line.startsWith("Z"))).contains("C SELECT 1");
            }
        }
    }

    @Test
    void aCancelNeverHitsTheNextClientOfTheServer() throws Exception {
        int wrong = 0;
        PoolSettings one = new PoolSettings(PoolSettings.Mode.SESSION, 1, Duration.ofSeconds(10));
        try (TestProxy pooling = TestProxy.pooling(postgres.address(), one)) {
            for (int race = 0; race < RACES; race++) {
                RawClient request;
                try (RawClient client = RawClient.loggedIn(pooling.port)) {
                    client.send(new FrontendMessage.Query("select pg_sleep(random() * 0.004)"));
                    request = client.requestCancel(pooling.port);
                    client.readUntil(line -> line.startsWith("Z"));
                    client.send(new FrontendMessage.Terminate());
                }
                try (RawClient next = RawClient.loggedIn(pooling.port)) {
                    next.send(new FrontendMessage.Query("select pg_sleep(0.001)"));
                    if (failed(next.readUntil(line -> line.startsWith("Z")))) {
                        wrong++;
                    }
                    next.send(new FrontendMessage.Terminate());
                }
                assertThat(request.readUntil(_ -> false)).containsExactly("end");
                request.close();
            }
        }
        assertThat(wrong).isZero();
    }

    private static boolean failed(List<String> lines) {
        return lines.stream().anyMatch(line -> line.startsWith("E ERROR 57014"));
    }
}
