package io.penstock.node.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.penstock.node.backend.ServerLink.Receiver;
import io.penstock.node.transport.LoopTurn;
import io.penstock.node.transport.OutgoingBatch;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.frame.BackendFramer;
import io.penstock.protocol.frame.Frame;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A channel to a server seen as frames, with demand. Everything happens on the channel's event loop.
 *
 * <p>Frames wait in the framer and are polled by the receiver, which may therefore take its time (a stream stage does) and may end
 * without leaking what it has not seen.
 */
final class FramedChannel extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(FramedChannel.class);

    /**
     * How many chunks may wait behind the one whose frames are being polled while the socket is read on; {@code ChannelBridge} says why.
     * They wait outside of the framer, which would have to copy a chunk that comes before the last one is used up.
     */
    private static final int READ_AHEAD = 1;

    private final Channel channel;
    private final BackendFramer framer;
    /** One piece for each flush: the four messages of an extended query would else be four entries of a gathering write. */
    private final OutgoingBatch unsent;

    private @Nullable Receiver receiver;
    private boolean demanded;
    private boolean reading;
    private final Queue<ByteBuf> chunks = new ArrayDeque<>(1);
    private @Nullable Frame next;
    private boolean released;
    private @Nullable Throwable cause;
    private boolean closed;

    FramedChannel(Channel channel) {
        this.channel = channel;
        this.framer = new BackendFramer(channel.alloc());
        this.unsent = new OutgoingBatch(channel.alloc());
    }

    Channel channel() {
        return channel;
    }

    void receiver(Receiver receiver) {
        this.receiver = receiver;
        if (closed) {
            receiver.closed(cause);
        }
    }

    /** Asks for {@link Receiver#readable}, once: at once if a whole frame is there, otherwise when one has come. */
    void request() {
        demanded = true;
        if (available()) {
            tell();
        }
    }

    /** The channel has been registered with another event loop: a read that was asked for on the old one is asked for again. */
    void moved() {
        if (reading) {
            reading = false;
            read();
        }
    }

    private void read() {
        if (!reading && !closed && !released) {
            reading = true;
            channel.read();
        }
    }

    /** The next frame, which the caller releases, or null if none is whole. */
    @Nullable
    Frame poll() {
        if (!available()) {
            return null;
        }
        Frame frame = next;
        next = null;
        return frame;
    }

    /** Takes whole messages over; they leave with {@link #flush}. */
    void write(ByteBuf bytes) {
        if (released) {
            bytes.release();
        } else {
            unsent.add(bytes);
        }
    }

    void flush() {
        for (ByteBuf piece = unsent.poll(); piece != null; piece = unsent.poll()) {
            channel.write(piece, channel.voidPromise());
        }
        channel.flush();
    }

    /** Closes the connection and releases what has not been polled. */
    void release() {
        released = true;
        receiver = null;
        if (next != null) {
            next.release();
            next = null;
        }
        chunks.forEach(ByteBuf::release);
        chunks.clear();
        unsent.release();
        framer.close();
        channel.close();
    }

    private boolean available() {
        if (next == null && !released && !(cause instanceof ProtocolViolation)) {
            try {
                next = framer.poll();
                while (next == null && !chunks.isEmpty()) {
                    framer.feed(chunks.remove());
                    next = framer.poll();
                }
            } catch (ProtocolViolation violation) {
                // The borders of messages are lost: what may follow is worth nothing.
                cause = violation;
                channel.close();
                return false;
            }
            readAhead();
        }
        return next != null;
    }

    /** A frame that is not whole needs more reads, however many there have been: nothing waits then. */
    private void readAhead() {
        if (chunks.size() < READ_AHEAD) {
            read();
        }
    }

    private void tell() {
        if (demanded && receiver != null) {
            demanded = false;
            receiver.readable();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (released) {
            ((ByteBuf) message).release();
        } else {
            chunks.add((ByteBuf) message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        LoopTurn turn = LoopTurn.begin();
        try {
            reading = false;
            if (available()) {
                readAhead();
                tell();
            }
        } finally {
            turn.end(channel.eventLoop());
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable() && receiver != null) {
            receiver.writable();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        if (cause == null) {
            cause = failure;
        }
        if (!(failure instanceof IOException || failure instanceof DecoderException)) {
            LOG.error("handling what a server sent broke", failure);
        }
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closed = true;
        if (receiver != null) {
            receiver.closed(cause);
        }
    }
}
