package io.penstock.protocol.error;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The closed catalogue of every error and warning that Penstock itself raises; {@code docs/errors.md} explains each, and a test keeps
 * page and catalogue equal. What Postgres itself reports is relayed as it is and not listed.
 *
 * <p>The SQLSTATEs are chosen by what pools and mappers do with them: HikariCP throws a connection away at class 08, 0A000 and 57P0x, so
 * trouble with an API is none of these; Spring retries class 40; class 23 is what object-relational mappers call a validation error and
 * never retry.
 *
 * <p>In message and hint {@code %s} stands for an argument, {@code %2$s} for the second one.
 */
public enum ErrorCode {
    // ---- limits ----
    TOO_MANY_ROWS(
            "54000",
            "%s of synced table %s takes %s rows, but one request to the API takes %s",
            "Split the statement: one statement is one API request. Nothing was sent.",
            "A mutation affects more rows than one API request can carry."),
    STATEMENT_TOO_LARGE(
            Severity.FATAL,
            "54000",
            "message of %s bytes exceeds the limit of %s bytes",
            "Send less at once, or raise limits.message.",
            "A statement or its parameters are larger than limits.message."),

    // ---- refused statements ----
    ON_CONFLICT_DO_UPDATE_REFUSED(
            "0A000",
            "ON CONFLICT DO UPDATE is not supported on synced table %s",
            "Use ON CONFLICT DO NOTHING, or UPDATE the rows that exist and INSERT the others. Where the API can do it in one request, set upsert_on of the table and write ON CONFLICT (column) DO UPDATE SET column = EXCLUDED.column for each other column of the INSERT.",
            "An upsert of a synced table that its API cannot do in one request, or that the table is not configured for."),
    UPSERT_WITHOUT_VALUE(
            "23502",
            "null value in column \"%s\" of an upsert of synced table %s",
            "The API finds the rows that are there by this column.",
            "An upsert with a row that has no value in the column which decides between INSERT and UPDATE."),
    UPSERT_TWICE(
            "21000",
            "ON CONFLICT DO UPDATE command cannot affect row a second time",
            "Ensure that no rows proposed for insertion within the same command have duplicate constrained values.",
            "An upsert with two rows that mean the same one, as in Postgres."),
    MERGE_REFUSED(
            "0A000",
            "MERGE into synced table %s is not supported",
            "Use INSERT, UPDATE and DELETE statements.",
            "MERGE whose target is a synced table."),
    COPY_FROM_REFUSED(
            "0A000",
            "COPY into synced table %s is not supported",
            "Use INSERT statements with as many rows as one API request takes.",
            "COPY FROM whose target is a synced table."),
    COPY_MUTATION_REFUSED(
            "0A000",
            "COPY of a statement that changes synced table %s is not supported",
            "Run the statement itself with RETURNING.",
            "COPY (INSERT, UPDATE or DELETE ... RETURNING) TO on a synced table."),
    TRUNCATE_REFUSED(
            "0A000",
            "TRUNCATE of synced table %s is not supported",
            "Use DELETE statements with as many rows as one API request takes.",
            "TRUNCATE of a synced table."),
    DATA_MODIFYING_CTE_REFUSED(
            "0A000",
            "synced table %s cannot be changed inside WITH",
            "Make the change a statement of its own.",
            "A data-modifying common table expression on a synced table."),
    STORED_MUTATION_REFUSED(
            "0A000",
            "synced table %s cannot be changed by a rule or inside the body of a function",
            "Make the change a statement of its own.",
            "CREATE RULE, or CREATE FUNCTION with BEGIN ATOMIC, that would change a synced table."),
    EXPLAIN_ANALYZE_REFUSED(
            "0A000",
            "EXPLAIN ANALYZE of a statement that changes synced table %s is not supported",
            "Use EXPLAIN without ANALYZE: it shows the API request and sends nothing.",
            "EXPLAIN ANALYZE would execute the mutation."),
    WHERE_CURRENT_OF_REFUSED(
            "0A000",
            "WHERE CURRENT OF is not supported on synced table %s",
            "Name the row by its key.",
            "A positioned UPDATE or DELETE of a synced table."),
    KEY_CHANGE_REFUSED(
            "0A000",
            "key column %s of synced table %s cannot be changed",
            "The API assigns keys. Delete the row and insert another.",
            "An UPDATE assigns the key column of a synced table."),
    SHAPE_NOT_UNDERSTOOD(
            "0A000",
            "statement that changes synced table %s is not understood: %s",
            "Write it as a plain INSERT, UPDATE or DELETE. Nothing was sent.",
            "Lexer and Postgres do not agree about what a mutation of a synced table does."),
    FUNCTION_CALL_REFUSED(
            "0A000",
            "function call messages are not supported",
            "Use SELECT function(...).",
            "The client sent the fast-path FunctionCall message."),
    CLIENT_ENCODING_REFUSED(
            "0A000",
            "synced tables cannot be changed with client_encoding %s",
            "SET client_encoding TO 'UTF8'.",
            "A statement arrived in an encoding in which its text cannot be read with certainty."),
    UNSUPPORTED_PROTOCOL_VERSION(
            Severity.FATAL,
            "0A000",
            "unsupported frontend protocol %s: server supports 3.0 to 3.2",
            null,
            "The client speaks another protocol version."),

    // ---- transactions ----
    IN_FAILED_TRANSACTION(
            "25P02",
            "current transaction is aborted, commands ignored until end of transaction block",
            null,
            "A mutation inside a failed transaction block; nothing was sent."),
    MUTATION_IN_TRANSACTION(
            "25001",
            "%s of synced table %s cannot run inside a transaction block",
            "Commit first, or allow it with SET penstock.in_transaction = 'escape'.",
            "The policy of the database or session refuses mutations of synced tables inside transactions."),
    ESCAPES_TRANSACTION(
            Severity.WARNING,
            "01000",
            "%s of synced table %s was applied outside the transaction",
            "The API has the change already: ROLLBACK does not take it back.",
            "Told once a transaction: mutations of synced tables are committed right away."),
    ROW_CHANGED(
            "40001",
            "rows of synced table %s changed while the statement was running",
            "Run the statement again. Nothing was sent.",
            "Between evaluation and lock another session changed the rows."),
    OUTCOME_UNKNOWN(
            "40003",
            "outcome of the %s request is unknown",
            "Do not repeat the statement before looking: SELECT * FROM penstock.journal WHERE id = '%2$s'.",
            "The request left, the answer did not arrive; recovery finds it out. Arguments: API, journal id."),
    OWN_LOCK(
            "55P03",
            "%s of synced table %s waits for a lock that this session itself holds",
            "Commit or roll back first, or do not lock rows of synced tables yourself. Nothing was sent.",
            "The writer waits for a lock of the client's own transaction, which would never end."),
    LOCK_TIMEOUT(
            "55P03",
            "could not lock rows of synced table %s in time",
            "Another transaction holds them. Nothing was sent.",
            "The writer waited for rows longer than allowed."),
    LOCK_LOST(
            "55P03",
            "lost the lock on rows of synced table %s",
            "Nothing was sent: repeat the statement.",
            "Postgres ended the writer's connection before the request left."),
    ROW_IN_DOUBT(
            "55000",
            "outcome of an earlier change of this row of %s is still unknown",
            "See journal entry %2$s; the statement can be repeated when it is resolved. Nothing was sent.",
            "A row is not changed again before its last change is resolved. Arguments: table, journal id."),
    DRY_RUN(
            Severity.NOTICE,
            "00000",
            "dry run: nothing was sent to %s",
            null,
            "penstock.dry_run is on: the statement was planned and not executed."),

    // ---- the API says no; certainly not applied ----
    API_VALIDATION("23514", "%s validation error", null, "The API refuses a value and gives no finer reason."),
    API_REQUIRED("23502", "%s validation error", null, "The API misses a required value."),
    API_DUPLICATE("23505", "%s validation error", null, "The API has another row with this value."),
    API_REFERENCE("23503", "%s validation error", null, "The API does not know the row that a value refers to."),
    API_TOO_LONG("22001", "%s validation error", null, "The API finds a value too long."),
    API_OUT_OF_RANGE("22003", "%s validation error", null, "The API finds a number out of range."),
    API_INVALID_FORMAT("22P02", "%s validation error", null, "The API cannot read a value as its field's type."),
    API_UNKNOWN_COLUMN(
            "42703",
            "%s has no field for column %s",
            "The API changed: run the sync again.",
            "A column of a synced table is unknown to the API."),
    API_READ_ONLY_COLUMN(
            "428C9",
            "column %2$s is set by %1$s and cannot be written",
            "Leave the column out or use DEFAULT.",
            "A mutation writes a column that the API calculates. Arguments: API, column."),
    API_ROW_GONE(
            "55000",
            "row of synced table %2$s no longer exists at %1$s",
            "The row was deleted at the API; the next sync takes it away here too.",
            "An UPDATE reached a row that the API has deleted. Arguments: API, table."),
    API_PERMISSION_DENIED(
            "42501",
            "permission denied by %s",
            "Give the API user that Penstock logs in as the right to do this.",
            "The API refuses the operation to the user of its account."),
    API_ROW_LOCKED(
            "55P03",
            "row is locked at %s",
            "Run the statement again. Nothing was applied.",
            "The API could not lock a row that somebody else changes."),
    API_CREDENTIALS(
            "HV00N",
            "%s does not accept the credentials of account %s",
            "Authorise the account again. Nothing was applied.",
            "The account's grant was revoked, or its token could not be refreshed."),
    API_UNREACHABLE(
            "HV00N",
            "could not connect to %s",
            "Nothing was sent; the statement can be repeated.",
            "The connection to the API failed before the request left."),
    API_UNAVAILABLE(
            "HV000",
            "%s is unavailable",
            "Nothing was applied; the statement can be repeated.",
            "The API answered that it could not take the request."),
    API_RATE_LIMITED(
            "53400",
            "rate limit of %s exceeded",
            "Nothing was applied; try again later.",
            "No permit within the statement's time, or the API said so itself. DETAIL says when to try again."),

    // ---- the API said yes ----
    PARTLY_APPLIED(
            "SY001",
            "%s applied the statement in part",
            "Do not repeat the whole statement: SELECT * FROM penstock.journal WHERE id = '%2$s'.",
            "Some rows were accepted and some refused. Arguments: API, journal id. DETAIL lists them."),
    LOCAL_WRITE_PENDING(
            "SY002",
            "%s accepted the change, but it is not yet in Postgres",
            "Do not repeat the statement. Journal entry %2$s is applied as soon as Postgres can take it.",
            "Postgres failed after the API had accepted. Arguments: API, journal id."),
    RETURNING_FAILED(
            "SY003",
            "the change was made, but its RETURNING failed",
            "Do not repeat the statement; read its rows with SELECT.",
            "RETURNING is evaluated over the rows as the API made them, after they were stored. DETAIL says what failed."),
    LOCAL_ROW_REFUSED(
            "23000",
            "%s accepted the change, but Postgres refused its row",
            "Do not repeat the statement. Mend what refuses the row: journal entry %2$s is then stored by itself.",
            "The API's canonical row does not fit the local table, for the reason in DETAIL; it is parked. Arguments: API, journal id."),

    // ---- synced tables ----
    WRITE_WITHOUT_PROXY(
            "42501",
            "table \"%s\" is synced and can only be written through Penstock",
            "Change it by a plain INSERT, UPDATE or DELETE through Penstock at %2$s.",
            "Said by the guard in the database itself: a function, trigger, view, rule or cascade wrote to the table, or a"
                    + " connection past the proxy."),
    TABLE_NOT_READY(
            "55000",
            "synced table %s cannot be changed yet",
            "The API has not described it to Penstock, which goes on asking; the node's log says why. Reads go on."
                    + " Nothing was sent.",
            "The node started while the API could not be reached."),
    COLUMN_NOT_KNOWN(
            "55000",
            "column %s of synced table %s is not known to this node yet",
            "It was added after the node had started: start the node again. Nothing was sent.",
            "Somebody added the column, by sync apply or by hand. Its value would be stored nowhere, or not be sent."),
    GUARD_MISSING(
            "55000",
            "guard of synced table %s is missing",
            "Start a node, which installs it again; penstock check says what is missing. Nothing was sent.",
            "Somebody has removed or disabled triggers that protect the table in the database."),
    JOURNAL_UNAVAILABLE(
            "53100",
            "mutation journal cannot be written",
            "Nothing was sent. Reads go on.",
            "Without a durable intent no request leaves."),
    INVALID_SETTING(
            "22023",
            "invalid value for parameter \"%s\"",
            "%2$s",
            "SET of a penstock setting to a value that it does not take. Arguments: setting, what it takes."),

    // ---- statements and portals, in PostgreSQL's own words ----
    UNKNOWN_STATEMENT(
            "26000", "prepared statement \"%s\" does not exist", null, "Bind, Describe or EXECUTE of an unknown name."),
    DUPLICATE_STATEMENT(
            "42P05", "prepared statement \"%s\" already exists", null, "Parse or PREPARE of a name that is in use."),
    UNKNOWN_PORTAL("34000", "portal \"%s\" does not exist", null, "Execute or Describe of an unknown portal."),
    DUPLICATE_PORTAL("42P03", "cursor \"%s\" already exists", null, "Bind to a portal name that is in use."),
    PORTAL_CANNOT_RUN("55000", "portal \"%s\" cannot be run", null, "Execute of a portal that has ended."),
    WRONG_PARAMETER_COUNT(
            "08P01",
            "bind message supplies %s parameters, but prepared statement \"%s\" requires %s",
            null,
            "Bind with too many or too few parameters."),
    SEVERAL_COMMANDS(
            "42601",
            "cannot insert multiple commands into a prepared statement",
            null,
            "Parse of more than one statement."),

    // ---- logging in ----
    NO_USER_NAME(Severity.FATAL, "28000", "no PostgreSQL user name specified in startup packet", null, "No user."),
    PASSWORD_WRONG(
            Severity.FATAL,
            "28P01",
            "password authentication failed for user \"%s\"",
            null,
            "Wrong password or unknown user; the two look the same on purpose."),
    CERTIFICATE_WRONG(
            Severity.FATAL,
            "28000",
            "certificate authentication failed for user \"%s\"",
            null,
            "With auth = cert: the client showed no certificate, or one whose common name is another."),
    SCRAM_MALFORMED(
            Severity.FATAL,
            "08P01",
            "malformed SCRAM message: %s",
            null,
            "A message of the password exchange is not what it should be."),
    SCRAM_NOT_SUPPORTED(
            Severity.FATAL,
            "0A000",
            "SCRAM exchange asks for %s, which are not supported",
            null,
            "The client wants a part of SCRAM that PostgreSQL does not have either."),
    CHANNEL_BINDING_REFUSED(
            Severity.FATAL,
            "28000",
            "SCRAM channel binding %s",
            "This could be evidence of an attempted man-in-the-middle attack.",
            "The client is bound to another TLS connection than ours, or somebody has hidden SCRAM-SHA-256-PLUS from"
                    + " it."),
    CONNECTION_NOT_ALLOWED(
            Severity.FATAL,
            "28000",
            "connection of user \"%s\" to database \"%s\" is not allowed",
            null,
            "Address list, TLS requirement or role attribute refuse the connection."),
    ADDRESS_NOT_ALLOWED(
            Severity.FATAL,
            "28000",
            "connections from address %s are not allowed",
            null,
            "The address is not in the list of addresses of the listener."),
    TOO_MANY_FAILED_LOGINS(
            Severity.FATAL,
            "28000",
            "too many failed logins from this address",
            "Try again in a minute.",
            "From this address came as many wrong passwords in a minute as sign_in.failures_per_minute says."),
    AUTHENTICATION_TIMEOUT(
            Severity.FATAL,
            "57014",
            "canceling authentication due to timeout",
            null,
            "The client did not finish logging in within authentication_timeout."),
    UNKNOWN_DATABASE(
            Severity.FATAL, "3D000", "database \"%s\" does not exist", null, "No such database is configured."),
    TOO_MANY_CLIENTS(
            Severity.FATAL, "53300", "sorry, too many clients already", null, "The node has max_clients connections."),
    TOO_MANY_CLIENTS_OF_DATABASE(
            Severity.FATAL,
            "53300",
            "too many connections for database \"%s\"",
            null,
            "The node has as many clients of the database as clients_per_database allows."),
    TOO_MANY_CLIENTS_OF_USER(
            Severity.FATAL,
            "53300",
            "too many connections for role \"%s\"",
            null,
            "The node has as many clients of the user as clients_per_user allows."),
    UNENCRYPTED_DATA_AFTER_REQUEST(
            Severity.FATAL,
            "08P01",
            "received unencrypted data after %s request",
            "This could be either a client-software bug or evidence of an attempted man-in-the-middle attack.",
            "Bytes were stuffed behind an SSLRequest or GSSENCRequest."),

    // ---- the connection ----
    MALFORMED_MESSAGE(
            "08P01", "invalid message format: %s", null, "A message cannot be decoded; its borders are known."),
    BROKEN_FRAME(
            Severity.FATAL,
            "08P01",
            "invalid length %2$s of message of type %1$s",
            null,
            "The length of a message is impossible, so that the stream is lost. Arguments: type, length."),
    UNKNOWN_MESSAGE_TYPE(
            Severity.FATAL,
            "08P01",
            "invalid message type %s",
            null,
            "The stream holds a message that does not exist."),
    UNEXPECTED_MESSAGE(
            Severity.FATAL,
            "08P01",
            "unexpected message of type %s during %s",
            null,
            "A known message at a time when it is not allowed."),
    INVALID_STARTUP(
            Severity.FATAL, "08P01", "invalid startup packet: %s", null, "The first packet is not one of Postgres."),
    INVALID_TEXT(
            "22021", "invalid byte sequence for encoding \"UTF8\"", null, "Text of a message is not in its encoding."),
    SERVER_UNREACHABLE(
            Severity.FATAL,
            "08006",
            "could not connect to the server of database \"%s\"",
            null,
            "Postgres does not answer or refuses the connection."),
    SERVER_LOGIN_FAILED(
            Severity.FATAL,
            "08006",
            "could not log in to the server of database \"%s\"",
            null,
            "Postgres refuses the proxy's credentials, or asks for something that the proxy does not do."),
    SERVER_SCRAM_REFUSED(
            Severity.FATAL,
            "08006",
            "SCRAM exchange with the server failed: %s",
            null,
            "Postgres did not prove that it knows the password, or asks for too much work."),
    SERVER_LOST(
            Severity.FATAL,
            "08006",
            "connection to the server was lost",
            null,
            "Postgres closed, or broke the protocol."),
    NO_SERVER_FREE(
            "53300",
            "no server connection became free within %s",
            "Raise the pool size or run fewer long transactions.",
            "Waiting for a server or writer connection took longer than allowed."),
    NOTIFICATIONS_LOST(
            Severity.FATAL,
            "08006",
            "the connection on which notifications arrive has ended",
            "Connect again, LISTEN again, and then read what the notifications are about: some may have been missed.",
            "In transaction mode clients that LISTEN share a connection to Postgres, and that has been lost. Whoever listened on it"
                    + " is disconnected as soon as it is in no transaction, as it would be if it had been its own."),
    NOTIFICATIONS_UNREAD(
            Severity.FATAL,
            "54000",
            "more than %s bytes of notifications wait for this client",
            "Read notifications, and end transactions, sooner.",
            "In transaction mode: a client that listens does not read what it is sent, or stays in a transaction for too long."),
    SESSION_STATE_LOST(
            Severity.FATAL,
            "08006",
            "could not restore the session's settings on another server connection",
            null,
            "In transaction mode a setting that the client had made was refused by Postgres when it was made again, such as a role"
                    + " that has been dropped. Going on without it could do what the client did not mean."),
    WAITING_FOR_SERVER(
            Severity.NOTICE,
            "00000",
            "waiting for a server connection, with %s more in line",
            null,
            "All server connections of the pool are taken, and the client has waited for one longer than wait_notice."),
    IDLE_SESSION_TIMEOUT(
            Severity.FATAL,
            "57P05",
            "terminating connection due to idle-session timeout",
            null,
            "The client has done nothing for client_idle_timeout, in no transaction."),
    IDLE_IN_TRANSACTION_TIMEOUT(
            Severity.FATAL,
            "25P03",
            "terminating connection due to idle-in-transaction timeout",
            null,
            "The client has done nothing for idle_transaction_timeout, in a transaction, which is rolled back."),
    QUERY_TIMEOUT(
            Severity.FATAL,
            "08006",
            "terminating connection due to query timeout",
            "To cancel a statement and keep the connection, set statement_timeout.",
            "A statement was not answered within query_timeout. It is cancelled; whether it had been done is not known."),
    CANCELED(
            "57014",
            "canceling statement due to user request",
            null,
            "CancelRequest reached a mutation before its request left; nothing was sent."),
    SHUTTING_DOWN(
            Severity.FATAL, "57P01", "terminating connection due to administrator command", null, "The node stops."),
    INTERNAL(
            "XX000",
            "internal error in Penstock",
            "Please report it with what the node's log says under %s.",
            "A mistake of ours. Nothing was sent, or OUTCOME_UNKNOWN would have been said. Argument: id in the log.");

    private final Severity severity;
    private final String sqlState;
    private final String message;
    private final @Nullable String hint;
    private final String meaning;
    private final int arity;

    ErrorCode(String sqlState, String message, @Nullable String hint, String meaning) {
        this(Severity.ERROR, sqlState, message, hint, meaning);
    }

    ErrorCode(Severity severity, String sqlState, String message, @Nullable String hint, String meaning) {
        this.severity = severity;
        this.sqlState = sqlState;
        this.message = message;
        this.hint = hint;
        this.meaning = meaning;
        this.arity = Math.max(arity(message), hint == null ? 0 : arity(hint));
    }

    /**
     * The error with its arguments filled in. A wrong number of arguments stops a test; in production it must not hide the error that
     * is being reported, so a missing one then reads as {@code ?}.
     */
    public PgError error(Object... arguments) {
        assert arguments.length == arity : name() + " takes " + arity + " arguments";
        @Nullable Object[] filled = Arrays.copyOf(arguments, Math.max(arity, arguments.length));
        for (int i = arguments.length; i < filled.length; i++) {
            filled[i] = "?";
        }
        return PgError.of(severity, sqlState, String.format(Locale.ROOT, message, filled))
                .withHint(hint == null ? null : String.format(Locale.ROOT, hint, filled));
    }

    /** The error as the exception that decoders throw. */
    public ProtocolViolation violation(Object... arguments) {
        return new ProtocolViolation(error(arguments));
    }

    public Severity severity() {
        return severity;
    }

    public String sqlState() {
        return sqlState;
    }

    /** The message with its places for arguments. */
    public String message() {
        return message;
    }

    /** The hint with its places for arguments. */
    public @Nullable String hint() {
        return hint;
    }

    /** When it happens, one or two sentences for the documentation. */
    public String meaning() {
        return meaning;
    }

    /** How many arguments {@link #error} takes. */
    public int arity() {
        return arity;
    }

    private static int arity(String template) {
        int next = 0;
        int highest = 0;
        Matcher argument = Templates.ARGUMENT.matcher(template);
        while (argument.find()) {
            String index = argument.group(1);
            highest = Math.max(highest, index == null ? ++next : Integer.parseInt(index));
        }
        return highest;
    }

    /** Apart, because the constants are made before the enum's own static fields. */
    private static final class Templates {
        private static final Pattern ARGUMENT = Pattern.compile("%(?:(\\d)\\$)?s");

        private Templates() {}
    }
}
