package io.penstock.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.AuthMode;
import io.penstock.config.Secret;
import io.penstock.config.SignInSettings;
import io.penstock.config.UserSettings;
import io.penstock.node.backend.Credentials;
import io.penstock.node.backend.ServerConnector;
import io.penstock.node.backend.ServerLogin;
import io.penstock.node.backend.TestPostgres;
import io.penstock.node.transport.IoKind;
import io.penstock.node.transport.TestLoops;
import io.penstock.protocol.auth.ScramClient;
import io.penstock.protocol.auth.ScramKeys;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** a stranger cannot find out which users there are, from what it is told or from how long that takes. */
@Timeout(300)
class UnknownUserTest {
    /** {@code -Dtries=1000} for the figure of the catalogue. */
    private static final int TRIES = Integer.getInteger("tries", 200);

    private static final int MANY = 1_000;
    private static final double MOST_MILLIS = 1.0;
    /** Of the median: what chance leaves of few tries on a busy machine. */
    private static final double MOST_OF_FEW = 0.4;

    private static final Map<String, UserSettings> USERS =
            Map.of("filed", new UserSettings("filed", Secret.of("spice")));
    /** Of nobody: a proof made with them is wrong for everybody, and costs the test nothing. */
    private static final ScramKeys WRONG = new ScramKeys(new byte[32], new byte[32]);

    private static final AtomicInteger NAMES = new AtomicInteger();

    private static TestPostgres postgres;
    private static TestLoops loops;
    private static ServerConnector connector;

    @BeforeAll
    static void start() throws Exception {
        postgres = TestPostgres.start();
        postgres.sql("create role known login password 'spice'; create role barred nologin password 'spice';"
                + " create role late login password 'spice' valid until '2001-01-01';"
                + " set password_encryption = 'md5'; create role ancient login password 'spice'");
        loops = TestLoops.start(IoKind.automatic());
        connector = new ServerConnector(loops.loops, Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    @AfterAll
    static void stop() throws Exception {
        loops.close();
        postgres.close();
    }

    private static RoleLookup roles() {
        ServerLogin login =
                new ServerLogin("postgres", "postgres", new Credentials.None(), Map.of("options", RoleLookup.OPTIONS));
        return new RoleLookup(
                "SELECT rolpassword FROM pg_catalog.pg_authid WHERE rolname OPERATOR(pg_catalog.=) $1",
                () -> connector.open(postgres.address(), login, loops.loops.next()));
    }

    private static TestProxy proxy(RoleLookup roles) {
        return TestProxy.guarded(
                postgres.address(),
                new SignIn(AuthMode.QUERY, USERS, SignInSettings.OPEN, new SecureRandom()),
                new DatabaseDoor(List.of(), null, roles));
    }

    /** Everything that is said, with the name taken out and what is random. */
    private static List<String> refused(TestProxy proxy, String user) throws IOException {
        List<String> said = new ArrayList<>();
        try (ScramLogin login = new ScramLogin(proxy.port)) {
            ScramClient client = ScramClient.withKeys(List.of("SCRAM-SHA-256"), WRONG, null, ScramLogin.nonces());
            said.add(login.begin(user).text());
            login.send(client.first());
            ScramLogin.Message challenge = login.read();
            said.add(challenge.text().replaceFirst("(?s)r=.*", "").concat("of " + challenge.body().length));
            login.send(client.next(ScramLogin.saslData(challenge)));
            said.add(login.read().text().replace(user, "..."));
            assertThat(login.ended()).isTrue();
        }
        return said;
    }

    @Test
    void whoeverItIsNotIsToldTheSame() throws Exception {
        try (RoleLookup roles = roles();
                TestProxy proxy = proxy(roles)) {
            List<String> expected = refused(proxy, "known");
            assertThat(expected.getLast()).contains("C28P01", "password authentication failed for user \"...\"");
            for (String user : List.of("filed", "nobody", "barred", "late", "ancient", "o'brien\" --")) {
                assertThat(refused(proxy, user)).as(user).isEqualTo(expected);
            }
        }
    }

    @Test
    void itsSaltIsItsOwnAndTheSameEachTimeAndOnEachNode() throws Exception {
        try (RoleLookup roles = roles();
                TestProxy first = proxy(roles);
                TestProxy second = proxy(roles)) {
            assertThat(salt(first, "nobody"))
                    .isEqualTo(salt(first, "nobody"))
                    .isEqualTo(salt(second, "nobody"))
                    .isNotEqualTo(salt(first, "somebody"));
            assertThat(salt(first, "nobody").replaceFirst(".*i=", ""))
                    .as("iterations")
                    .isEqualTo(salt(first, "known").replaceFirst(".*i=", ""));
        }
    }

    private static String salt(TestProxy proxy, String user) throws IOException {
        try (ScramLogin login = new ScramLogin(proxy.port)) {
            assertThat(login.begin(user).type()).isEqualTo('R');
            login.send(ScramClient.withKeys(List.of("SCRAM-SHA-256"), WRONG, null, ScramLogin.nonces())
                    .first());
            return ScramLogin.salt(login.read());
        }
    }

    /** In an order of chance, so that whatever else this machine does hits all alike. */
    @Test
    void itTakesAsLong() throws Exception {
        Map<String, List<Long>> times = new LinkedHashMap<>();
        try (RoleLookup roles = roles();
                TestProxy proxy = proxy(roles)) {
            List<String> order = new ArrayList<>();
            // A fresh one is another name each time.
            for (String kind : List.of("known", "filed", "nobody", "barred", "fresh")) {
                order.addAll(Collections.nCopies(TRIES, kind));
            }
            Collections.shuffle(order, new Random(20_261_121));
            for (int warmUp = 0; warmUp < 50; warmUp++) {
                long ignored = nanos(proxy, order.get(warmUp));
                assertThat(ignored).isPositive();
            }
            for (String kind : order) {
                times.computeIfAbsent(kind, _ -> new ArrayList<>()).add(nanos(proxy, kind));
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        times.forEach((kind, all) ->
                medians.put(kind, all.stream().sorted().toList().get(all.size() / 2) / 1e6));
        System.out.println("A-01 medians in ms over " + TRIES + " tries: " + medians);
        double least = Collections.min(medians.values());
        assertThat(Collections.max(medians.values()) - least)
                .as(() -> "medians in ms " + medians)
                .isLessThan(TRIES >= MANY ? MOST_MILLIS : Math.max(MOST_MILLIS, MOST_OF_FEW * least));
    }

    private static long nanos(TestProxy proxy, String kind) throws IOException {
        String user = kind.equals("fresh") ? "nobody" + NAMES.incrementAndGet() : kind;
        try (ScramLogin login = new ScramLogin(proxy.port)) {
            ScramClient client = ScramClient.withKeys(List.of("SCRAM-SHA-256"), WRONG, null, ScramLogin.nonces());
            long start = System.nanoTime();
            login.begin(user);
            ScramLogin.Message verdict = login.goOn(client);
            long end = System.nanoTime();
            assertThat(verdict.error()).startsWith("E 28P01");
            return end - start;
        }
    }
}
