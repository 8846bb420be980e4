package io.penstock.protocol.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * The bytes that have arrived and are not yet part of a whole frame.
 *
 * <p>A chunk that begins on a frame's border is kept as it is, and frames are slices of it. Only when a frame is cut by the border of two
 * chunks are its bytes copied together, so that a peer that sends single bytes does not make us hold a receive buffer for each. Memory
 * follows the bytes that have really arrived, never a length that somebody declared.
 */
final class Accumulation implements AutoCloseable {
    private final ByteBufAllocator allocator;
    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

    Accumulation(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Takes the chunk over. */
    void add(ByteBuf chunk) {
        if (!chunk.isReadable()) {
            chunk.release();
            return;
        }
        if (!bytes.isReadable()) {
            bytes.release();
            bytes = chunk;
            return;
        }
        try {
            makeRoom(chunk.readableBytes());
            bytes.writeBytes(chunk);
        } finally {
            chunk.release();
        }
    }

    /** The buffered bytes; read from them, but do not keep them. */
    ByteBuf bytes() {
        return bytes;
    }

    int size() {
        return bytes.readableBytes();
    }

    /** Cuts off the first bytes as a frame's own. */
    ByteBuf take(int length) {
        ByteBuf taken;
        if (length == bytes.readableBytes()) {
            taken = bytes;
            bytes = Unpooled.EMPTY_BUFFER;
        } else {
            taken = bytes.readRetainedSlice(length);
        }
        return taken;
    }

    /** Hands out everything, for the one that goes on reading the stream. */
    ByteBuf takeAll() {
        return take(bytes.readableBytes());
    }

    @Override
    public void close() {
        bytes.release();
        bytes = Unpooled.EMPTY_BUFFER;
    }

    private void makeRoom(int more) {
        // Whoever else holds the buffer might write behind these bytes too.
        boolean shared = bytes.refCnt() > 1 || bytes.isReadOnly();
        if (!shared && bytes.writableBytes() >= more) {
            return;
        }
        int needed = Math.addExact(bytes.readableBytes(), more);
        // Doubling keeps the copying linear in the bytes that arrived.
        int capacity = (int) Math.min(Integer.MAX_VALUE, Math.max(256L, needed + (long) bytes.readableBytes()));
        ByteBuf larger = allocator.buffer(capacity);
        larger.writeBytes(bytes);
        bytes.release();
        bytes = larger;
    }
}
