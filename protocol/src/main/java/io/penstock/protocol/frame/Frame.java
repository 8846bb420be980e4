package io.penstock.protocol.frame;

import io.netty.buffer.ByteBuf;
import java.util.Objects;

/**
 * One whole message as it stands on the wire: type byte, length and body. The first packets of a connection have no type byte; their
 * frames have the type {@link #STARTUP}.
 *
 * <p>Whoever holds a frame owns its bytes and releases them once. The bytes may be a slice of a larger buffer, so a frame that is kept
 * for long keeps that buffer too.
 */
public record Frame(byte type, ByteBuf bytes) {
    /** The type of a frame without a type byte. */
    public static final byte STARTUP = 0;

    /** Bytes of type and length before a typed message's body. */
    public static final int HEADER_BYTES = 5;

    public Frame {
        Objects.requireNonNull(bytes, "bytes");
    }

    /** The body, as a view that lives as long as the frame. */
    public ByteBuf body() {
        int header = type == STARTUP ? HEADER_BYTES - 1 : HEADER_BYTES;
        return bytes.slice(bytes.readerIndex() + header, bytes.readableBytes() - header);
    }

    /** The length of the whole message on the wire, in bytes. */
    public int length() {
        return bytes.readableBytes();
    }

    /** Whether the frame is of the type; types are the characters of the protocol's documentation. */
    public boolean is(int expected) {
        return type == (byte) expected;
    }

    public Frame retain() {
        bytes.retain();
        return this;
    }

    public void release() {
        bytes.release();
    }

    /** For logs: never the contents. */
    @Override
    public String toString() {
        return "Frame[" + (type == STARTUP ? "startup" : String.valueOf((char) (type & 0xff))) + ", " + length()
                + " bytes]";
    }
}
