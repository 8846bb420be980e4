package io.penstock.node.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.penstock.node.transport.IoKind;
import io.penstock.node.transport.LoopTurn;
import io.penstock.node.transport.TestLoops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When a connection to a server is opened. */
class DialerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The channel's last handler, which a server connection is otherwise. */
    private static final class Last extends ChannelInboundHandlerAdapter {
        private final Channel channel;

        Last(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** @param knocked whether the server had a connection at the turn's end */
    private record Seen(boolean knocked, CompletionStage<Last> dialled) {}

    /** A socket that was opened where another one had just been closed was handed that one's events, and its client got 08006. */
    @Test
    void noSocketIsOpenedInWhatAReadSetsGoing() throws Exception {
        try (TestLoops test = TestLoops.start(IoKind.automatic());
                ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            listener.configureBlocking(false);
            InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
            DialledServer server =
                    new DialledServer(address, new ServerAddress(address.getHostString(), address.getPort()));
            Dialer dialer = new Dialer(IoKind.automatic(), PATIENCE);
            EventLoop loop = test.loops.next();
            CompletableFuture<Seen> seen = new CompletableFuture<>();
            loop.execute(() -> {
                LoopTurn turn = LoopTurn.begin();
                CompletionStage<Last> dialled = dialer.dial(server, loop, Last::new);
                turn.end(loop);
                seen.complete(new Seen(knocked(listener), dialled));
            });

            Seen atEnd = seen.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(atEnd.knocked()).isFalse();
            Channel channel = atEnd.dialled().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS).channel;
            assertThat(channel.isActive()).isTrue();
            channel.close().sync();
        }
    }

    private static boolean knocked(ServerSocketChannel listener) {
        try (SocketChannel client = listener.accept()) {
            return client != null;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
