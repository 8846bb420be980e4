package io.penstock.protocol.message;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.error.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of one message and trusts nothing in it: every length is held against the bytes that are really there before anything
 * is allocated for it. Whatever is wrong becomes a {@link io.penstock.protocol.error.ProtocolViolation}.
 */
final class MessageReader {
    private final ByteBuf body;
    private final Charset charset;
    private final CodingErrorAction badText;

    private MessageReader(ByteBuf body, Charset charset, CodingErrorAction badText) {
        this.body = body;
        this.charset = charset;
        this.badText = badText;
    }

    /** Refuses text that is not in its encoding: two different names must not become one. */
    static MessageReader strict(ByteBuf body, Charset charset) {
        return new MessageReader(body, charset, CodingErrorAction.REPORT);
    }

    /** Replaces what is not in its encoding: an error message of a server is shown as well as it can be. */
    static MessageReader lenient(ByteBuf body, Charset charset) {
        return new MessageReader(body, charset, CodingErrorAction.REPLACE);
    }

    int remaining() {
        return body.readableBytes();
    }

    byte int8() {
        need(Byte.BYTES);
        return body.readByte();
    }

    short int16() {
        need(Short.BYTES);
        return body.readShort();
    }

    int int32() {
        need(Integer.BYTES);
        return body.readInt();
    }

    /** A number of things of which each takes at least some bytes, all of which must be there. */
    int count(int leastBytesOfEach) {
        need(Short.BYTES);
        int count = body.readUnsignedShort();
        need(count * leastBytesOfEach);
        return count;
    }

    short[] int16s() {
        short[] values = new short[count(Short.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = body.readShort();
        }
        return values;
    }

    int[] int32s() {
        int[] values = new int[count(Integer.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = body.readInt();
        }
        return values;
    }

    /** Values, each with its length before it. */
    List<byte @Nullable []> values() {
        int count = count(Integer.BYTES);
        List<byte @Nullable []> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(value());
        }
        return values;
    }

    /** One value with its length before it, null for the length -1. */
    byte @Nullable [] value() {
        int length = int32();
        return length == -1 ? null : bytes(length);
    }

    byte[] bytes(int length) {
        need(length);
        byte[] bytes = new byte[length];
        body.readBytes(bytes);
        return bytes;
    }

    byte[] rest() {
        return bytes(body.readableBytes());
    }

    /** Text that ends with a zero byte. */
    String text() {
        int length = body.bytesBefore((byte) 0);
        if (length < 0) {
            throw ErrorCode.MALFORMED_MESSAGE.violation("text without end");
        }
        String text = decode(length);
        body.skipBytes(1);
        return text;
    }

    /** The message must be over. */
    void end() {
        if (body.isReadable()) {
            throw ErrorCode.MALFORMED_MESSAGE.violation("bytes behind its end");
        }
    }

    /** Names and most statements are ASCII, which every client encoding has as it is: a decoder for each would cost more than all the rest. */
    private String decode(int length) {
        if (length == 0) {
            return "";
        }
        byte[] bytes = new byte[length];
        body.readBytes(bytes);
        return isAscii(bytes) ? new String(bytes, StandardCharsets.ISO_8859_1) : decode(bytes);
    }

    private static boolean isAscii(byte[] bytes) {
        int all = 0;
        for (byte each : bytes) {
            all |= each;
        }
        return all >= 0;
    }

    private String decode(byte[] bytes) {
        try {
            return charset.newDecoder()
                    .onMalformedInput(badText)
                    .onUnmappableCharacter(badText)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw ErrorCode.INVALID_TEXT.violation();
        }
    }

    private void need(int bytes) {
        if (bytes < 0 || bytes > body.readableBytes()) {
            throw ErrorCode.MALFORMED_MESSAGE.violation("insufficient data left in message");
        }
    }
}
