package io.penstock.protocol.message;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and writes the messages of a server. Decoding does not take the frame over: release it yourself. What is wrong with a message
 * is always a {@link io.penstock.protocol.error.ProtocolViolation}. Text that is not in its encoding is replaced, not refused: errors of
 * the login come in an encoding that nobody has agreed on.
 */
public final class BackendMessages {
    /** Name with its end, table, column, type, size, modifier, format. */
    private static final int SHORTEST_COLUMN = 1 + 4 + 2 + 4 + 2 + 4 + 2;

    private BackendMessages() {}

    /** The message of a frame, its text in UTF-8. */
    public static BackendMessage decode(Frame frame) {
        return decode(frame, StandardCharsets.UTF_8);
    }

    /** The message with its text in the session's client_encoding. */
    public static BackendMessage decode(Frame frame, Charset charset) {
        MessageReader reader = MessageReader.lenient(frame.body(), charset);
        BackendMessage message = switch (frame.type()) {
            case BackendType.AUTHENTICATION -> AuthenticationDecoder.decode(reader);
            case BackendType.BACKEND_KEY_DATA -> keyData(reader);
            case BackendType.BIND_COMPLETE -> new BindComplete();
            case BackendType.CLOSE_COMPLETE -> new CloseComplete();
            case BackendType.COMMAND_COMPLETE -> new CommandComplete(reader.text());
            case BackendType.COPY_BOTH_RESPONSE -> new CopyBothResponse(reader.int8(), reader.int16s());
            case BackendType.COPY_DATA -> new CopyData(reader.rest());
            case BackendType.COPY_DONE -> new CopyDone();
            case BackendType.COPY_IN_RESPONSE -> new CopyInResponse(reader.int8(), reader.int16s());
            case BackendType.COPY_OUT_RESPONSE -> new CopyOutResponse(reader.int8(), reader.int16s());
            case BackendType.DATA_ROW -> new DataRow(reader.values());
            case BackendType.EMPTY_QUERY_RESPONSE -> new EmptyQueryResponse();
            case BackendType.ERROR_RESPONSE -> new ErrorResponse(reportFields(reader));
            case BackendType.FUNCTION_CALL_RESPONSE -> new FunctionCallResponse(reader.value());
            case BackendType.NEGOTIATE_PROTOCOL_VERSION -> negotiate(reader);
            case BackendType.NO_DATA -> new NoData();
            case BackendType.NOTICE_RESPONSE -> new NoticeResponse(reportFields(reader));
            case BackendType.NOTIFICATION_RESPONSE ->
                new NotificationResponse(reader.int32(), reader.text(), reader.text());
            case BackendType.PARAMETER_DESCRIPTION -> new ParameterDescription(reader.int32s());
            case BackendType.PARAMETER_STATUS -> new ParameterStatus(reader.text(), reader.text());
            case BackendType.PARSE_COMPLETE -> new ParseComplete();
            case BackendType.PORTAL_SUSPENDED -> new PortalSuspended();
            case BackendType.READY_FOR_QUERY -> new ReadyForQuery(TransactionStatus.of(reader.int8()));
            case BackendType.ROW_DESCRIPTION -> rowDescription(reader);
            default -> throw ErrorCode.UNKNOWN_MESSAGE_TYPE.violation(frame.type() & 0xff);
        };
        reader.end();
        return message;
    }

    /** Appends the message, its text in UTF-8. */
    public static void encode(BackendMessage message, ByteBuf out) {
        encode(message, out, StandardCharsets.UTF_8);
    }

    /** Appends the message, its text in the session's client_encoding. */
    public static void encode(BackendMessage message, ByteBuf out, Charset charset) {
        BackendEncoder.encode(message, out, charset);
    }

    private static BackendKeyData keyData(MessageReader reader) {
        int processId = reader.int32();
        if (!SecretKeys.fits(reader.remaining())) {
            throw ErrorCode.MALFORMED_MESSAGE.violation("invalid length of cancel key");
        }
        return new BackendKeyData(processId, reader.rest());
    }

    private static NegotiateProtocolVersion negotiate(MessageReader reader) {
        int version = reader.int32();
        int count = reader.int32();
        // Each takes its zero byte at least.
        if (count < 0 || count > reader.remaining()) {
            throw ErrorCode.MALFORMED_MESSAGE.violation("insufficient data left in message");
        }
        List<String> options = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            options.add(reader.text());
        }
        return new NegotiateProtocolVersion(version, options);
    }

    private static List<ReportField> reportFields(MessageReader reader) {
        List<ReportField> fields = new ArrayList<>();
        for (byte type = reader.int8(); type != 0; type = reader.int8()) {
            fields.add(new ReportField(type, reader.text()));
        }
        return fields;
    }

    private static RowDescription rowDescription(MessageReader reader) {
        int count = reader.count(SHORTEST_COLUMN);
        List<Column> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            columns.add(new Column(
                    reader.text(),
                    reader.int32(),
                    reader.int16(),
                    reader.int32(),
                    reader.int16(),
                    reader.int32(),
                    reader.int16()));
        }
        return new RowDescription(columns);
    }
}
