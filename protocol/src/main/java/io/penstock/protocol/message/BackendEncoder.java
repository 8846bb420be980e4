package io.penstock.protocol.message;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.message.BackendMessage.Authentication;
import io.penstock.protocol.message.BackendMessage.AuthenticationCleartextPassword;
import io.penstock.protocol.message.BackendMessage.AuthenticationGss;
import io.penstock.protocol.message.BackendMessage.AuthenticationGssContinue;
import io.penstock.protocol.message.BackendMessage.AuthenticationKerberosV5;
import io.penstock.protocol.message.BackendMessage.AuthenticationMd5Password;
import io.penstock.protocol.message.BackendMessage.AuthenticationOk;
import io.penstock.protocol.message.BackendMessage.AuthenticationSasl;
import io.penstock.protocol.message.BackendMessage.AuthenticationSaslContinue;
import io.penstock.protocol.message.BackendMessage.AuthenticationSaslFinal;
import io.penstock.protocol.message.BackendMessage.AuthenticationSspi;
import io.penstock.protocol.message.BackendMessage.BackendKeyData;
import io.penstock.protocol.message.BackendMessage.BindComplete;
import io.penstock.protocol.message.BackendMessage.CloseComplete;
import io.penstock.protocol.message.BackendMessage.Column;
import io.penstock.protocol.message.BackendMessage.CommandComplete;
import io.penstock.protocol.message.BackendMessage.CopyBothResponse;
import io.penstock.protocol.message.BackendMessage.CopyData;
import io.penstock.protocol.message.BackendMessage.CopyDone;
import io.penstock.protocol.message.BackendMessage.CopyInResponse;
import io.penstock.protocol.message.BackendMessage.CopyOutResponse;
import io.penstock.protocol.message.BackendMessage.DataRow;
import io.penstock.protocol.message.BackendMessage.EmptyQueryResponse;
import io.penstock.protocol.message.BackendMessage.ErrorResponse;
import io.penstock.protocol.message.BackendMessage.FunctionCallResponse;
import io.penstock.protocol.message.BackendMessage.NegotiateProtocolVersion;
import io.penstock.protocol.message.BackendMessage.NoData;
import io.penstock.protocol.message.BackendMessage.NoticeResponse;
import io.penstock.protocol.message.BackendMessage.NotificationResponse;
import io.penstock.protocol.message.BackendMessage.ParameterDescription;
import io.penstock.protocol.message.BackendMessage.ParameterStatus;
import io.penstock.protocol.message.BackendMessage.ParseComplete;
import io.penstock.protocol.message.BackendMessage.PortalSuspended;
import io.penstock.protocol.message.BackendMessage.ReadyForQuery;
import io.penstock.protocol.message.BackendMessage.ReportField;
import io.penstock.protocol.message.BackendMessage.RowDescription;
import java.nio.charset.Charset;
import java.util.List;

/** Writes the messages of a server. */
final class BackendEncoder {
    private BackendEncoder() {}

    static void encode(BackendMessage message, ByteBuf out, Charset charset) {
        switch (message) {
            case Authentication authentication -> authentication(authentication, out, charset);
            case BackendKeyData key ->
                typed(BackendType.BACKEND_KEY_DATA, out, charset)
                        .int32(key.processId())
                        .bytes(key.secretKey())
                        .end();
            case BindComplete _ ->
                typed(BackendType.BIND_COMPLETE, out, charset).end();
            case CloseComplete _ ->
                typed(BackendType.CLOSE_COMPLETE, out, charset).end();
            case CommandComplete complete ->
                typed(BackendType.COMMAND_COMPLETE, out, charset)
                        .text(complete.tag())
                        .end();
            case CopyData data ->
                typed(BackendType.COPY_DATA, out, charset).bytes(data.data()).end();
            case CopyDone _ -> typed(BackendType.COPY_DONE, out, charset).end();
            case CopyInResponse copy ->
                typed(BackendType.COPY_IN_RESPONSE, out, charset)
                        .int8(copy.format())
                        .int16s(copy.columnFormats())
                        .end();
            case CopyOutResponse copy ->
                typed(BackendType.COPY_OUT_RESPONSE, out, charset)
                        .int8(copy.format())
                        .int16s(copy.columnFormats())
                        .end();
            case CopyBothResponse copy ->
                typed(BackendType.COPY_BOTH_RESPONSE, out, charset)
                        .int8(copy.format())
                        .int16s(copy.columnFormats())
                        .end();
            case DataRow row ->
                typed(BackendType.DATA_ROW, out, charset).values(row.values()).end();
            case EmptyQueryResponse _ ->
                typed(BackendType.EMPTY_QUERY_RESPONSE, out, charset).end();
            case ErrorResponse error -> report(BackendType.ERROR_RESPONSE, error.fields(), out, charset);
            case FunctionCallResponse response ->
                typed(BackendType.FUNCTION_CALL_RESPONSE, out, charset)
                        .value(response.value())
                        .end();
            case NegotiateProtocolVersion negotiate -> negotiate(negotiate, out, charset);
            case NoData _ -> typed(BackendType.NO_DATA, out, charset).end();
            case NoticeResponse notice -> report(BackendType.NOTICE_RESPONSE, notice.fields(), out, charset);
            case NotificationResponse notification ->
                typed(BackendType.NOTIFICATION_RESPONSE, out, charset)
                        .int32(notification.processId())
                        .text(notification.channel())
                        .text(notification.payload())
                        .end();
            case ParameterDescription parameters ->
                typed(BackendType.PARAMETER_DESCRIPTION, out, charset)
                        .int32s(parameters.types())
                        .end();
            case ParameterStatus status ->
                typed(BackendType.PARAMETER_STATUS, out, charset)
                        .text(status.name())
                        .text(status.value())
                        .end();
            case ParseComplete _ ->
                typed(BackendType.PARSE_COMPLETE, out, charset).end();
            case PortalSuspended _ ->
                typed(BackendType.PORTAL_SUSPENDED, out, charset).end();
            case ReadyForQuery ready ->
                typed(BackendType.READY_FOR_QUERY, out, charset)
                        .int8(ready.status().code())
                        .end();
            case RowDescription description -> rowDescription(description, out, charset);
        }
    }

    private static void authentication(Authentication request, ByteBuf out, Charset charset) {
        MessageWriter writer = typed(BackendType.AUTHENTICATION, out, charset);
        switch (request) {
            case AuthenticationOk _ -> writer.int32(AuthenticationDecoder.OK);
            case AuthenticationKerberosV5 _ -> writer.int32(AuthenticationDecoder.KERBEROS_V5);
            case AuthenticationCleartextPassword _ -> writer.int32(AuthenticationDecoder.CLEARTEXT_PASSWORD);
            case AuthenticationMd5Password md5 ->
                writer.int32(AuthenticationDecoder.MD5_PASSWORD).bytes(md5.salt());
            case AuthenticationGss _ -> writer.int32(AuthenticationDecoder.GSS);
            case AuthenticationGssContinue gss ->
                writer.int32(AuthenticationDecoder.GSS_CONTINUE).bytes(gss.data());
            case AuthenticationSspi _ -> writer.int32(AuthenticationDecoder.SSPI);
            case AuthenticationSasl sasl -> {
                writer.int32(AuthenticationDecoder.SASL);
                sasl.mechanisms().forEach(writer::text);
                writer.int8(0);
            }
            case AuthenticationSaslContinue sasl ->
                writer.int32(AuthenticationDecoder.SASL_CONTINUE).bytes(sasl.data());
            case AuthenticationSaslFinal sasl ->
                writer.int32(AuthenticationDecoder.SASL_FINAL).bytes(sasl.data());
        }
        writer.end();
    }

    private static void report(byte type, List<ReportField> fields, ByteBuf out, Charset charset) {
        MessageWriter writer = typed(type, out, charset);
        for (ReportField field : fields) {
            writer.int8(field.type()).text(field.value());
        }
        writer.int8(0).end();
    }

    private static void negotiate(NegotiateProtocolVersion negotiate, ByteBuf out, Charset charset) {
        MessageWriter writer = typed(BackendType.NEGOTIATE_PROTOCOL_VERSION, out, charset)
                .int32(negotiate.protocolVersion())
                .int32(negotiate.unsupportedOptions().size());
        negotiate.unsupportedOptions().forEach(writer::text);
        writer.end();
    }

    private static void rowDescription(RowDescription description, ByteBuf out, Charset charset) {
        MessageWriter writer = typed(BackendType.ROW_DESCRIPTION, out, charset)
                .count(description.columns().size());
        for (Column column : description.columns()) {
            writer.text(column.name())
                    .int32(column.table())
                    .int16(column.column())
                    .int32(column.type())
                    .int16(column.typeSize())
                    .int32(column.typeModifier())
                    .int16(column.format());
        }
        writer.end();
    }

    private static MessageWriter typed(byte type, ByteBuf out, Charset charset) {
        return MessageWriter.typed(type, out, charset);
    }
}
