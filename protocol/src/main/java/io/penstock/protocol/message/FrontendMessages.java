package io.penstock.protocol.message;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendType;
import io.penstock.protocol.message.FrontendMessage.AuthenticationData;
import io.penstock.protocol.message.FrontendMessage.Bind;
import io.penstock.protocol.message.FrontendMessage.Close;
import io.penstock.protocol.message.FrontendMessage.CopyData;
import io.penstock.protocol.message.FrontendMessage.CopyDone;
import io.penstock.protocol.message.FrontendMessage.CopyFail;
import io.penstock.protocol.message.FrontendMessage.Describe;
import io.penstock.protocol.message.FrontendMessage.Execute;
import io.penstock.protocol.message.FrontendMessage.Flush;
import io.penstock.protocol.message.FrontendMessage.FunctionCall;
import io.penstock.protocol.message.FrontendMessage.Parse;
import io.penstock.protocol.message.FrontendMessage.PasswordMessage;
import io.penstock.protocol.message.FrontendMessage.Query;
import io.penstock.protocol.message.FrontendMessage.SaslInitialResponse;
import io.penstock.protocol.message.FrontendMessage.SaslResponse;
import io.penstock.protocol.message.FrontendMessage.Sync;
import io.penstock.protocol.message.FrontendMessage.Terminate;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the messages of a client. Decoding does not take the frame over: release it yourself. What is wrong with a message
 * is always a {@link io.penstock.protocol.error.ProtocolViolation}; it is of severity ERROR unless the type itself is wrong.
 */
public final class FrontendMessages {
    private FrontendMessages() {}

    /** The message of a startup packet or of a typed frame, its text in UTF-8. */
    public static FrontendMessage decode(Frame frame) {
        return decode(frame, StandardCharsets.UTF_8);
    }

    /** The message with its text in the session's client_encoding. Text that is not in this encoding is refused (22021). */
    public static FrontendMessage decode(Frame frame, Charset charset) {
        if (frame.type() == Frame.STARTUP) {
            return StartupDecoder.decode(frame.body());
        }
        MessageReader reader = MessageReader.strict(frame.body(), charset);
        FrontendMessage message = switch (frame.type()) {
            case FrontendType.QUERY -> new Query(reader.text());
            case FrontendType.PARSE -> new Parse(reader.text(), reader.text(), reader.int32s());
            case FrontendType.BIND -> bind(reader);
            case FrontendType.DESCRIBE -> new Describe(Target.of(reader.int8()), reader.text());
            case FrontendType.EXECUTE -> new Execute(reader.text(), reader.int32());
            case FrontendType.CLOSE -> new Close(Target.of(reader.int8()), reader.text());
            case FrontendType.FLUSH -> new Flush();
            case FrontendType.SYNC -> new Sync();
            case FrontendType.TERMINATE -> new Terminate();
            case FrontendType.AUTHENTICATION -> new AuthenticationData(reader.rest());
            case FrontendType.COPY_DATA -> new CopyData(reader.rest());
            case FrontendType.COPY_DONE -> new CopyDone();
            case FrontendType.COPY_FAIL -> new CopyFail(reader.text());
            case FrontendType.FUNCTION_CALL -> functionCall(reader);
            default -> throw ErrorCode.UNKNOWN_MESSAGE_TYPE.violation(frame.type() & 0xff);
        };
        reader.end();
        return message;
    }

    /** A {@code 'p'} message as the answer to a cleartext or MD5 password request. */
    public static PasswordMessage decodePassword(Frame frame) {
        MessageReader reader = authentication(frame);
        PasswordMessage message = new PasswordMessage(reader.text());
        reader.end();
        return message;
    }

    /** A {@code 'p'} message as the first of a SASL exchange. */
    public static SaslInitialResponse decodeSaslInitialResponse(Frame frame) {
        MessageReader reader = authentication(frame);
        SaslInitialResponse message = new SaslInitialResponse(reader.text(), reader.value());
        reader.end();
        return message;
    }

    /** A {@code 'p'} message as a later one of a SASL exchange. */
    public static SaslResponse decodeSaslResponse(Frame frame) {
        return new SaslResponse(authentication(frame).rest());
    }

    /** Appends the message, its text in UTF-8. */
    public static void encode(FrontendMessage message, ByteBuf out) {
        encode(message, out, StandardCharsets.UTF_8);
    }

    /** Appends the message, its text in the session's client_encoding. */
    public static void encode(FrontendMessage message, ByteBuf out, Charset charset) {
        FrontendEncoder.encode(message, out, charset);
    }

    private static Bind bind(MessageReader reader) {
        String portal = reader.text();
        String statement = reader.text();
        short[] parameterFormats = reader.int16s();
        List<byte @Nullable []> parameters = reader.values();
        checkFormats(parameterFormats, parameters);
        return new Bind(portal, statement, parameterFormats, parameters, reader.int16s());
    }

    private static FunctionCall functionCall(MessageReader reader) {
        int function = reader.int32();
        short[] argumentFormats = reader.int16s();
        List<byte @Nullable []> arguments = reader.values();
        checkFormats(argumentFormats, arguments);
        return new FunctionCall(function, argumentFormats, arguments, reader.int16());
    }

    private static void checkFormats(short[] formats, List<byte @Nullable []> values) {
        if (formats.length > 1 && formats.length != values.size()) {
            throw ErrorCode.MALFORMED_MESSAGE.violation(formats.length + " formats but " + values.size() + " values");
        }
    }

    private static MessageReader authentication(Frame frame) {
        if (!frame.is(FrontendType.AUTHENTICATION)) {
            throw ErrorCode.UNEXPECTED_MESSAGE.violation(frame.type() & 0xff, "authentication");
        }
        return MessageReader.strict(frame.body(), StandardCharsets.UTF_8);
    }
}
