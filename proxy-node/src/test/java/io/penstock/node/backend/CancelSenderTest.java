package io.penstock.node.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.node.transport.IoKind;
import io.penstock.node.transport.TestLoops;
import io.penstock.protocol.message.BackendMessage.BackendKeyData;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class CancelSenderTest {
    private static final BackendKeyData KEY = new BackendKeyData(1, new byte[4]);

    /** It counted as delivered, and the signal could reach the query of the client that had the connection by then. */
    @Test
    void aRequestThatTheServerDoesNotTakeIsNotDelivered() throws Exception {
        try (TestLoops loops = TestLoops.start(IoKind.automatic());
                ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CancelSender sender = new CancelSender(loops.loops, Duration.ofMillis(200));

            assertThat(sender.send(server(silent), KEY, loops.loops.next()).toCompletableFuture())
                    .failsWithin(30, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withCauseInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void aRequestIsDeliveredOnceTheServerHasClosed() throws Exception {
        try (TestLoops loops = TestLoops.start(IoKind.automatic());
                ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CancelSender sender = new CancelSender(loops.loops, Duration.ofSeconds(30));
            var delivered =
                    sender.send(server(listener), KEY, loops.loops.next()).toCompletableFuture();

            try (var connection = listener.accept()) {
                assertThat(connection.getInputStream().readNBytes(16)).hasSize(16);
                assertThat(delivered).isNotDone();
            }

            assertThat(delivered).succeedsWithin(30, TimeUnit.SECONDS);
        }
    }

    private static DialledServer server(ServerSocket listener) {
        InetSocketAddress address = (InetSocketAddress) listener.getLocalSocketAddress();
        return new DialledServer(address, new ServerAddress(address.getHostString(), address.getPort()));
    }
}
