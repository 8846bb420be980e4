package io.penstock.node.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients as flows, over real sockets. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ListenerTest {
    private static final Flow<ByteBuf, ByteBuf, NotUsed> ECHO = Flow.create();

    @ParameterizedTest
    @EnumSource
    void echoesAMebibyteOnEveryKindOfLoop(IoKind kind) throws Exception {
        assumeTrue(kind.available(), kind + " is not available here");
        byte[] sent = new byte[1 << 20];
        new Random(1).nextBytes(sent);
        try (TestLoops test = TestLoops.start(kind);
                Socket socket = connect(test.listen(client -> echo(test, client)))) {
            Thread writer = Thread.startVirtualThread(() -> {
                try {
                    socket.getOutputStream().write(sent);
                    socket.shutdownOutput();
                } catch (IOException broken) {
                    throw new IllegalStateException(broken);
                }
            });
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(sent);
            writer.join();
            await().until(() -> test.clients() == 0);
        }
    }

    @Test
    void stagesRunOnTheThreadThatReadsTheChannel() throws Exception {
        CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
        try (TestLoops test = TestLoops.start(IoKind.automatic());
                Socket socket = connect(test.listen(client -> client.flow()
                        .map(bytes -> {
                            onLoop.complete(client.eventLoop().inEventLoop());
                            return bytes;
                        })
                        .join(ECHO)
                        .withAttributes(TestLoops.on(client))
                        .run(test.system)))) {
            socket.getOutputStream().write(1);
            assertThat(socket.getInputStream().read()).isEqualTo(1);
            assertThat(onLoop.get()).isTrue();
        }
    }

    @Test
    void flowOnAnotherDispatcherFails() throws Exception {
        CompletableFuture<CompletionStage<Done>> outcome = new CompletableFuture<>();
        try (TestLoops test = TestLoops.start(IoKind.automatic());
                Socket socket = connect(test.listen(client -> outcome.complete(
                        Source.<ByteBuf>maybe().via(client.flow()).runWith(Sink.ignore(), test.system))))) {
            assertThat(socket.isConnected()).isTrue();
            assertThatThrownBy(() -> outcome.get().toCompletableFuture().get())
                    .hasRootCauseMessage("materialise a client's flow on the dispatcher of its event loop");
        }
    }

    @Test
    void flowIsMaterialisedOnce() throws Exception {
        CompletableFuture<CompletionStage<Done>> second = new CompletableFuture<>();
        try (TestLoops test = TestLoops.start(IoKind.automatic());
                Socket socket = connect(test.listen(client -> {
                    echo(test, client);
                    second.complete(Source.<ByteBuf>maybe()
                            .via(client.flow())
                            .toMat(Sink.ignore(), Keep.right())
                            .withAttributes(TestLoops.on(client))
                            .run(test.system));
                }))) {
            assertThatThrownBy(() -> second.get().toCompletableFuture().get())
                    .hasRootCauseMessage("a client's flow is materialised once");
            socket.getOutputStream().write(7);
            assertThat(socket.getInputStream().read()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "NIO"})
    void resetByTheClientFailsTheFlow(IoKind kind) throws Exception {
        assumeTrue(kind.available());
        CompletableFuture<CompletionStage<Done>> outcome = new CompletableFuture<>();
        try (TestLoops test = TestLoops.start(kind)) {
            Binding binding = test.listen(client -> outcome.complete(Source.<ByteBuf>maybe()
                    .via(client.flow())
                    .toMat(Sink.foreach(ByteBuf::release), Keep.right())
                    .withAttributes(TestLoops.on(client))
                    .run(test.system)));
            try (Socket socket = connect(binding)) {
                socket.getOutputStream().write(1);
                socket.setSoLinger(true, 0);
            }
            assertThatThrownBy(() -> outcome.get().toCompletableFuture().get())
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseInstanceOf(IOException.class);
            await().until(() -> test.clients() == 0);
        }
    }

    @Test
    void lastWordsReachAClientThatGoesOnSending() throws Exception {
        try (TestLoops test = TestLoops.start(IoKind.automatic());
                Socket socket = connect(test.listen(client -> Source.single(text("FATAL"))
                        .via(client.flow())
                        .to(Sink.cancelled())
                        .withAttributes(TestLoops.on(client))
                        .run(test.system)))) {
            socket.getOutputStream().write(new byte[100_000]);
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo("FATAL");
            socket.getOutputStream().write(new byte[100_000]);
            socket.close();
            await().until(() -> test.clients() == 0);
        }
    }

    @Test
    void clientThatNeverClosesIsClosedAfterTheLinger() throws Exception {
        try (TestLoops test = TestLoops.start(IoKind.automatic());
                Socket socket = connect(test.listen(client -> Source.<ByteBuf>empty()
                        .via(client.flow())
                        .to(Sink.cancelled())
                        .withAttributes(TestLoops.on(client))
                        .run(test.system)))) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            await().atMost(Duration.ofSeconds(10)).until(() -> test.clients() == 0);
        }
    }

    @Test
    void failureAboveClosesTheConnection() throws Exception {
        try (TestLoops test = TestLoops.start(IoKind.automatic());
                Socket socket = connect(test.listen(client -> Source.<ByteBuf>failed(new IllegalStateException("test"))
                        .via(client.flow())
                        .to(Sink.cancelled())
                        .withAttributes(TestLoops.on(client))
                        .run(test.system)))) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            await().until(() -> test.clients() == 0);
        }
    }

    @Test
    void clientThatDoesNotReadStopsTheStagesAbove() throws Exception {
        int chunk = 16 * 1024;
        long total = 256L << 20;
        AtomicLong produced = new AtomicLong();
        try (TestLoops test = TestLoops.start(IoKind.automatic())) {
            Binding binding = test.listen(client -> Source.repeat(NotUsed.getInstance())
                    .take(total / chunk)
                    .map(_ -> {
                        produced.addAndGet(chunk);
                        return ByteBufAllocator.DEFAULT.directBuffer(chunk).writeZero(chunk);
                    })
                    .via(client.flow())
                    .to(Sink.foreach(ByteBuf::release))
                    .withAttributes(TestLoops.on(client))
                    .run(test.system));
            try (Socket socket = new Socket()) {
                socket.setReceiveBufferSize(64 * 1024);
                socket.connect(binding.localAddress());
                // Kernel buffers on both sides take a few mebibytes; what the stages produced stands still after that.
                long standing = standsStill(produced);
                assertThat(standing).isBetween(1L, 16L << 20);
                assertThat(drain(socket.getInputStream(), total)).isEqualTo(total);
                assertThat(produced).hasValue(total);
            }
        }
    }

    @Test
    void stagesThatDoNotAskStopTheClient() throws Exception {
        AtomicLong written = new AtomicLong();
        try (TestLoops test = TestLoops.start(IoKind.automatic());
                Socket socket = connect(test.listen(client -> Source.<ByteBuf>maybe()
                        .via(client.flow())
                        .to(Sink.fromSubscriber(new NeverAsking<>()))
                        .withAttributes(TestLoops.on(client))
                        .run(test.system)))) {
            Thread writer = Thread.startVirtualThread(() -> {
                byte[] chunk = new byte[16 * 1024];
                try {
                    for (int i = 0; i < 10_000; i++) {
                        socket.getOutputStream().write(chunk);
                        written.addAndGet(chunk.length);
                    }
                } catch (IOException ended) {
                    // the test is over
                }
            });
            assertThat(standsStill(written)).isLessThan(32L << 20);
            socket.close();
            writer.join();
        }
    }

    @Test
    void dispatcherThatPekkoHasShutDownComesBack() throws Exception {
        String shortLived = "pekko.actor.default-dispatcher.shutdown-timeout = 1ms\n";
        try (TestLoops test = TestLoops.start(IoKind.automatic(), shortLived)) {
            ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
            Binding binding = test.listen(client -> {
                threads.add(Thread.currentThread());
                echo(test, client);
            });
            for (int turn = 0; turn < 20; turn++) {
                try (Socket socket = connect(binding)) {
                    socket.getOutputStream().write(turn);
                    assertThat(socket.getInputStream().read()).isEqualTo(turn);
                }
                await().pollInterval(Duration.ofMillis(2)).until(() -> test.clients() == 0);
            }
            assertThat(threads.stream().distinct().count()).isEqualTo(2);
        }
    }

    @Test
    void tenThousandClientsComeAndGoAndNoChannelIsLeft() throws Exception {
        try (TestLoops test = TestLoops.start(IoKind.automatic())) {
            Binding binding = test.listen(client -> echo(test, client));
            Random random = new Random(2);
            for (int turn = 0; turn < 10_000; turn++) {
                try (Socket socket = connect(binding)) {
                    switch (random.nextInt(4)) {
                        case 0 -> socket.setSoLinger(true, 0);
                        case 1 -> socket.getOutputStream().write(1);
                        case 2 -> {
                            socket.getOutputStream().write(1);
                            socket.setSoLinger(true, 0);
                        }
                        default -> {
                            socket.getOutputStream().write(1);
                            socket.shutdownOutput();
                            assertThat(socket.getInputStream().readAllBytes()).containsExactly(1);
                        }
                    }
                }
            }
            await().until(() -> test.clients() == 0);
        }
    }

    @Test
    void addressInUseIsSaid() throws Exception {
        try (TestLoops test = TestLoops.start(IoKind.automatic())) {
            Binding first = test.listen(client -> echo(test, client));
            assertThatThrownBy(() -> new Listener(test.loops, _ -> {})
                            .bind(first.localAddress())
                            .toCompletableFuture()
                            .get())
                    .hasRootCauseInstanceOf(IOException.class);
            first.unbind().toCompletableFuture().get();
            assertThatThrownBy(() -> connect(first)).isInstanceOf(IOException.class);
        }
    }

    private static void echo(TestLoops test, IncomingClient client) {
        client.flow().join(ECHO).withAttributes(TestLoops.on(client)).run(test.system);
    }

    private static Socket connect(Binding binding) throws IOException {
        return new Socket(
                InetAddress.getLoopbackAddress(), binding.localAddress().getPort());
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, UTF_8);
    }

    /** The value of a counter that has not moved for a second. */
    private static long standsStill(AtomicLong counter) {
        await().until(() -> counter.get() > 0);
        long[] last = {-1};
        await().pollInterval(Duration.ofSeconds(1)).until(() -> {
            long now = counter.get();
            boolean still = now == last[0];
            last[0] = now;
            return still;
        });
        return last[0];
    }

    private static long drain(InputStream in, long most) throws IOException {
        byte[] buffer = new byte[1 << 16];
        Arrays.fill(buffer, (byte) 1);
        long read = 0;
        while (read < most) {
            int count = in.read(buffer);
            if (count < 0) {
                break;
            }
            read += count;
        }
        return read;
    }

    /** Subscribes and never demands anything. */
    private static final class NeverAsking<T> implements org.reactivestreams.Subscriber<T> {
        @Override
        public void onSubscribe(org.reactivestreams.Subscription subscription) {}

        @Override
        public void onNext(T element) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onComplete() {}
    }
}
