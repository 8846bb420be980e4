package io.penstock.node.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server for TLS, before anything else is said to it.
 *
 * <pre>
 * answer                     required       not required
 * 'S'                        handshake      handshake
 * 'N'                        failed         plain text
 * 'S' or 'N' and more bytes  failed: somebody stuffed them in before the encryption began (CVE-2021-23222)
 * anything else, an end      failed
 * a handshake that fails     failed         failed: unlike libpq, which would try again in plain text
 * </pre>
 */
final class TlsRequest extends ChannelInboundHandlerAdapter {
    private final ServerAddress server;
    private final Duration timeout;
    private final CompletableFuture<Channel> ready;

    /** @param ready gets the channel, without this handler, when it can be used */
    TlsRequest(ServerAddress server, Duration timeout, CompletableFuture<Channel> ready) {
        this.server = server;
        this.timeout = timeout;
        this.ready = ready;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ByteBuf request = context.alloc().buffer(8);
        FrontendMessages.encode(new FrontendMessage.SslRequest(), request);
        context.writeAndFlush(request);
        context.read();
        context.executor()
                .schedule(
                        () -> fail(context.channel(), "the server did not answer in time", null),
                        timeout.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        int length = bytes.readableBytes();
        char answer = length == 0 ? 0 : (char) bytes.readByte();
        bytes.release();
        if (length > 1) {
            fail(context.channel(), "the server sent unencrypted bytes behind its answer", null);
        } else if (answer == 'S') {
            handshake(context);
        } else if (answer != 'N') {
            fail(context.channel(), "the server does not know how to answer", null);
        } else if (server.tls().required()) {
            fail(context.channel(), "the server has no TLS, and TLS is required", null);
        } else {
            context.pipeline().remove(this);
            ready.complete(context.channel());
        }
    }

    private void handshake(ChannelHandlerContext context) {
        SslHandler handler = server.tls().handler(context.alloc(), server.host(), server.port());
        handler.setHandshakeTimeoutMillis(timeout.toMillis());
        Channel channel = context.channel();
        handler.handshakeFuture().addListener(done -> {
            if (done.isSuccess()) {
                channel.pipeline().remove(this);
                ready.complete(channel);
            } else {
                fail(channel, "no TLS with the server", done.cause());
            }
        });
        // In front of this one, which goes on to take what fails.
        context.pipeline().addFirst("tls", handler);
        channel.read();
    }

    private void fail(Channel channel, String reason, @Nullable Throwable cause) {
        if (ready.completeExceptionally(new IOException(reason, cause))) {
            channel.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(context.channel(), "no TLS with the server", cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(context.channel(), "the server closed the connection", null);
    }
}
