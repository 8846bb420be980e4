package io.penstock.protocol.message;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.frame.FrontendType;
import io.penstock.protocol.message.FrontendMessage.AuthenticationData;
import io.penstock.protocol.message.FrontendMessage.Bind;
import io.penstock.protocol.message.FrontendMessage.CancelRequest;
import io.penstock.protocol.message.FrontendMessage.Close;
import io.penstock.protocol.message.FrontendMessage.CopyData;
import io.penstock.protocol.message.FrontendMessage.CopyDone;
import io.penstock.protocol.message.FrontendMessage.CopyFail;
import io.penstock.protocol.message.FrontendMessage.Describe;
import io.penstock.protocol.message.FrontendMessage.Execute;
import io.penstock.protocol.message.FrontendMessage.Flush;
import io.penstock.protocol.message.FrontendMessage.FunctionCall;
import io.penstock.protocol.message.FrontendMessage.GssEncRequest;
import io.penstock.protocol.message.FrontendMessage.Parse;
import io.penstock.protocol.message.FrontendMessage.PasswordMessage;
import io.penstock.protocol.message.FrontendMessage.Query;
import io.penstock.protocol.message.FrontendMessage.SaslInitialResponse;
import io.penstock.protocol.message.FrontendMessage.SaslResponse;
import io.penstock.protocol.message.FrontendMessage.SslRequest;
import io.penstock.protocol.message.FrontendMessage.Startup;
import io.penstock.protocol.message.FrontendMessage.Sync;
import io.penstock.protocol.message.FrontendMessage.Terminate;
import java.nio.charset.Charset;

/** Writes the messages of a client. */
final class FrontendEncoder {
    private FrontendEncoder() {}

    static void encode(FrontendMessage message, ByteBuf out, Charset charset) {
        switch (message) {
            case Startup startup -> startup(startup, MessageWriter.untyped(out, charset));
            case SslRequest _ ->
                untyped(out, charset).int32(ProtocolVersion.SSL_REQUEST).end();
            case GssEncRequest _ ->
                untyped(out, charset).int32(ProtocolVersion.GSSENC_REQUEST).end();
            case CancelRequest cancel ->
                untyped(out, charset)
                        .int32(ProtocolVersion.CANCEL_REQUEST)
                        .int32(cancel.processId())
                        .bytes(cancel.secretKey())
                        .end();
            case Query query ->
                typed(FrontendType.QUERY, out, charset).text(query.sql()).end();
            case Parse parse ->
                typed(FrontendType.PARSE, out, charset)
                        .text(parse.statement())
                        .text(parse.sql())
                        .int32s(parse.parameterTypes())
                        .end();
            case Bind bind ->
                typed(FrontendType.BIND, out, charset)
                        .text(bind.portal())
                        .text(bind.statement())
                        .int16s(bind.parameterFormats())
                        .values(bind.parameters())
                        .int16s(bind.resultFormats())
                        .end();
            case Describe describe ->
                typed(FrontendType.DESCRIBE, out, charset)
                        .int8(describe.target().code())
                        .text(describe.name())
                        .end();
            case Execute execute ->
                typed(FrontendType.EXECUTE, out, charset)
                        .text(execute.portal())
                        .int32(execute.maxRows())
                        .end();
            case Close close ->
                typed(FrontendType.CLOSE, out, charset)
                        .int8(close.target().code())
                        .text(close.name())
                        .end();
            case Flush _ -> typed(FrontendType.FLUSH, out, charset).end();
            case Sync _ -> typed(FrontendType.SYNC, out, charset).end();
            case Terminate _ -> typed(FrontendType.TERMINATE, out, charset).end();
            case AuthenticationData data ->
                typed(FrontendType.AUTHENTICATION, out, charset)
                        .bytes(data.data())
                        .end();
            case PasswordMessage password ->
                typed(FrontendType.AUTHENTICATION, out, charset)
                        .text(password.password())
                        .end();
            case SaslInitialResponse initial ->
                typed(FrontendType.AUTHENTICATION, out, charset)
                        .text(initial.mechanism())
                        .value(initial.data())
                        .end();
            case SaslResponse response ->
                typed(FrontendType.AUTHENTICATION, out, charset)
                        .bytes(response.data())
                        .end();
            case CopyData data ->
                typed(FrontendType.COPY_DATA, out, charset).bytes(data.data()).end();
            case CopyDone _ -> typed(FrontendType.COPY_DONE, out, charset).end();
            case CopyFail fail ->
                typed(FrontendType.COPY_FAIL, out, charset).text(fail.reason()).end();
            case FunctionCall call ->
                typed(FrontendType.FUNCTION_CALL, out, charset)
                        .int32(call.functionId())
                        .int16s(call.argumentFormats())
                        .values(call.arguments())
                        .int16(call.resultFormat())
                        .end();
        }
    }

    private static MessageWriter typed(byte type, ByteBuf out, Charset charset) {
        return MessageWriter.typed(type, out, charset);
    }

    private static MessageWriter untyped(ByteBuf out, Charset charset) {
        return MessageWriter.untyped(out, charset);
    }

    private static void startup(Startup startup, MessageWriter writer) {
        writer.int32(startup.protocolVersion());
        startup.parameters().forEach((name, value) -> writer.text(name).text(value));
        writer.int8(0).end();
    }
}
