package io.penstock.protocol.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.penstock.protocol.Golden;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.message.BackendMessage.Column;
import io.penstock.protocol.message.BackendMessage.ReportField;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** At least one message of every kind, with empty, ordinary and extreme contents. */
final class Samples {
    private static final short[] TEXT = {};
    private static final short[] BINARY = {1};

    private Samples() {}

    static List<FrontendMessage> frontend() {
        return List.of(
                new FrontendMessage.Startup(ProtocolVersion.V3_0, Map.of()),
                new FrontendMessage.Startup(ProtocolVersion.V3_2, parameters()),
                new FrontendMessage.SslRequest(),
                new FrontendMessage.GssEncRequest(),
                new FrontendMessage.CancelRequest(4711, bytes("key4")),
                new FrontendMessage.CancelRequest(-1, new byte[256]),
                new FrontendMessage.Query(""),
                new FrontendMessage.Query("select 'Grüße', '\uD83D\uDE00'"),
                new FrontendMessage.Parse("", "select $1", new int[] {}),
                new FrontendMessage.Parse("s1", "select $1, $2", new int[] {23, 0}),
                new FrontendMessage.Bind("", "s1", TEXT, List.of(), TEXT),
                new FrontendMessage.Bind("p1", "s1", BINARY, List.of(new byte[4], new byte[0]), new short[] {0, 1}),
                new FrontendMessage.Bind("p1", "s1", new short[] {0, 1}, Arrays.asList(bytes("x"), null), BINARY),
                new FrontendMessage.Describe(Target.STATEMENT, "s1"),
                new FrontendMessage.Describe(Target.PORTAL, ""),
                new FrontendMessage.Execute("p1", 100),
                new FrontendMessage.Execute("", 0),
                new FrontendMessage.Close(Target.STATEMENT, "s1"),
                new FrontendMessage.Close(Target.PORTAL, "p1"),
                new FrontendMessage.Flush(),
                new FrontendMessage.Sync(),
                new FrontendMessage.Terminate(),
                new FrontendMessage.AuthenticationData(bytes("anything")),
                new FrontendMessage.CopyData(new byte[0]),
                new FrontendMessage.CopyData(bytes("1\tx\n")),
                new FrontendMessage.CopyDone(),
                new FrontendMessage.CopyFail("gave up"),
                new FrontendMessage.FunctionCall(
                        42, new short[] {1}, Arrays.asList(bytes("a"), null, new byte[0]), (short) 1));
    }

    static List<BackendMessage> backend() {
        return List.of(
                new BackendMessage.AuthenticationOk(),
                new BackendMessage.AuthenticationKerberosV5(),
                new BackendMessage.AuthenticationCleartextPassword(),
                new BackendMessage.AuthenticationMd5Password(bytes("salt")),
                new BackendMessage.AuthenticationGss(),
                new BackendMessage.AuthenticationGssContinue(bytes("token")),
                new BackendMessage.AuthenticationSspi(),
                new BackendMessage.AuthenticationSasl(List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256")),
                new BackendMessage.AuthenticationSaslContinue(bytes("r=abc,s=AAAA,i=4096")),
                new BackendMessage.AuthenticationSaslFinal(bytes("v=AAAA")),
                new BackendMessage.BackendKeyData(4711, bytes("key4")),
                new BackendMessage.BackendKeyData(4711, new byte[32]),
                new BackendMessage.BindComplete(),
                new BackendMessage.CloseComplete(),
                new BackendMessage.CommandComplete("INSERT 0 1"),
                new BackendMessage.CopyData(bytes("1\tx\n")),
                new BackendMessage.CopyDone(),
                new BackendMessage.CopyInResponse((byte) 0, new short[] {0, 0}),
                new BackendMessage.CopyOutResponse((byte) 1, new short[] {1}),
                new BackendMessage.CopyBothResponse((byte) 0, TEXT),
                new BackendMessage.DataRow(List.of()),
                new BackendMessage.DataRow(Arrays.asList(bytes("1"), null, new byte[0])),
                new BackendMessage.EmptyQueryResponse(),
                BackendMessage.ErrorResponse.of(fullError()),
                new BackendMessage.ErrorResponse(List.of(new ReportField((byte) 'Z', "a field of tomorrow"))),
                new BackendMessage.ErrorResponse(List.of()),
                new BackendMessage.FunctionCallResponse(null),
                new BackendMessage.FunctionCallResponse(bytes("42")),
                new BackendMessage.NegotiateProtocolVersion(ProtocolVersion.V3_2, List.of("_pq_.x", "_pq_.y")),
                new BackendMessage.NegotiateProtocolVersion(ProtocolVersion.V3_0, List.of()),
                new BackendMessage.NoData(),
                BackendMessage.NoticeResponse.of(ErrorCode.DRY_RUN.error("salesforce")),
                new BackendMessage.NotificationResponse(4711, "channel", "payload"),
                new BackendMessage.ParameterDescription(new int[] {}),
                new BackendMessage.ParameterDescription(new int[] {23, 25}),
                new BackendMessage.ParameterStatus("TimeZone", "Europe/Berlin"),
                new BackendMessage.ParseComplete(),
                new BackendMessage.PortalSuspended(),
                new BackendMessage.ReadyForQuery(TransactionStatus.IDLE),
                new BackendMessage.ReadyForQuery(TransactionStatus.IN_BLOCK),
                new BackendMessage.ReadyForQuery(TransactionStatus.FAILED),
                new BackendMessage.RowDescription(List.of()),
                new BackendMessage.RowDescription(List.of(
                        new Column("id", 16384, (short) 1, 25, (short) -1, -1, (short) 0),
                        new Column("?column?", 0, (short) 0, 23, (short) 4, -1, (short) 1))));
    }

    /** An error with every field set. */
    static PgError fullError() {
        return new PgError(
                Severity.ERROR,
                "23514",
                "salesforce validation error",
                "Key (email)=(pauldune.co) is not a valid email address.",
                "Mend the address.",
                "salesforce",
                "contacts",
                "email",
                "salesforce:INVALID_EMAIL_ADDRESS");
    }

    static byte[] encoded(FrontendMessage message) {
        ByteBuf out = Unpooled.buffer();
        FrontendMessages.encode(message, out);
        return Golden.bytes(out);
    }

    static byte[] encoded(BackendMessage message) {
        ByteBuf out = Unpooled.buffer();
        BackendMessages.encode(message, out);
        return Golden.bytes(out);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", "paul.sync_j8sual");
        parameters.put("database", "crm");
        parameters.put("options", "");
        parameters.put("_pq_.something", "1");
        return parameters;
    }
}
