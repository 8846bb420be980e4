package io.penstock.protocol.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.frame.BackendFramer;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendFramer;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import io.penstock.protocol.message.Target;
import io.penstock.protocol.message.TransactionStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages as short lines, to write conversations with: the type letter of the protocol, then what matters.
 *
 * <pre>
 * client  Q sql                 P statement:sql      B portal:statement   D portal   DS statement   E portal   E portal/rows
 *         C portal  CS statement   H flush   S sync   X terminate   d data   c done   f reason   F function call
 * server  1 2 3 n s I t T G H c V       D value   d data   C tag   Z status   E sqlstate   EF sqlstate (fatal)   N sqlstate
 *         S name=value   A notification
 * </pre>
 */
final class Notation {
    private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

    private Notation() {}

    static Frame client(String line) {
        String type = head(line);
        String rest = tail(line);
        int colon = rest.indexOf(':');
        int slash = rest.indexOf('/');
        return frame(
                switch (type) {
                    case "Q" -> new FrontendMessage.Query(rest);
                    case "P" ->
                        new FrontendMessage.Parse(rest.substring(0, colon), rest.substring(colon + 1), new int[0]);
                    case "B" ->
                        new FrontendMessage.Bind(
                                rest.substring(0, colon),
                                rest.substring(colon + 1),
                                new short[0],
                                List.of(),
                                new short[0]);
                    case "D" -> new FrontendMessage.Describe(Target.PORTAL, rest);
                    case "DS" -> new FrontendMessage.Describe(Target.STATEMENT, rest);
                    case "E" ->
                        slash < 0
                                ? new FrontendMessage.Execute(rest, 0)
                                : new FrontendMessage.Execute(
                                        rest.substring(0, slash), Integer.parseInt(rest.substring(slash + 1)));
                    case "C" -> new FrontendMessage.Close(Target.PORTAL, rest);
                    case "CS" -> new FrontendMessage.Close(Target.STATEMENT, rest);
                    case "H" -> new FrontendMessage.Flush();
                    case "S" -> new FrontendMessage.Sync();
                    case "X" -> new FrontendMessage.Terminate();
                    case "d" -> new FrontendMessage.CopyData(rest.getBytes(StandardCharsets.UTF_8));
                    case "c" -> new FrontendMessage.CopyDone();
                    case "f" -> new FrontendMessage.CopyFail(rest);
                    case "F" -> new FrontendMessage.FunctionCall(1, new short[0], List.of(), (short) 0);
                    default -> throw new IllegalArgumentException(line);
                });
    }

    static Frame server(String line) {
        String rest = tail(line);
        return frame(
                switch (head(line)) {
                    case "1" -> new BackendMessage.ParseComplete();
                    case "2" -> new BackendMessage.BindComplete();
                    case "3" -> new BackendMessage.CloseComplete();
                    case "n" -> new BackendMessage.NoData();
                    case "s" -> new BackendMessage.PortalSuspended();
                    case "I" -> new BackendMessage.EmptyQueryResponse();
                    case "t" -> new BackendMessage.ParameterDescription(new int[0]);
                    case "T" -> new BackendMessage.RowDescription(List.of());
                    case "G" -> new BackendMessage.CopyInResponse((byte) 0, new short[0]);
                    case "H" -> new BackendMessage.CopyOutResponse((byte) 0, new short[0]);
                    case "c" -> new BackendMessage.CopyDone();
                    case "V" -> new BackendMessage.FunctionCallResponse(null);
                    case "D" -> new BackendMessage.DataRow(List.of(rest.getBytes(StandardCharsets.UTF_8)));
                    case "d" -> new BackendMessage.CopyData(rest.getBytes(StandardCharsets.UTF_8));
                    case "C" -> new BackendMessage.CommandComplete(rest);
                    case "Z" -> new BackendMessage.ReadyForQuery(TransactionStatus.of((byte) rest.charAt(0)));
                    case "E" -> BackendMessage.ErrorResponse.of(PgError.of(Severity.ERROR, rest, "failed"));
                    case "EF" -> BackendMessage.ErrorResponse.of(PgError.of(Severity.FATAL, rest, "failed"));
                    case "N" -> BackendMessage.NoticeResponse.of(PgError.of(Severity.WARNING, rest, "beware"));
                    case "A" -> new BackendMessage.NotificationResponse(1, "channel", "");
                    case "S" ->
                        new BackendMessage.ParameterStatus(
                                rest.substring(0, rest.indexOf('=')), rest.substring(rest.indexOf('=') + 1));
                    default -> throw new IllegalArgumentException(line);
                });
    }

    /** All messages of a buffer that goes to the server. Releases it. */
    static List<String> toServer(ByteBuf bytes) {
        List<String> lines = new ArrayList<>();
        try (FrontendFramer framer = new FrontendFramer(ALLOCATOR)) {
            framer.feed(bytes);
            for (Frame frame = framer.poll(); frame != null; frame = framer.poll()) {
                lines.add(line(FrontendMessages.decode(frame)));
                frame.release();
            }
        }
        return lines;
    }

    /** All messages of a buffer that goes to the client. Releases it. */
    static List<String> toClient(ByteBuf bytes) {
        List<String> lines = new ArrayList<>();
        try (BackendFramer framer = new BackendFramer(ALLOCATOR)) {
            framer.feed(bytes);
            for (Frame frame = framer.poll(); frame != null; frame = framer.poll()) {
                lines.add(line(frame));
                frame.release();
            }
        }
        return lines;
    }

    static String line(Frame frame) {
        return switch (BackendMessages.decode(frame)) {
            case BackendMessage.DataRow row -> "D " + new String(row.values().getFirst(), StandardCharsets.UTF_8);
            case BackendMessage.CopyData data -> "d " + new String(data.data(), StandardCharsets.UTF_8);
            case BackendMessage.CommandComplete complete -> "C " + complete.tag();
            case BackendMessage.ReadyForQuery ready ->
                "Z " + (char) ready.status().code();
            case BackendMessage.ErrorResponse error ->
                (error.error().severity() == Severity.FATAL ? "EF " : "E ")
                        + error.error().sqlState();
            case BackendMessage.NoticeResponse notice -> "N " + notice.notice().sqlState();
            case BackendMessage.ParameterStatus status -> "S " + status.name() + "=" + status.value();
            case BackendMessage.BackendKeyData key -> "K " + key.processId() + "/" + key.secretKey().length;
            case BackendMessage.AuthenticationOk _ -> "R ok";
            case BackendMessage.AuthenticationSasl sasl -> "R sasl " + sasl.mechanisms();
            case BackendMessage.AuthenticationSaslContinue _ -> "R continue";
            case BackendMessage.AuthenticationSaslFinal _ -> "R final";
            case BackendMessage.NegotiateProtocolVersion negotiate ->
                "v " + negotiate.protocolVersion() + negotiate.unsupportedOptions();
            default -> String.valueOf((char) frame.type());
        };
    }

    private static String line(FrontendMessage message) {
        return switch (message) {
            case FrontendMessage.Query query -> "Q " + query.sql();
            case FrontendMessage.Parse parse ->
                "P " + parse.statement() + ":" + parse.sql().strip();
            case FrontendMessage.Bind bind -> "B " + bind.portal() + ":" + bind.statement();
            case FrontendMessage.Describe describe ->
                (describe.target() == Target.PORTAL ? "D " : "DS ") + describe.name();
            case FrontendMessage.Execute execute ->
                "E " + execute.portal() + (execute.maxRows() > 0 ? "/" + execute.maxRows() : "");
            case FrontendMessage.Close close -> (close.target() == Target.PORTAL ? "C " : "CS ") + close.name();
            case FrontendMessage.Flush _ -> "H";
            case FrontendMessage.Sync _ -> "S";
            case FrontendMessage.Terminate _ -> "X";
            case FrontendMessage.CopyData data -> "d " + new String(data.data(), StandardCharsets.UTF_8);
            case FrontendMessage.CopyDone _ -> "c";
            case FrontendMessage.CopyFail fail -> "f " + fail.reason();
            case FrontendMessage.FunctionCall _ -> "F";
            default -> throw new IllegalArgumentException(message.toString());
        };
    }

    static Frame frame(FrontendMessage message) {
        ByteBuf bytes = ALLOCATOR.buffer();
        FrontendMessages.encode(message, bytes);
        boolean typed = !(message instanceof FrontendMessage.Startup
                || message instanceof FrontendMessage.SslRequest
                || message instanceof FrontendMessage.GssEncRequest
                || message instanceof FrontendMessage.CancelRequest);
        return new Frame(typed ? bytes.getByte(0) : Frame.STARTUP, bytes);
    }

    private static Frame frame(BackendMessage message) {
        ByteBuf bytes = ALLOCATOR.buffer();
        BackendMessages.encode(message, bytes);
        return new Frame(bytes.getByte(0), bytes);
    }

    private static String head(String line) {
        int space = line.indexOf(' ');
        return space < 0 ? line : line.substring(0, space);
    }

    private static String tail(String line) {
        int space = line.indexOf(' ');
        return space < 0 ? "" : line.substring(space + 1);
    }
}
