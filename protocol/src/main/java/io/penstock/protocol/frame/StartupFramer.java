package io.penstock.protocol.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.penstock.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the first packets of a connection, which have no type byte: StartupMessage, SSLRequest, GSSENCRequest and CancelRequest.
 *
 * <p>Poll one packet and look at it before polling the next: what follows a StartupMessage is typed and belongs to a
 * {@link FrontendFramer}; what follows an SSLRequest or GSSENCRequest in the same chunk was stuffed behind it in plain text, and the
 * connection must be dropped when {@link #buffered} is not 0 (CVE-2021-23214).
 */
public final class StartupFramer implements AutoCloseable {
    /** Length word and code: nothing shorter means anything. */
    private static final int SHORTEST = 8;

    private static final int LONGEST = Integer.BYTES + FrameLimits.STARTUP_BODY;

    private final Accumulation accumulation;

    public StartupFramer(ByteBufAllocator allocator) {
        this.accumulation = new Accumulation(allocator);
    }

    /** Takes the chunk over. */
    public void feed(ByteBuf chunk) {
        accumulation.add(chunk);
    }

    /**
     * The next whole packet, of the type {@link Frame#STARTUP}, which the caller owns, or null when more bytes are needed.
     *
     * @throws io.penstock.protocol.error.ProtocolViolation when the length is impossible, as it is of HTTP or TLS; always fatal
     */
    public @Nullable Frame poll() {
        ByteBuf bytes = accumulation.bytes();
        if (accumulation.size() < Integer.BYTES) {
            return null;
        }
        int length = bytes.getInt(bytes.readerIndex());
        if (length < SHORTEST || length > LONGEST) {
            throw ErrorCode.INVALID_STARTUP.violation("invalid length");
        }
        if (accumulation.size() < length) {
            return null;
        }
        return new Frame(Frame.STARTUP, accumulation.take(length));
    }

    /** How many bytes have arrived that are not yet part of a polled packet. */
    public int buffered() {
        return accumulation.size();
    }

    /** Hands the unread bytes to the caller, who feeds them to the framer of typed messages. */
    public ByteBuf takeRest() {
        return accumulation.takeAll();
    }

    /** Releases what has not been polled. */
    @Override
    public void close() {
        accumulation.close();
    }
}
