package io.penstock.protocol.session;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.error.ErrorCode;
import java.nio.charset.Charset;

/** Reads the names at the start of a message of which nothing else is of interest: values of a Bind may be large. */
final class Names {
    private Names() {}

    /** The text up to the next zero byte, which is skipped too. */
    static String next(ByteBuf body, Charset charset) {
        int length = body.bytesBefore((byte) 0);
        if (length < 0) {
            throw ErrorCode.MALFORMED_MESSAGE.violation("text without end");
        }
        String name = length == 0 ? "" : body.readCharSequence(length, charset).toString();
        body.skipBytes(1);
        return name;
    }
}
