package io.penstock.node.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.penstock.node.tls.ListenerTls;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.pekko.stream.javadsl.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Accepts clients and hands each of them on as a flow.
 *
 * <p>TLS has its place in front of the bridge: a handler named {@code tls}, added when the client's SSLRequest has been answered, or when its
 * first byte is that of a TLS handshake.
 */
public final class Listener {
    /** The kernel cuts it to {@code net.core.somaxconn}; a burst of 1,000 clients after a failover should not be turned away. */
    private static final int BACKLOG = 4096;

    private final EventLoops loops;
    private final @Nullable ListenerTls tls;
    private final Consumer<IncomingClient> clients;
    private final AtomicInteger connected = new AtomicInteger();
    /** One for all channels, so that counting costs a client nothing. */
    private final ChannelFutureListener gone = _ -> connected.decrementAndGet();

    /** In plain text. */
    public Listener(EventLoops loops, Consumer<IncomingClient> clients) {
        this(loops, null, clients);
    }

    /**
     * A listener.
     *
     * @param tls null where clients cannot encrypt
     * @param clients called on the client's event loop; it must not block. If it throws, the client is closed.
     */
    public Listener(EventLoops loops, @Nullable ListenerTls tls, Consumer<IncomingClient> clients) {
        this.loops = loops;
        this.tls = tls;
        this.clients = clients;
    }

    /** Listens on an address; it fails with the operating system's IOException, such as "address already in use". */
    public CompletionStage<Binding> bind(InetSocketAddress address) {
        return Futures.stage(
                Sockets.accepted(new ServerBootstrap())
                        .group(loops.group())
                        .channel(loops.kind().serverChannelType())
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childHandler(new ChannelInitializer<SocketChannel>() {
                            @Override
                            protected void initChannel(SocketChannel channel) {
                                connected.incrementAndGet();
                                channel.closeFuture().addListener(gone);
                                ClientTls encryption = new ClientTls(channel, tls);
                                if (encryption.offered()) {
                                    channel.pipeline().addLast("first-byte", new FirstByte(encryption));
                                }
                                channel.pipeline()
                                        .addLast(
                                                "bridge",
                                                new ChannelBridge(channel, encryption, Listener.this::accepted));
                            }
                        })
                        .bind(address),
                future -> new Binding(future.channel(), connected::get));
    }

    private void accepted(ChannelBridge bridge) {
        Channel channel = bridge.channel();
        if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
            channel.close(); // gone before it was looked at
            return;
        }
        clients.accept(new IncomingClient(
                remote,
                bridge.tls(),
                channel.eventLoop(),
                loops.dispatcherOf(channel.eventLoop()),
                Flow.fromGraph(new ChannelStage(bridge))));
    }
}
