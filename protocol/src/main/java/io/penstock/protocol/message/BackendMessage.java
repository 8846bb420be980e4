package io.penstock.protocol.message;

import io.penstock.protocol.error.PgError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every message that a server sends (PostgreSQL documentation, chapter "Message Formats"). {@link BackendMessages} reads and writes
 * them.
 *
 * <p>Records that hold values or secrets print their sizes only. Arrays in them are not copied: who makes a message does not change
 * them afterwards.
 */
public sealed interface BackendMessage {

    /** The messages of type {@code R}: what the server asks of the client before it is known. */
    sealed interface Authentication extends BackendMessage {}

    /** The client is who it says. */
    record AuthenticationOk() implements Authentication {}

    record AuthenticationKerberosV5() implements Authentication {}

    /** Asks for the password as it is. */
    record AuthenticationCleartextPassword() implements Authentication {}

    /**
     * Asks for the password hashed by MD5.
     *
     * @param salt 4 bytes
     */
    record AuthenticationMd5Password(byte[] salt) implements Authentication {
        public AuthenticationMd5Password {
            if (salt.length != 4) {
                throw new IllegalArgumentException("salt of " + salt.length + " bytes");
            }
        }
    }

    record AuthenticationGss() implements Authentication {}

    record AuthenticationGssContinue(byte[] data) implements Authentication {}

    record AuthenticationSspi() implements Authentication {}

    /** Asks to choose one of the SASL mechanisms, the server's favourite first. */
    record AuthenticationSasl(List<String> mechanisms) implements Authentication {
        public AuthenticationSasl {
            mechanisms = List.copyOf(mechanisms);
        }
    }

    record AuthenticationSaslContinue(byte[] data) implements Authentication {}

    record AuthenticationSaslFinal(byte[] data) implements Authentication {}

    /**
     * What a CancelRequest for this session must carry.
     *
     * @param secretKey 4 to 256 bytes; exactly 4 before protocol 3.2
     */
    record BackendKeyData(int processId, byte[] secretKey) implements BackendMessage {
        public BackendKeyData {
            SecretKeys.check(secretKey);
        }

        @Override
        public String toString() {
            return "BackendKeyData[" + processId + "]";
        }
    }

    record BindComplete() implements BackendMessage {}

    record CloseComplete() implements BackendMessage {}

    /** The end of one statement, with its command tag such as {@code INSERT 0 1}. */
    record CommandComplete(String tag) implements BackendMessage {}

    record CopyData(byte[] data) implements BackendMessage {
        @Override
        public String toString() {
            return "CopyData[" + data.length + " bytes]";
        }
    }

    record CopyDone() implements BackendMessage {}

    /**
     * COPY FROM STDIN begins.
     *
     * @param format 0 is text, 1 is binary
     */
    record CopyInResponse(byte format, short[] columnFormats) implements BackendMessage {}

    /** COPY TO STDOUT begins. */
    record CopyOutResponse(byte format, short[] columnFormats) implements BackendMessage {}

    /** Replication begins. */
    record CopyBothResponse(byte format, short[] columnFormats) implements BackendMessage {}

    /** One row: values in the formats of the RowDescription, null for NULL. */
    record DataRow(List<byte @Nullable []> values) implements BackendMessage {
        public DataRow {
            values = Collections.unmodifiableList(new ArrayList<>(values));
        }

        @Override
        public String toString() {
            return "DataRow[" + values.size() + " values]";
        }
    }

    /** The answer to a simple query without a statement, in place of CommandComplete. */
    record EmptyQueryResponse() implements BackendMessage {}

    /**
     * One field of an error or notice.
     *
     * @param type the letter of the field (PostgreSQL documentation, "Error and Notice Message Fields"); unknown ones are kept
     */
    record ReportField(byte type, String value) {}

    /** A failure. {@link ReportFields} turns it into a {@link PgError} and back. */
    record ErrorResponse(List<ReportField> fields) implements BackendMessage {
        public ErrorResponse {
            fields = List.copyOf(fields);
        }

        public static ErrorResponse of(PgError error) {
            return new ErrorResponse(ReportFields.of(error));
        }

        public PgError error() {
            return ReportFields.error(fields);
        }

        /** For logs: an error's texts may quote values. */
        @Override
        public String toString() {
            return "ErrorResponse[" + error().sqlState() + "]";
        }
    }

    /** A warning or remark, with the fields of an error. */
    record NoticeResponse(List<ReportField> fields) implements BackendMessage {
        public NoticeResponse {
            fields = List.copyOf(fields);
        }

        public static NoticeResponse of(PgError notice) {
            return new NoticeResponse(ReportFields.of(notice));
        }

        public PgError notice() {
            return ReportFields.notice(fields);
        }

        @Override
        public String toString() {
            return "NoticeResponse[" + notice().sqlState() + "]";
        }
    }

    /** The result of a FunctionCall, null for NULL. */
    record FunctionCallResponse(byte @Nullable [] value) implements BackendMessage {
        @Override
        public String toString() {
            return "FunctionCallResponse[]";
        }
    }

    /**
     * The server does not speak the minor version, or not the options, that the client asked for.
     *
     * @param protocolVersion the newest that it does, see {@link ProtocolVersion}
     * @param unsupportedOptions the {@code _pq_.} options that it does not know
     */
    record NegotiateProtocolVersion(int protocolVersion, List<String> unsupportedOptions) implements BackendMessage {
        public NegotiateProtocolVersion {
            unsupportedOptions = List.copyOf(unsupportedOptions);
        }
    }

    /** The described statement or portal gives no rows. */
    record NoData() implements BackendMessage {}

    /** NOTIFY of a channel that the session listens to. */
    record NotificationResponse(int processId, String channel, String payload) implements BackendMessage {
        @Override
        public String toString() {
            return "NotificationResponse[" + processId + ", " + payload.length() + " characters]";
        }
    }

    /** The types of a prepared statement's parameters. */
    record ParameterDescription(int[] types) implements BackendMessage {}

    /** The value of a setting that clients care about. */
    record ParameterStatus(String name, String value) implements BackendMessage {}

    record ParseComplete() implements BackendMessage {}

    /** The row limit of Execute was reached: the portal has more. */
    record PortalSuspended() implements BackendMessage {}

    /** The server waits for the next query. */
    record ReadyForQuery(TransactionStatus status) implements BackendMessage {}

    /**
     * One column of a result.
     *
     * @param table object id of the table that the column comes from, 0 if it is an expression
     * @param column its number in the table, 0 likewise
     * @param typeSize bytes, negative for types of variable size
     * @param format 0 is text, 1 is binary; 0 also when not yet known, in the description of a statement
     */
    record Column(String name, int table, short column, int type, short typeSize, int typeModifier, short format) {}

    /** The columns of the rows that follow. */
    record RowDescription(List<Column> columns) implements BackendMessage {
        public RowDescription {
            columns = List.copyOf(columns);
        }
    }
}
