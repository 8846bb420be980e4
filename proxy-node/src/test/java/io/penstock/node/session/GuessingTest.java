package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.AuthMode;
import io.penstock.config.LimitSettings;
import io.penstock.config.Secret;
import io.penstock.config.SignInSettings;
import io.penstock.config.UserSettings;
import io.penstock.node.backend.TestPostgres;
import io.penstock.protocol.auth.ScramClient;
import io.penstock.protocol.auth.ScramKeys;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** somebody tries password after password. What several nodes know of one another's failures is not in here. */
@Timeout(120)
class GuessingTest {
    private static final int ALLOWED = 20;
    private static final int GUESSERS = 8;
    /** With {@code -Dseconds=10}, on a machine that has nothing else to do, the times of others count as well. */
    private static final Duration ATTACK = Duration.ofSeconds(Integer.getInteger("seconds", 3));

    private static final Duration MOST_FOR_OTHERS =
            ATTACK.toSeconds() >= 10 ? Duration.ofMillis(500) : Duration.ofSeconds(10);
    private static final ScramKeys WRONG = new ScramKeys(new byte[32], new byte[32]);

    private static TestPostgres postgres;
    private static TestProxy proxy;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start();
        SignIn signIn = new SignIn(
                AuthMode.SCRAM,
                Map.of("postgres", new UserSettings("postgres", Secret.of("spice"))),
                new SignInSettings(List.of(), 1_000, ALLOWED),
                new SecureRandom());
        proxy = TestProxy.limited(
                postgres.address(),
                signIn,
                new LimitSettings(100, 100, 100, Duration.ofSeconds(10), 1 << 20, Duration.ofSeconds(20)));
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        postgres.close();
    }

    @Test
    void whoGuessesIsTurnedAwayAndNobodyElse() throws Exception {
        Map<String, LongAdder> answers = new ConcurrentHashMap<>();
        AtomicBoolean over = new AtomicBoolean();
        List<Long> others = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(GUESSERS)) {
            List<Future<?>> guessers = new ArrayList<>();
            for (int i = 0; i < GUESSERS; i++) {
                guessers.add(threads.submit(() -> {
                    while (!over.get()) {
                        answers.computeIfAbsent(guess(), _ -> new LongAdder()).increment();
                    }
                    return null;
                }));
            }
            long until = System.nanoTime() + ATTACK.toNanos();
            while (System.nanoTime() < until) {
                long start = System.nanoTime();
                try (ScramLogin honest = ScramLogin.from("127.0.0.2", proxy.port)) {
                    assertThat(honest.with("postgres", "spice").body())
                            .as("AuthenticationOk")
                            .containsOnly(0);
                }
                others.add(System.nanoTime() - start);
            }
            over.set(true);
            for (Future<?> guesser : guessers) {
                guesser.get();
            }
        }
        others.sort(null);
        Duration median = Duration.ofNanos(others.get(others.size() / 2));
        System.out.println("A-06 in " + ATTACK.toSeconds() + " s: " + answers + "; of others " + others.size()
                + " logins, p50 " + median.toMillis() + " ms, p99 "
                + others.get(others.size() * 99 / 100) / 1_000_000 + " ms");
        // As many as are under way when the limit is reached may still be told that they are wrong.
        assertThat(count(answers, "E 28P01")).isBetween((long) ALLOWED, (long) ALLOWED + GUESSERS);
        assertThat(answers.keySet()).containsOnly("E 28P01", "E 28000");
        assertThat(count(answers, "E 28000")).isGreaterThan(GUESSERS);
        assertThat(median).isLessThan(MOST_FOR_OTHERS);
        try (ScramLogin barred = new ScramLogin(proxy.port)) {
            assertThat(barred.with("postgres", "spice").error())
                    .as("the right password too")
                    .startsWith("E 28000");
        }
    }

    private static long count(Map<String, LongAdder> answers, String answer) {
        return answers.getOrDefault(answer, new LongAdder()).sum();
    }

    /** SQLSTATE of the answer. */
    private static String guess() throws IOException {
        try (ScramLogin login = new ScramLogin(proxy.port)) {
            ScramLogin.Message asked = login.begin("postgres");
            ScramLogin.Message verdict = asked.type() == 'R'
                    ? login.goOn(ScramClient.withKeys(List.of("SCRAM-SHA-256"), WRONG, null, ScramLogin.nonces()))
                    : asked;
            return verdict.error().substring(0, 7);
        }
    }
}
