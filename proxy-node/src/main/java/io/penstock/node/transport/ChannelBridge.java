package io.penstock.node.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a channel's pipeline, from which a {@link ChannelStage} takes what has been read and to which it gives what is to be
 * written. Both run on the channel's event loop, so nothing here is shared between threads.
 *
 * <p>What has been read waits here and not in a message to the stage: a message to a stage that has ended is dropped, and the buffer in
 * it would leak. The stage is only woken, and looks.
 *
 * <pre>
 * input:   OPEN     -FIN->       FINISHED    the rest of the queue is still to be taken
 *          OPEN     -RST->       BROKEN      the queue is worthless: the client is not there
 * output:  OPEN     -finish->    FINISHING   what was written is on its way
 *          FINISHING-written->   FINISHED    our FIN is sent
 * TLS:     the client's close_notify is its FIN, and ours goes out before our FIN
 * channel: closed when input and output are over, when the stage leaves an open output behind (it failed), or
 *          LINGER after the stage left while the client goes on sending
 * </pre>
 */
final class ChannelBridge extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelBridge.class);

    /** How long a client may take to close its side after ours; closing earlier with bytes unread would reset the connection. */
    private static final long LINGER_SECONDS = 2;

    /**
     * How many reads may wait for the stage while the socket is read on. With none, epoll would have to be told to stop listening and
     * to listen again around every single query, which costs two system calls of the eight or so that a query takes.
     */
    private static final int READ_AHEAD = 1;

    private enum Output {
        OPEN,
        FINISHING,
        FINISHED
    }

    private final SocketChannel channel;
    private final ClientTls tls;
    private final Consumer<ChannelBridge> accepted;
    /** At most one more than {@link #READ_AHEAD}, but for what arrives together with the client's end. */
    private final Queue<ByteBuf> received = new ArrayDeque<>(1);

    private final Runnable flush = this::flush;

    private @Nullable Runnable wake;
    private boolean attached;
    private boolean detached;
    private boolean reading;
    private boolean inputFinished;
    private @Nullable Throwable broken;
    private Output output = Output.OPEN;
    private boolean flushPlanned;
    private @Nullable Future<?> linger;

    ChannelBridge(SocketChannel channel, ClientTls tls, Consumer<ChannelBridge> accepted) {
        this.channel = channel;
        this.tls = tls;
        this.accepted = accepted;
    }

    Channel channel() {
        return channel;
    }

    ClientTls tls() {
        return tls;
    }

    // ---- the stage's side ----

    /** @param wake called whenever there may be something new to see; it must not call back in the same call */
    void attach(Runnable wake) {
        if (!channel.eventLoop().inEventLoop()) {
            throw new IllegalStateException("materialise a client's flow on the dispatcher of its event loop");
        }
        if (attached) {
            throw new IllegalStateException("a client's flow is materialised once");
        }
        attached = true;
        this.wake = wake;
    }

    /** Asks for more bytes: one read of the socket, unless one is under way. */
    void read() {
        if (!reading && !inputFinished && broken == null) {
            reading = true;
            channel.read();
        }
    }

    /** The next bytes of the client; the caller releases them. */
    @Nullable
    ByteBuf poll() {
        return received.poll();
    }

    /** Whether bytes wait to be polled. */
    boolean hasReceived() {
        return !received.isEmpty();
    }

    /** Whether the client has ended its side and everything before that has been taken. */
    boolean inputFinished() {
        return inputFinished && received.isEmpty();
    }

    /** Why the connection is of no more use, or null as long as it is. */
    @Nullable
    Throwable broken() {
        return broken;
    }

    boolean writable() {
        return channel.isWritable();
    }

    /** Writes and releases the bytes. They are flushed once this turn of the loop has no more for this client, or when they are many. */
    void write(ByteBuf bytes) {
        channel.write(bytes, channel.voidPromise());
        if (!channel.isWritable()) {
            flush();
        } else if (!flushPlanned) {
            flushPlanned = true;
            if (!LoopTurn.add(flush)) {
                channel.eventLoop().execute(flush);
            }
        }
    }

    private void flush() {
        flushPlanned = false;
        channel.flush();
    }

    /** No more will be written: the client gets what there is, and our end. */
    void finishOutput() {
        if (output != Output.OPEN) {
            return;
        }
        output = Output.FINISHING;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess()) {
                endEncryption(() -> channel.shutdownOutput().addListener(_ -> outputFinished()));
            }
        });
    }

    private void endEncryption(Runnable then) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (handler == null) {
            then.run();
        } else {
            handler.closeOutbound().addListener(_ -> then.run());
        }
    }

    private void outputFinished() {
        output = Output.FINISHED;
        if (inputFinished) {
            channel.close();
        }
    }

    /** The stage has ended. */
    void detach() {
        detached = true;
        wake = null;
        releaseReceived();
        if (output == Output.OPEN || (output == Output.FINISHED && inputFinished)) {
            channel.close();
        } else if (channel.isOpen()) {
            linger = channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
            channel.config().setAutoRead(true);
        }
    }

    // ---- the channel's side ----

    @Override
    public void channelActive(ChannelHandlerContext context) {
        accepted.accept(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (detached) {
            bytes.release();
        } else {
            received.add(bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        LoopTurn turn = LoopTurn.begin();
        try {
            reading = false;
            if (received.size() <= READ_AHEAD) {
                read();
            }
            wake();
        } finally {
            turn.end(channel.eventLoop());
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            wake();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent
                || (event instanceof SslCloseCompletionEvent closed && closed.isSuccess())) {
            inputFinished = true;
            if (output == Output.FINISHED) {
                channel.close();
            }
            wake();
        } else if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.cause() instanceof ClosedChannelException) {
                LOG.debug("client {} left in the middle of a TLS handshake", channel.remoteAddress());
            } else if (!handshake.isSuccess()) {
                LOG.info(
                        "no TLS with client {}: {}",
                        channel.remoteAddress(),
                        handshake.cause().getMessage());
            } else if (!tls.completed()) {
                LOG.info("no TLS with client {}: it began with TLS but without ALPN", channel.remoteAddress());
                channel.close();
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException || cause instanceof DecoderException)) {
            LOG.error("handling what client {} sent broke", channel.remoteAddress(), cause);
        }
        broken(cause);
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (linger != null) {
            linger.cancel(false);
        }
        if (!(inputFinished && output == Output.FINISHED)) {
            broken(new ClosedChannelException());
        }
        if (!attached) {
            releaseReceived();
        }
    }

    private void broken(Throwable cause) {
        if (broken == null) {
            broken = cause;
        }
        wake();
    }

    private void wake() {
        if (wake != null) {
            wake.run();
        }
    }

    private void releaseReceived() {
        for (ByteBuf bytes = received.poll(); bytes != null; bytes = received.poll()) {
            bytes.release();
        }
    }
}
