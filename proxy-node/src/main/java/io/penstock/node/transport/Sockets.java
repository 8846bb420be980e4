package io.penstock.node.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;

/** The options that all sockets of a node have, those of clients and those of servers. */
public final class Sockets {
    /**
     * Buffers follow what a connection really receives, from 512 bytes to 64 KiB; one for each read, so that a read never brings more
     * than that into a queue that nobody has asked to be longer.
     */
    private static final RecvByteBufAllocator RECEIVE =
            new AdaptiveRecvByteBufAllocator(512, 2_048, 65_536).maxMessagesPerRead(1);

    private Sockets() {}

    /** For the connections that a server socket accepts. They read on demand, and a client may end its side before we end ours. */
    static ServerBootstrap accepted(ServerBootstrap bootstrap) {
        return bootstrap
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, RECEIVE)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    /** For the connections that a node opens. They read on demand. */
    public static Bootstrap dialled(Bootstrap bootstrap) {
        return bootstrap
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.RECVBUF_ALLOCATOR, RECEIVE)
                .option(ChannelOption.AUTO_READ, false);
    }
}
