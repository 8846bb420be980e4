package io.penstock.protocol.message;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Every message that a client sends (PostgreSQL documentation, chapter "Message Formats"). {@link FrontendMessages} reads and writes
 * them.
 *
 * <p>Records that hold SQL, values or secrets print their sizes only, so that a message in a log gives nothing away. Arrays in them are
 * not copied: who makes a message does not change them afterwards.
 */
public sealed interface FrontendMessage {

    /**
     * The first packet of a session.
     *
     * @param protocolVersion see {@link ProtocolVersion}
     * @param parameters in the order sent; of a name sent twice the last value counts, as in PostgreSQL
     */
    record Startup(int protocolVersion, Map<String, String> parameters) implements FrontendMessage {
        public Startup {
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        }

        /** The user name, or null or empty if the client named none. */
        public @Nullable String user() {
            return parameters.get("user");
        }

        /** The database that the client named, else the one of the user's name. */
        public @Nullable String database() {
            String database = parameters.get("database");
            return database == null || database.isEmpty() ? user() : database;
        }
    }

    /** Asks for TLS. */
    record SslRequest() implements FrontendMessage {}

    /** Asks for GSSAPI encryption. */
    record GssEncRequest() implements FrontendMessage {}

    /**
     * Asks, on a connection of its own, to cancel what another one runs.
     *
     * @param secretKey 4 to 256 bytes; exactly 4 before protocol 3.2
     */
    record CancelRequest(int processId, byte[] secretKey) implements FrontendMessage {
        public CancelRequest {
            SecretKeys.check(secretKey);
        }

        @Override
        public String toString() {
            return "CancelRequest[" + processId + "]";
        }
    }

    /** A simple query: none, one or several statements. */
    record Query(String sql) implements FrontendMessage {
        @Override
        public String toString() {
            return "Query[" + sql.length() + " characters]";
        }
    }

    /**
     * Makes a prepared statement.
     *
     * @param statement its name, empty for the unnamed one
     * @param parameterTypes object ids, 0 where Postgres is to find out; may be shorter than the list of parameters
     */
    record Parse(String statement, String sql, int[] parameterTypes) implements FrontendMessage {
        @Override
        public String toString() {
            return "Parse[" + statement + ", " + sql.length() + " characters]";
        }
    }

    /**
     * Makes a portal of a prepared statement.
     *
     * @param parameterFormats none (all text), one (for all) or one for each parameter; 0 is text, 1 is binary
     * @param parameters values in their formats, null for NULL
     * @param resultFormats none (all text), one (for all) or one for each column
     */
    record Bind(
            String portal,
            String statement,
            short[] parameterFormats,
            List<byte @Nullable []> parameters,
            short[] resultFormats)
            implements FrontendMessage {
        public Bind {
            parameters = Collections.unmodifiableList(new ArrayList<>(parameters));
            if (parameterFormats.length > 1 && parameterFormats.length != parameters.size()) {
                throw new IllegalArgumentException("formats do not fit the parameters");
            }
        }

        /** The format of one parameter. */
        public short parameterFormat(int index) {
            return switch (parameterFormats.length) {
                case 0 -> 0;
                case 1 -> parameterFormats[0];
                default -> parameterFormats[index];
            };
        }

        @Override
        public String toString() {
            return "Bind[" + portal + ", " + statement + ", " + parameters.size() + " parameters]";
        }
    }

    /** Asks what a prepared statement or portal takes and gives. */
    record Describe(Target target, String name) implements FrontendMessage {}

    /**
     * Runs a portal.
     *
     * @param maxRows the number of rows after which to suspend it; 0 or less for all
     */
    record Execute(String portal, int maxRows) implements FrontendMessage {}

    /** Forgets a prepared statement or portal. */
    record Close(Target target, String name) implements FrontendMessage {}

    /** Asks for the answers so far. */
    record Flush() implements FrontendMessage {}

    /** Ends a group of extended messages: the implicit transaction, and the skipping after an error. */
    record Sync() implements FrontendMessage {}

    /** Ends the session. */
    record Terminate() implements FrontendMessage {}

    /** A {@code 'p'} message whose meaning depends on what the server asked; also GSSResponse and SSPI as they are. */
    record AuthenticationData(byte[] data) implements FrontendMessage {
        @Override
        public String toString() {
            return "AuthenticationData[" + data.length + " bytes]";
        }
    }

    /** The answer to a cleartext or MD5 password request. */
    record PasswordMessage(String password) implements FrontendMessage {
        @Override
        public String toString() {
            return "PasswordMessage[]";
        }
    }

    /** The client's choice of a SASL mechanism and, usually, its first message. */
    record SaslInitialResponse(String mechanism, byte @Nullable [] data) implements FrontendMessage {
        @Override
        public String toString() {
            return "SaslInitialResponse[" + mechanism + "]";
        }
    }

    /** The client's next SASL message. */
    record SaslResponse(byte[] data) implements FrontendMessage {
        @Override
        public String toString() {
            return "SaslResponse[" + data.length + " bytes]";
        }
    }

    /** A piece of COPY FROM STDIN. */
    record CopyData(byte[] data) implements FrontendMessage {
        @Override
        public String toString() {
            return "CopyData[" + data.length + " bytes]";
        }
    }

    /** The end of COPY FROM STDIN. */
    record CopyDone() implements FrontendMessage {}

    /** Gives up COPY FROM STDIN. */
    record CopyFail(String reason) implements FrontendMessage {
        public CopyFail {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * Calls a function by object id, the protocol's old fast path.
     *
     * @param argumentFormats none, one or one for each argument
     */
    record FunctionCall(int functionId, short[] argumentFormats, List<byte @Nullable []> arguments, short resultFormat)
            implements FrontendMessage {
        public FunctionCall {
            arguments = Collections.unmodifiableList(new ArrayList<>(arguments));
        }

        @Override
        public String toString() {
            return "FunctionCall[" + functionId + ", " + arguments.size() + " arguments]";
        }
    }
}
