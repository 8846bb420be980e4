package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.config.PoolSettings;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.NoLeaks;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Nothing of a client's session reaches another one, however they take turns on few servers: settings, roles, prepared statements,
 * temporary tables, locks, channels, cursors, transactions of clients that vanish. {@code -Dpenstock.handoffs=10000} asks for more.
 */
@Timeout(1_800)
@ExtendWith(NoLeaks.class)
class HandOffTest {
    private static final int HAND_OFFS = Integer.getInteger("penstock.handoffs", 1_200);
    private static final long SEED = Long.getLong("penstock.seed", 20261121L);
    private static final int CROWDS = 3;
    private static final int CLIENTS = 6;
    /** Each crowd may have one client that stays on its server and one in a transaction, and needs one more. */
    private static final int SERVERS = 2 * CROWDS + 1;

    private static TestPostgres postgres;
    private static TestProxy proxy;

    @BeforeAll
    static void start() throws SQLException {
        postgres = TestPostgres.start();
        for (int i = 0; i < 3; i++) {
            postgres.sql("create schema s" + i + "; create table s" + i + ".which (n int); insert into s" + i
                    + ".which values (" + i + ")");
        }
        postgres.sql("create role worker; grant usage on schema s0, s1, s2 to worker;"
                + " grant select on all tables in schema s0, s1, s2 to worker");
        postgres.sql("alter role postgres set search_path = s0; alter role postgres set timezone = 'GMT';"
                + " alter role postgres set work_mem = '4MB'");
        proxy = TestProxy.pooling(
                postgres.address(), new PoolSettings(PoolSettings.Mode.TRANSACTION, SERVERS, Duration.ofSeconds(20)));
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        postgres.close();
    }

    @Test
    void nothingOfASessionReachesAnotherOne() {
        List<CompletableFuture<Void>> crowds = new ArrayList<>();
        for (int crowd = 0; crowd < CROWDS; crowd++) {
            int number = crowd;
            crowds.add(CompletableFuture.runAsync(() -> play(number)));
        }
        crowds.forEach(CompletableFuture::join);

        await().untilAsserted(() -> assertThat(proxy.pools.counters().givenBack())
                .isEqualTo(proxy.pools.counters().given()));
        System.out.println("hand-offs: " + proxy.pools.counters() + ", seed " + SEED);
        assertThat(proxy.pools.counters().given()).isGreaterThan(HAND_OFFS);
    }

    private static void play(int crowd) {
        Random random = new Random(SEED + crowd);
        List<HandOffClient> clients = new ArrayList<>();
        int born = 0;
        try {
            // A client that stays takes turns without a hand-off.
            while (proxy.pools.counters().given() <= HAND_OFFS) {
                if (clients.size() < CLIENTS) {
                    clients.add(new HandOffClient(proxy.port, "client" + crowd + "x" + born++, random));
                }
                HandOffClient client = clients.get(random.nextInt(clients.size()));
                boolean mayBegin = clients.stream().noneMatch(HandOffClient::inTransaction);
                boolean mayStay = client.stays() || clients.stream().noneMatch(HandOffClient::stays);
                client.change(mayBegin, mayStay);
                client.check();
                if (random.nextInt(40) == 0) {
                    clients.remove(client);
                    client.leave();
                }
            }
            for (HandOffClient client : clients) {
                client.close();
            }
        } catch (IOException lost) {
            throw new IllegalStateException(lost);
        }
    }
}
