package io.penstock.protocol.session;

import io.netty.buffer.Unpooled;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import io.penstock.protocol.message.ProtocolVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The packets before a client has said who it is.
 *
 * <pre>
 * packet           when                        answer
 * SSLRequest       the first one, offered      startTls, which answers 'S'
 *                  the first one, not offered  'N': go on in plain text, or leave
 *                  inside of direct TLS        'N'
 * GSSENCRequest    the first one               'N'
 *                  inside of TLS               FATAL, unless the connection began with TLS: then 'N'
 * either           again                       FATAL, as Postgres, to which its number then is a protocol version
 * either           with bytes behind it        FATAL: somebody stuffed them in before the encryption began (CVE-2021-23214)
 * CancelRequest    any time                    routed; closed without an answer when it has been delivered
 * StartupMessage   plain, TLS is required      FATAL
 *                  version 3.0 to 3.2          taken
 *                  later, or unknown options   NegotiateProtocolVersion, taken as 3.2
 *                  without a user              FATAL
 *                  of user.sync_id             taken, for the database that the sync_id means
 * anything else                                FATAL
 * </pre>
 */
final class StartupPhase {
    /**
     * Who the client wants to be and where.
     *
     * @param parameters all others, in order
     */
    record Request(int protocolVersion, String user, String database, Map<String, String> parameters) {}

    private static final byte REFUSED = 'N';
    /** Options of the protocol itself are between client and proxy, and not passed on. */
    private static final String PROTOCOL_OPTION = "_pq_.";

    private final SessionEffects effects;
    private final Outgoing out;
    private final StartupRules rules;
    private boolean encrypted;
    private boolean sslAsked;
    private boolean gssAsked;
    private boolean cancelled;

    StartupPhase(SessionEffects effects, Outgoing out, StartupRules rules) {
        this.effects = effects;
        this.out = out;
        this.rules = rules;
    }

    /** From here on packets come through TLS. */
    void encrypted() {
        encrypted = true;
    }

    /**
     * Takes one packet, but does not release it.
     *
     * @param stuffed whether more bytes have arrived behind it
     * @return what the client asks for; null if that is still to come, or never
     * @throws ProtocolViolation always fatal
     */
    @Nullable
    Request accept(Frame packet, boolean stuffed) {
        return switch (FrontendMessages.decode(packet)) {
            case FrontendMessage.SslRequest _ -> {
                check("SSL", sslAsked, ProtocolVersion.SSL_REQUEST, stuffed);
                sslAsked = true;
                if (encrypted || rules.encryption() == StartupRules.Encryption.NONE) {
                    refuse();
                } else {
                    gssAsked = true; // one encryption is enough
                    effects.startTls();
                }
                yield null;
            }
            case FrontendMessage.GssEncRequest _ -> {
                check("GSSAPI encryption", gssAsked, ProtocolVersion.GSSENC_REQUEST, stuffed);
                gssAsked = true;
                refuse();
                yield null;
            }
            case FrontendMessage.CancelRequest cancel -> {
                cancelled = true;
                effects.routeCancel(cancel.processId(), cancel.secretKey());
                yield null;
            }
            case FrontendMessage.Startup startup -> request(startup);
            default -> throw ErrorCode.INVALID_STARTUP.violation("not a startup message");
        };
    }

    /** Whether the connection was one for a CancelRequest. */
    boolean cancelled() {
        return cancelled;
    }

    private static void check(String name, boolean asked, int code, boolean stuffed) {
        if (asked) {
            throw ErrorCode.UNSUPPORTED_PROTOCOL_VERSION.violation(ProtocolVersion.text(code));
        }
        if (stuffed) {
            throw ErrorCode.UNENCRYPTED_DATA_AFTER_REQUEST.violation(name);
        }
    }

    private void refuse() {
        out.toClient(Unpooled.wrappedBuffer(new byte[] {REFUSED}));
    }

    private Request request(FrontendMessage.Startup startup) {
        String user = startup.user();
        String database = startup.database();
        if (user == null || user.isEmpty() || database == null) {
            throw new ProtocolViolation(ErrorCode.NO_USER_NAME.error());
        }
        if (!encrypted && rules.encryption() == StartupRules.Encryption.REQUIRED) {
            throw new ProtocolViolation(ErrorCode.CONNECTION_NOT_ALLOWED
                    .error(user, database)
                    .withDetail("The connection is not encrypted.")
                    .withHint("Connect with sslmode=verify-full, or require at the least."));
        }
        List<String> unknown = startup.parameters().keySet().stream()
                .filter(name -> name.startsWith(PROTOCOL_OPTION))
                .toList();
        int version = Math.min(startup.protocolVersion(), ProtocolVersion.V3_2);
        if (version != startup.protocolVersion() || !unknown.isEmpty()) {
            out.toClient(new BackendMessage.NegotiateProtocolVersion(version, unknown));
        }
        Map<String, String> parameters = new LinkedHashMap<>(startup.parameters());
        parameters.keySet().removeIf(name -> name.equals("user") || name.equals("database"));
        unknown.forEach(parameters::remove);
        int dot = user.lastIndexOf('.');
        String ofSync = rules.databaseOfSync().get(user.substring(dot + 1));
        return dot < 1 || ofSync == null
                ? new Request(version, user, database, parameters)
                : new Request(version, user.substring(0, dot), ofSync, parameters);
    }

    /** For a client that has not got through: what it is told. */
    static PgError fatal(PgError error) {
        return error.severity().endsSession() ? error : error.withSeverity(Severity.FATAL);
    }
}
