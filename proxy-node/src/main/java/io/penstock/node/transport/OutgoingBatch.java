package io.penstock.node.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written, in few large pieces: small messages are copied together, for a write costs far more than the copying of a
 * small message. One that stays alone is not copied.
 */
public final class OutgoingBatch {
    /** Up to here a message is copied. */
    private static final int SMALL = 4 * 1024;

    /** As large as a piece of copied messages gets. */
    private static final int PIECE = 64 * 1024;

    private static final int SMALLEST_PIECE = 256;

    private final ByteBufAllocator allocator;
    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>(2);
    /** The last piece, if more can be copied to it. */
    private @Nullable ByteBuf open;
    /** The last piece, if it is a small message as it came. */
    private @Nullable ByteBuf alone;

    private long bytes;

    public OutgoingBatch(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Takes the message over. */
    public void add(ByteBuf message) {
        int length = message.readableBytes();
        bytes += length;
        ByteBuf before = alone;
        ByteBuf piece = open;
        alone = null;
        if (length > SMALL) {
            open = null;
            pieces.add(message);
        } else if (before != null) {
            pieces.removeLast();
            copy(before, length);
            append(message);
        } else if (piece == null) {
            pieces.add(message);
            alone = message;
        } else if (piece.readableBytes() + length > PIECE) {
            copy(message, 0);
        } else {
            append(message);
        }
    }

    private void copy(ByteBuf message, int more) {
        ByteBuf piece = allocator.buffer(Math.max(SMALLEST_PIECE, message.readableBytes() + more));
        open = piece;
        pieces.add(piece);
        append(message);
    }

    private void append(ByteBuf message) {
        if (open != null) {
            open.writeBytes(message);
        }
        message.release();
    }

    /** The next piece, which the caller owns, or null. */
    public @Nullable ByteBuf poll() {
        ByteBuf piece = pieces.poll();
        if (piece != null) {
            bytes -= piece.readableBytes();
            if (piece == open || piece == alone) {
                open = null;
                alone = null;
            }
        }
        return piece;
    }

    public boolean isEmpty() {
        return pieces.isEmpty();
    }

    public long bytes() {
        return bytes;
    }

    /** Forgets what waits. */
    public void release() {
        pieces.forEach(ByteBuf::release);
        pieces.clear();
        open = null;
        alone = null;
        bytes = 0;
    }
}
