package io.penstock.node.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Tells a client that begins with TLS at once (libpq's {@code sslnegotiation=direct}) from one that begins with a packet, whose first byte is
 * that of a length below 10,000: zero. Gone when it has seen one byte.
 */
final class FirstByte extends ChannelInboundHandlerAdapter {
    /** The record type of a handshake (RFC 8446, chapter 5.1). */
    private static final byte HANDSHAKE = 0x16;

    private final ClientTls tls;

    FirstByte(ClientTls tls) {
        this.tls = tls;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (bytes.isReadable()) {
            if (bytes.getByte(bytes.readerIndex()) == HANDSHAKE) {
                tls.startDirect(context);
            } else {
                context.pipeline().remove(this);
            }
        }
        context.fireChannelRead(bytes);
    }
}
