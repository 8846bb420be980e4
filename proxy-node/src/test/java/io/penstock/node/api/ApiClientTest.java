package io.penstock.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Body;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Catalogue C-03: what each way of failing is taken for. */
class ApiClientTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final ApiCall WRITE = new ApiCall(
            "POST",
            "/contacts?x=%20y",
            Map.of("Accept", "application/json"),
            new Body.Json(JsonNodeFactory.instance.objectNode().put("name", "Ünïcode")),
            List.of(0),
            List.of(),
            null,
            true);

    private final ApiClient client = new ApiClient(Duration.ofMillis(700));

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void aWholeAnswerIsHandedOverWithItsHeaders() throws IOException {
        try (RawServer server = RawServer.answering(
                "HTTP/1.1 201 Created\r\nSforce-Limit-Info: api-usage=1/5\r\nContent-Length: 2\r\n\r\n{}")) {
            Exchange exchange = send(server.uri(), SOON);

            assertThat(exchange).isInstanceOfSatisfying(Exchange.Answered.class, answered -> {
                assertThat(answered.response().status()).isEqualTo(201);
                assertThat(answered.response().header("sforce-limit-info")).isEqualTo("api-usage=1/5");
                assertThat(answered.response().body()).isEqualTo("{}".getBytes(StandardCharsets.UTF_8));
            });
            assertThat(server.requests())
                    .singleElement()
                    .satisfies(request -> assertThat(request)
                            .startsWith("POST /contacts?x=%20y HTTP/1.1\r\n")
                            .contains("Authorization: Bearer t0ken", "Content-Type: application/json")
                            .endsWith(new String(
                                    "{\"name\":\"Ünïcode\"}".getBytes(StandardCharsets.UTF_8),
                                    StandardCharsets.ISO_8859_1)));
        }
    }

    @Test
    void aRefusedConnectionSentNothing() throws IOException {
        int port;
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = nobody.getLocalPort();
        }

        assertThat(send(URI.create("http://127.0.0.1:" + port), SOON))
                .isEqualTo(new Exchange.NotSent("the connection was refused"));
    }

    @Test
    void anUnknownHostSentNothing() {
        assertThat(send(URI.create("http://nobody.invalid"), SOON))
                .isEqualTo(new Exchange.NotSent("the host is not known"));
    }

    @Test
    void aConnectionThatNobodyAcceptsSentNothing() throws IOException {
        // One place in the backlog and two who take it: the kernel leaves a third unanswered.
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket first = new Socket(busy.getInetAddress(), busy.getLocalPort());
                Socket second = new Socket(busy.getInetAddress(), busy.getLocalPort())) {
            assertThat(first.isConnected() && second.isConnected()).isTrue();
            assertThat(send(URI.create("http://127.0.0.1:" + busy.getLocalPort()), SOON))
                    .isEqualTo(new Exchange.NotSent("no connection in time"));
        }
    }

    @Test
    void aFailedHandshakeSentNothing() throws IOException {
        try (RawServer plain = new RawServer((socket, out) -> socket.close());
                ServerSocket garbage = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = garbage.accept()) {
                    // A TLS alert: handshake_failure.
                    socket.getOutputStream().write(new byte[] {21, 3, 3, 0, 2, 2, 40});
                } catch (IOException hungUp) {
                    // The client has what it needs.
                }
            });
            assertThat(send(URI.create("https://127.0.0.1:" + garbage.getLocalPort()), SOON))
                    .isEqualTo(new Exchange.NotSent("the TLS handshake failed"));
            assertThat(plain.requests()).isEmpty();
        }
    }

    @Test
    void aServerThatHangsLosesTheAnswerInTime() throws IOException {
        try (RawServer server = new RawServer((socket, out) -> {})) {
            assertThat(send(server.uri(), Duration.ofMillis(300)))
                    .isEqualTo(new Exchange.Lost("no whole answer in time"));
        }
    }

    @Test
    void aBodyThatStopsLosesTheAnswerInTimeThoughItsHeadersCame() throws IOException {
        try (RawServer server = new RawServer((socket, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":".getBytes(StandardCharsets.UTF_8));
            out.flush();
        })) {
            assertThat(send(server.uri(), Duration.ofMillis(300)))
                    .isEqualTo(new Exchange.Lost("no whole answer in time"));
        }
    }

    @Test
    void aResetAfterTheRequestLosesTheAnswerAndIsNotRepeated() throws IOException {
        try (RawServer server = new RawServer((socket, out) -> {
            socket.setSoLinger(true, 0);
            socket.close();
        })) {
            assertThat(send(server.uri(), SOON)).isInstanceOf(Exchange.Lost.class);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void aWriteOnAKeptConnectionThatTheServerCutsIsLostAndNotRepeated() throws IOException {
        int[] answered = {0};
        try (RawServer server = new RawServer((socket, out) -> {
            if (answered[0]++ == 0) {
                out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes(StandardCharsets.UTF_8));
                out.flush();
            } else {
                socket.close();
            }
        })) {
            assertThat(send(server.uri(), SOON)).isInstanceOf(Exchange.Answered.class);
            assertThat(send(server.uri(), SOON)).isInstanceOf(Exchange.Lost.class);
            assertThat(server.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-Len",
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"id\"",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}",
                "SSH-2.0-OpenSSH_9.2\r\n"
            })
    void anAnswerThatIsCutOrNoneIsLost(String answer) throws IOException {
        try (RawServer server = RawServer.answering(answer)) {
            assertThat(send(server.uri(), SOON)).isInstanceOf(Exchange.Lost.class);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void aBodyLongerThanItsLengthIsCutThere() throws IOException {
        try (RawServer server = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}{}{}")) {
            assertThat(send(server.uri(), SOON))
                    .isInstanceOfSatisfying(
                            Exchange.Answered.class,
                            answered -> assertThat(answered.response().body()).hasSize(2));
        }
    }

    @Test
    void aRedirectIsAnAnswerAndNobodyFollowsIt() throws IOException {
        try (RawServer elsewhere = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                RawServer server = RawServer.answering(
                        "HTTP/1.1 307 Moved\r\nLocation: " + elsewhere.uri() + "\r\nContent-Length: 0\r\n\r\n")) {
            assertThat(send(server.uri(), SOON))
                    .isInstanceOfSatisfying(
                            Exchange.Answered.class,
                            answered -> assertThat(answered.response().status()).isEqualTo(307));
            assertThat(elsewhere.requests()).isEmpty();
        }
    }

    @Test
    void anHtmlPageIsAnAnswerForTheAdapterToRefuse() throws IOException {
        try (RawServer server =
                RawServer.answering("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Log in</html>")) {
            assertThat(send(server.uri(), SOON)).isInstanceOf(Exchange.Answered.class);
        }
    }

    @Test
    void anEndlessBodyIsCutOffAtTheBound() throws IOException {
        try (RawServer server = new RawServer(ApiClientTest::flood)) {
            assertThat(send(server.uri(), SOON)).isEqualTo(new Exchange.Lost("the answer is too long"));
        }
    }

    private static void flood(Socket socket, OutputStream out) throws IOException {
        out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        byte[] block = new byte[1 << 16];
        for (int sent = 0; sent < 2 * ApiClient.LONGEST_BODY; sent += block.length) {
            out.write(block);
        }
        socket.close();
    }

    @Test
    void aHeaderThatIsNoneSendsNothing() throws IOException {
        try (RawServer server = RawServer.answering("HTTP/1.1 200 OK\r\n\r\n")) {
            Exchange exchange = join(
                    client.send(server.uri().resolve("/"), "GET", Map.of("X-Bad", "a\r\nHost: b"), Body.EMPTY, SOON)
                            .toCompletableFuture());

            assertThat(exchange).isEqualTo(new Exchange.NotSent("the request is not valid HTTP"));
        }
    }

    /** It was thrown, with the user's values in it, and the call's slot was never given back. */
    @Test
    void aPathThatIsNoneSendsNothing() throws IOException {
        try (RawServer server = RawServer.answering("HTTP/1.1 200 OK\r\n\r\n")) {
            ApiCall call = new ApiCall("GET", "/a b{", Map.of(), Body.EMPTY, List.of(), List.of(), null, false);

            assertThat(join(client.send(server.uri(), call, Map.of(), SOON).toCompletableFuture()))
                    .isEqualTo(new Exchange.NotSent("the request is not valid HTTP"));
        }
    }

    private Exchange send(URI base, Duration within) {
        return join(client.send(base, WRITE, Map.of("Authorization", "Bearer t0ken"), within)
                .toCompletableFuture());
    }

    private static Exchange join(CompletableFuture<Exchange> sending) {
        return sending.join();
    }
}
