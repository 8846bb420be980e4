package io.penstock.node.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A-11 as far as there is an admin address: it reads, knows no login, and does nothing at all whatever it is asked. */
@Timeout(60)
class AdminServerTest {
    private static final PrometheusRegistry REGISTRY = new PrometheusRegistry();
    private static final Counter COUNTER =
            Counter.builder().name("penstock_test").help("a test's").register(REGISTRY);
    private static final AtomicBoolean READY = new AtomicBoolean(true);

    private static ActorSystem<Void> system;
    private static InetSocketAddress address;

    @BeforeAll
    static void start() throws Exception {
        system = ActorSystem.create(Behaviors.empty(), "admin-test");
        address = AdminServer.start(system, new InetSocketAddress("127.0.0.1", 0), REGISTRY, READY::get)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .localAddress();
    }

    @AfterAll
    static void stop() throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /** The answer to a request as it is written here, path and all: a client library would tidy it up. */
    private static String answer(String method, String path, String... headers) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address);
            socket.setSoTimeout(10_000);
            String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
            String request =
                    method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static int status(String answer) {
        return Integer.parseInt(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
    }

    @Test
    void itTellsWhetherTheNodeLivesAndTakesClientsAndWhatItCounts() throws IOException {
        COUNTER.inc();
        assertThat(answer("GET", "/health")).startsWith("HTTP/1.1 200").endsWith("alive\n");
        assertThat(answer("GET", "/ready")).startsWith("HTTP/1.1 200").endsWith("ready\n");
        assertThat(answer("GET", "/metrics")).startsWith("HTTP/1.1 200").contains("penstock_test_total 1.0");
        READY.set(false);
        try {
            assertThat(answer("GET", "/ready")).startsWith("HTTP/1.1 503").endsWith("not ready\n");
        } finally {
            READY.set(true);
        }
    }

    /** A page that somebody has open in a browser can send these, too: nothing comes of it. */
    @Test
    void nothingIsDoneWhateverTheMethod() throws IOException {
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "OPTIONS")) {
            for (String path : List.of("/health", "/ready", "/metrics", "/", "/rules", "/sessions/1/kill")) {
                String answer = answer(method, path, "Origin: http://evil.example", "Content-Length: 0");
                assertThat(status(answer)).as(method + " " + path).isIn(404, 405);
                assertThat(answer.toLowerCase(Locale.ROOT)).doesNotContain("access-control-allow");
            }
        }
    }

    @Test
    void thereIsNothingElse() throws IOException {
        for (String path : List.of(
                "/",
                "/admin",
                "/rules",
                "/quitquitquit",
                "/shutdown?now=1",
                "/metrics/..",
                "/../../etc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/..%2f..%2fetc%2fpasswd",
                "/health/../../etc/passwd",
                "/metrics%00.html",
                "//health")) {
            String answer = answer("GET", path);
            assertThat(status(answer)).as(path).isIn(400, 404);
            assertThat(answer).doesNotContain("root:");
        }
    }

    @Test
    void whatIsNoRequestIsAnError() throws IOException {
        assertThat(status(answer("GET", "/" + "x".repeat(100_000)))).isBetween(400, 499);
        assertThat(status(answer("GET", "/health", "X: " + "x".repeat(100_000))))
                .isBetween(400, 499);
        assertThat(status(answer("NONSENSE", "/health"))).isBetween(400, 501);
    }
}
