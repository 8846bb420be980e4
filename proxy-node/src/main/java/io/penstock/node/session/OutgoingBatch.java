package io.penstock.node.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be given to the client, in few large pieces: small messages are copied together, for a write costs far more than the
 * copying of a small message.
 */
final class OutgoingBatch {
    /** Up to here a message is copied. */
    private static final int SMALL = 4 * 1024;

    /** As large as a piece of copied messages gets. */
    private static final int PIECE = 64 * 1024;

    private final ByteBufAllocator allocator;
    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>(2);
    private @Nullable ByteBuf open;
    private long bytes;

    OutgoingBatch(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Takes the message over. */
    void add(ByteBuf message) {
        int length = message.readableBytes();
        bytes += length;
        if (length > SMALL) {
            open = null;
            pieces.add(message);
            return;
        }
        ByteBuf piece = open;
        if (piece == null || piece.readableBytes() + length > PIECE) {
            piece = allocator.buffer(Math.max(256, length));
            open = piece;
            pieces.add(piece);
        }
        piece.writeBytes(message);
        message.release();
    }

    /** The next piece, which the caller owns, or null. */
    @Nullable
    ByteBuf poll() {
        ByteBuf piece = pieces.poll();
        if (piece != null) {
            bytes -= piece.readableBytes();
            if (piece == open) {
                open = null;
            }
        }
        return piece;
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    void release() {
        pieces.forEach(ByteBuf::release);
        pieces.clear();
        open = null;
        bytes = 0;
    }
}
