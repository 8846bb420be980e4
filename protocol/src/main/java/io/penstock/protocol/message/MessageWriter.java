package io.penstock.protocol.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes one message: its length is filled in when the body is done. */
final class MessageWriter {
    private final ByteBuf out;
    private final Charset charset;
    private final int lengthIndex;

    private MessageWriter(ByteBuf out, Charset charset) {
        this.out = out;
        this.charset = charset;
        this.lengthIndex = out.writerIndex();
        out.writeInt(0);
    }

    static MessageWriter typed(byte type, ByteBuf out, Charset charset) {
        out.writeByte(type);
        return new MessageWriter(out, charset);
    }

    /** A message without a type byte, as they are at the start of a connection. */
    static MessageWriter untyped(ByteBuf out, Charset charset) {
        return new MessageWriter(out, charset);
    }

    MessageWriter int8(int value) {
        out.writeByte(value);
        return this;
    }

    MessageWriter int16(int value) {
        out.writeShort(value);
        return this;
    }

    MessageWriter int32(int value) {
        out.writeInt(value);
        return this;
    }

    MessageWriter bytes(byte[] value) {
        out.writeBytes(value);
        return this;
    }

    /** Text and the zero byte that ends it. A zero byte inside would smuggle in what stands behind it. */
    MessageWriter text(String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("text with a zero byte");
        }
        if (charset.equals(StandardCharsets.UTF_8)) {
            ByteBufUtil.writeUtf8(out, value);
        } else {
            out.writeCharSequence(value, charset);
        }
        out.writeByte(0);
        return this;
    }

    /** A number of things, which the protocol counts in 16 bits. */
    MessageWriter count(int count) {
        if (count > 0xffff) {
            throw new IllegalArgumentException(count + " things are more than a message holds");
        }
        out.writeShort(count);
        return this;
    }

    MessageWriter int16s(short[] values) {
        count(values.length);
        for (short value : values) {
            out.writeShort(value);
        }
        return this;
    }

    MessageWriter int32s(int[] values) {
        count(values.length);
        for (int value : values) {
            out.writeInt(value);
        }
        return this;
    }

    MessageWriter values(List<byte @Nullable []> values) {
        count(values.size());
        for (byte @Nullable [] value : values) {
            value(value);
        }
        return this;
    }

    MessageWriter value(byte @Nullable [] value) {
        if (value == null) {
            out.writeInt(-1);
        } else {
            out.writeInt(value.length).writeBytes(value);
        }
        return this;
    }

    void end() {
        out.setInt(lengthIndex, out.writerIndex() - lengthIndex);
    }
}
