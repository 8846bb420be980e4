package io.penstock.node.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.penstock.node.transport.EventLoops;
import io.penstock.protocol.message.BackendMessage.BackendKeyData;
import io.penstock.protocol.message.FrontendMessage.CancelRequest;
import io.penstock.protocol.message.FrontendMessages;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends CancelRequests, each on a connection of its own, as the protocol wants it. */
public final class CancelSender {
    private final Dialer dialer;
    private final Duration timeout;

    /** @param timeout for connecting, and again for the server to take the request */
    public CancelSender(EventLoops loops, Duration timeout) {
        this.dialer = new Dialer(loops.kind(), timeout);
        this.timeout = timeout;
    }

    /**
     * Asks a server to cancel what a session runs.
     *
     * @param server {@link ServerLink#serverAddress} of the session
     * @return done when the server has closed the connection, which it does after it has signalled the session. Only then may the
     *     session run something else: a signal on its way would hit the next statement. It fails when that cannot be known.
     */
    public CompletionStage<Void> send(DialledServer server, BackendKeyData key, EventLoop loop) {
        CompletableFuture<Void> delivered = new CompletableFuture<>();
        dialer.dial(server, loop, channel -> new Request(channel, key, delivered))
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        delivered.completeExceptionally(failure);
                    }
                });
        return delivered.orTimeout(2 * timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** One request on its connection. */
    private final class Request extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        private final BackendKeyData key;
        private final CompletableFuture<Void> delivered;

        Request(Channel channel, BackendKeyData key, CompletableFuture<Void> delivered) {
            this.channel = channel;
            this.key = key;
            this.delivered = delivered;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            ByteBuf bytes = channel.alloc().buffer(32);
            FrontendMessages.encode(new CancelRequest(key.processId(), key.secretKey()), bytes);
            channel.writeAndFlush(bytes);
            channel.read(); // the answer is the end of the connection
            channel.eventLoop().schedule(this::giveUp, timeout.toMillis(), TimeUnit.MILLISECONDS);
        }

        /** The server may still read the request, and signal the session, at any time. */
        private void giveUp() {
            delivered.completeExceptionally(new TimeoutException("the server did not take a cancel request"));
            channel.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            delivered.completeExceptionally(cause);
            channel.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            delivered.complete(null);
        }
    }
}
