package io.penstock.protocol.message;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.error.Severity;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the packets without a type byte that begin a connection. All that is wrong with them is fatal. */
final class StartupDecoder {
    private StartupDecoder() {}

    static FrontendMessage decode(ByteBuf body) {
        MessageReader reader = MessageReader.strict(body, StandardCharsets.UTF_8);
        try {
            int version = reader.int32();
            return switch (version) {
                case ProtocolVersion.SSL_REQUEST -> ended(reader, new FrontendMessage.SslRequest());
                case ProtocolVersion.GSSENC_REQUEST -> ended(reader, new FrontendMessage.GssEncRequest());
                case ProtocolVersion.CANCEL_REQUEST -> cancel(reader);
                default -> startup(version, reader);
            };
        } catch (ProtocolViolation e) {
            PgError error = e.error();
            throw error.severity() == Severity.FATAL ? e : new ProtocolViolation(error.withSeverity(Severity.FATAL));
        }
    }

    private static FrontendMessage ended(MessageReader reader, FrontendMessage message) {
        reader.end();
        return message;
    }

    private static FrontendMessage cancel(MessageReader reader) {
        int processId = reader.int32();
        if (!SecretKeys.fits(reader.remaining())) {
            throw ErrorCode.INVALID_STARTUP.violation("invalid length of cancel key");
        }
        return new FrontendMessage.CancelRequest(processId, reader.rest());
    }

    private static FrontendMessage startup(int version, MessageReader reader) {
        // Before anything else of it is read: only the version says what the rest means.
        if (ProtocolVersion.major(version) != 3) {
            throw ErrorCode.UNSUPPORTED_PROTOCOL_VERSION.violation(ProtocolVersion.text(version));
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        String name = terminated(reader);
        while (!name.isEmpty()) {
            parameters.put(name, terminated(reader));
            name = terminated(reader);
        }
        if (reader.remaining() > 0) {
            throw badLayout();
        }
        return new FrontendMessage.Startup(version, parameters);
    }

    private static String terminated(MessageReader reader) {
        if (reader.remaining() == 0) {
            throw badLayout();
        }
        return reader.text();
    }

    private static ProtocolViolation badLayout() {
        return ErrorCode.INVALID_STARTUP.violation("expected terminator as last byte");
    }
}
