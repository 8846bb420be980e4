package io.penstock.protocol.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.ProtocolViolation;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the messages of a client out of the chunks that arrive from it, once the connection is past its startup packets.
 *
 * <p>Feed chunks, then poll until there is none left. After a {@link io.penstock.protocol.error.ProtocolViolation} the stream is lost: close the framer
 * and the connection.
 */
public final class FrontendFramer implements AutoCloseable {
    private final TypedFramer framer;
    private final ClientLimits limits;

    public FrontendFramer(ByteBufAllocator allocator) {
        this(allocator, FrameLimits.LARGE);
    }

    /**
     * With a limit of our own.
     *
     * @param largest the longest message that is taken of the types that may be large, at most {@link FrameLimits#LARGE}
     */
    public FrontendFramer(ByteBufAllocator allocator, int largest) {
        if (largest < FrameLimits.AUTHENTICATION || largest > FrameLimits.LARGE) {
            throw new IllegalArgumentException("largest message: " + largest);
        }
        limits = new ClientLimits(largest);
        framer = new TypedFramer(new Accumulation(allocator), limits);
    }

    /**
     * While who sends is not known yet no message may be longer than {@link FrameLimits#STRANGER}: nothing that it has to say is, and many
     * strangers must not fill the heap.
     *
     * @param unknown whether that holds from now on
     */
    public void stranger(boolean unknown) {
        limits.stranger = unknown;
    }

    /** Takes the chunk over. */
    public void feed(ByteBuf chunk) {
        framer.feed(chunk);
    }

    /**
     * The next whole message, which the caller owns, or null when more bytes are needed.
     *
     * @throws io.penstock.protocol.error.ProtocolViolation when type or length are impossible; always fatal
     */
    public @Nullable Frame poll() {
        return framer.poll();
    }

    /** How many bytes have arrived that are not yet part of a polled message. */
    public int buffered() {
        return framer.buffered();
    }

    /** Hands the unread bytes to the caller, who goes on reading the stream by other means. */
    public ByteBuf takeRest() {
        return framer.takeRest();
    }

    /** Releases what has not been polled. */
    @Override
    public void close() {
        framer.close();
    }

    /** PostgreSQL's limits, and two of our own, of which the one that can be configured is named to a client that exceeds it. */
    private static final class ClientLimits implements TypedFramer.Limits {
        private final int largest;
        private boolean stranger;

        ClientLimits(int largest) {
            this.largest = largest;
        }

        @Override
        public int limit(byte type) {
            int limit = FrameLimits.frontend(type, largest);
            return stranger ? Math.min(limit, FrameLimits.STRANGER) : limit;
        }

        @Override
        public ProtocolViolation exceeded(byte type, int length) {
            return limit(type) == largest && length <= FrameLimits.LARGE
                    ? ErrorCode.STATEMENT_TOO_LARGE.violation(length, largest)
                    : TypedFramer.Limits.super.exceeded(type, length);
        }
    }
}
