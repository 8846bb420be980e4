package io.penstock.node.backend;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.penstock.node.transport.IoKind;
import io.penstock.node.transport.Sockets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Opens connections to servers: looks the name up and tries its addresses in turn. TLS has its place here, in front of the handler: see
 * {@link TlsRequest}.
 */
final class Dialer {
    /** The JDK's look-up blocks, which no event loop may. */
    private static final Executor LOOK_UP = Thread.ofVirtual().name("look-up-", 0)::start;

    private final IoKind kind;
    private final Duration timeout;

    /** @param timeout for each address of a server */
    Dialer(IoKind kind, Duration timeout) {
        this.kind = kind;
        this.timeout = timeout;
    }

    /**
     * Connects; the channel reads only when asked to.
     *
     * @param handler makes the channel's last handler, on its event loop
     * @return the handler; or the failure of the last address
     */
    <H extends ChannelInboundHandler> CompletionStage<H> dial(
            ServerAddress server, EventLoop loop, Function<Channel, H> handler) {
        return CompletableFuture.supplyAsync(() -> lookUp(server), LOOK_UP)
                .thenCompose(addresses -> dial(addresses, server, loop, handler));
    }

    /** Connects to the server that an earlier connection went to. */
    <H extends ChannelInboundHandler> CompletionStage<H> dial(
            DialledServer dialled, EventLoop loop, Function<Channel, H> handler) {
        CompletableFuture<Channel> ready = new CompletableFuture<>();
        // Never in the midst of a LoopTurn: the new socket may get the descriptor of one that was closed in it,
        // and would be handed the events that epoll has already told of that one.
        loop.execute(() -> dial(dialled, loop, ready));
        return ready.thenApply(channel -> {
            H made = handler.apply(channel);
            channel.pipeline().addLast(made);
            return made;
        });
    }

    private void dial(DialledServer dialled, EventLoop loop, CompletableFuture<Channel> ready) {
        ChannelFuture connected = Sockets.dialled(new Bootstrap())
                .group(loop)
                .channel(kind.channelType())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(timeout.toMillis()))
                .handler(new ChannelInboundHandlerAdapter())
                .connect(dialled.address());
        connected.addListener(done -> {
            if (!done.isSuccess()) {
                ready.completeExceptionally(done.cause());
            } else if (dialled.server().tls().asked()) {
                connected.channel().pipeline().addLast(new TlsRequest(dialled.server(), timeout, ready));
            } else {
                ready.complete(connected.channel());
            }
        });
    }

    private <H extends ChannelInboundHandler> CompletionStage<H> dial(
            List<InetSocketAddress> addresses, ServerAddress server, EventLoop loop, Function<Channel, H> handler) {
        CompletionStage<H> first = dial(new DialledServer(addresses.getFirst(), server), loop, handler);
        List<InetSocketAddress> others = addresses.subList(1, addresses.size());
        return others.isEmpty() ? first : first.exceptionallyCompose(_ -> dial(others, server, loop, handler));
    }

    private static List<InetSocketAddress> lookUp(ServerAddress server) {
        try {
            return List.of(InetAddress.getAllByName(server.host())).stream()
                    .map(address -> new InetSocketAddress(address, server.port()))
                    .toList();
        } catch (UnknownHostException unknown) {
            throw new CompletionException(unknown);
        }
    }
}
