package io.penstock.protocol.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream for a relay: messages of the types that nobody has to look into flow through as they arrive, many in one piece and
 * without waiting for their ends; the others come out whole.
 *
 * <p>So a row of 1 GB needs no more memory than its chunks, and a result of a thousand rows in one chunk is one slice of it.
 */
public final class RelayFramer implements AutoCloseable {

    /** What the relay goes on with next. */
    public sealed interface Piece {}

    /** A message that has to be looked at. The receiver owns the frame. */
    public record Whole(Frame frame) implements Piece {}

    /**
     * Bytes to pass on as they are: the rest of a message begun before, any number of whole ones, the beginning of another. The
     * receiver owns them.
     *
     * @param begun how many messages begin in them
     */
    public record Run(ByteBuf bytes, int begun) implements Piece {}

    private final Accumulation accumulation;
    private final TypedFramer.Limits limits;
    private final TypedFramer whole;
    private final IntPredicate flowing;

    /** How much of the message that is flowing has not arrived, in bytes. */
    private int missing;

    private RelayFramer(ByteBufAllocator allocator, TypedFramer.Limits limits, IntPredicate flowing) {
        this.accumulation = new Accumulation(allocator);
        this.limits = limits;
        this.whole = new TypedFramer(accumulation, limits);
        this.flowing = flowing;
    }

    /**
     * For the stream of a client.
     *
     * @param flowing tells for a type whether its messages are passed on unseen
     */
    public static RelayFramer ofFrontend(ByteBufAllocator allocator, IntPredicate flowing) {
        return new RelayFramer(allocator, type -> FrameLimits.frontend(type, FrameLimits.LARGE), flowing);
    }

    /** For the stream of a server. */
    public static RelayFramer ofBackend(ByteBufAllocator allocator, IntPredicate flowing) {
        return new RelayFramer(allocator, type -> FrameLimits.backend(type, FrameLimits.LARGE), flowing);
    }

    /** Takes the chunk over. */
    public void feed(ByteBuf chunk) {
        accumulation.add(chunk);
    }

    /**
     * The next piece, which the caller owns, or null when more bytes are needed.
     *
     * @throws io.penstock.protocol.error.ProtocolViolation when type or length are impossible; always fatal. What came before the
     *     impossible message has been polled by then
     */
    public @Nullable Piece poll() {
        ByteBuf bytes = accumulation.bytes();
        int start = bytes.readerIndex();
        int end = bytes.writerIndex();
        int position = start;
        int begun = 0;
        while (position < end) {
            if (missing == 0) {
                int length = flowingLength(bytes, position, end);
                if (length == 0) {
                    break;
                }
                missing = length;
                begun++;
            }
            int step = Math.min(missing, end - position);
            position += step;
            missing -= step;
        }
        if (position > start) {
            return new Run(accumulation.take(position - start), begun);
        }
        Frame frame = whole.poll();
        return frame == null ? null : new Whole(frame);
    }

    /** Whether the stream is between two messages, so that it can change hands. */
    public boolean atBorder() {
        return missing == 0 && accumulation.size() == 0;
    }

    /** Releases what has not been polled. */
    @Override
    public void close() {
        accumulation.close();
    }

    /** The length of the message that begins here, if it is to flow and its header is there and possible; else 0. */
    private int flowingLength(ByteBuf bytes, int position, int end) {
        byte type = bytes.getByte(position);
        if (!flowing.test(type) || end - position < Frame.HEADER_BYTES) {
            return 0;
        }
        int length = bytes.getInt(position + 1);
        return length < Integer.BYTES || length > limits.limit(type) ? 0 : 1 + length;
    }
}
