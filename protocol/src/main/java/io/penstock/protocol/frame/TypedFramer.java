package io.penstock.protocol.frame;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.ProtocolViolation;
import org.jspecify.annotations.Nullable;

/** Cuts typed messages (type byte, length, body) out of chunks; the two directions differ in types and limits only. */
final class TypedFramer implements AutoCloseable {
    /** The longest message of a type, {@link FrameLimits#UNKNOWN_TYPE} if there is no such type. */
    interface Limits {
        int limit(byte type);

        /** What is said of a message that is longer. */
        default ProtocolViolation exceeded(byte type, int length) {
            return ErrorCode.BROKEN_FRAME.violation(type & 0xff, length);
        }
    }

    private final Accumulation accumulation;
    private final Limits limits;

    TypedFramer(Accumulation accumulation, Limits limits) {
        this.accumulation = accumulation;
        this.limits = limits;
    }

    void feed(ByteBuf chunk) {
        accumulation.add(chunk);
    }

    @Nullable
    Frame poll() {
        ByteBuf bytes = accumulation.bytes();
        int size = accumulation.size();
        if (size == 0) {
            return null;
        }
        byte type = bytes.getByte(bytes.readerIndex());
        int limit = limits.limit(type);
        if (limit == FrameLimits.UNKNOWN_TYPE) {
            throw ErrorCode.UNKNOWN_MESSAGE_TYPE.violation(type & 0xff);
        }
        if (size < Frame.HEADER_BYTES) {
            return null;
        }
        int length = bytes.getInt(bytes.readerIndex() + 1);
        if (length < Integer.BYTES) {
            throw ErrorCode.BROKEN_FRAME.violation(type & 0xff, length);
        }
        if (length > limit) {
            throw limits.exceeded(type, length);
        }
        if (size < 1 + length) {
            return null;
        }
        return new Frame(type, accumulation.take(1 + length));
    }

    int buffered() {
        return accumulation.size();
    }

    ByteBuf takeRest() {
        return accumulation.takeAll();
    }

    @Override
    public void close() {
        accumulation.close();
    }
}
