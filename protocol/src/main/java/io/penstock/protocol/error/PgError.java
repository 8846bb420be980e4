package io.penstock.protocol.error;

import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One error or notice as a client sees it: the fields of ErrorResponse that Penstock reads or sets itself.
 *
 * <p>The texts follow PostgreSQL's error style guide: the message is short, in lower case and without a full stop; detail and hint are
 * whole sentences. Never put a secret or a literal of somebody's SQL into one: clients log them.
 */
public record PgError(
        Severity severity,
        String sqlState,
        String message,
        @Nullable String detail,
        @Nullable String hint,
        @Nullable String schema,
        @Nullable String table,
        @Nullable String column,
        @Nullable String constraint) {

    private static final Pattern SQL_STATE = Pattern.compile("[0-9A-Z]{5}");

    public PgError {
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(message, "message");
        if (!isSqlState(sqlState)) {
            throw new IllegalArgumentException("not an SQLSTATE: " + sqlState);
        }
    }

    /** An error with nothing but a message. */
    public static PgError of(Severity severity, String sqlState, String message) {
        return new PgError(severity, sqlState, message, null, null, null, null, null, null);
    }

    /** Whether the text has the form of an SQLSTATE: five digits or upper case ASCII letters. */
    public static boolean isSqlState(@Nullable String text) {
        return text != null && SQL_STATE.matcher(text).matches();
    }

    public PgError withSeverity(Severity changed) {
        return new PgError(changed, sqlState, message, detail, hint, schema, table, column, constraint);
    }

    public PgError withSqlState(String changed) {
        return new PgError(severity, changed, message, detail, hint, schema, table, column, constraint);
    }

    public PgError withMessage(String changed) {
        return new PgError(severity, sqlState, changed, detail, hint, schema, table, column, constraint);
    }

    public PgError withDetail(@Nullable String changed) {
        return new PgError(severity, sqlState, message, changed, hint, schema, table, column, constraint);
    }

    public PgError withHint(@Nullable String changed) {
        return new PgError(severity, sqlState, message, detail, changed, schema, table, column, constraint);
    }

    public PgError withTable(@Nullable String changedSchema, @Nullable String changedTable) {
        return new PgError(severity, sqlState, message, detail, hint, changedSchema, changedTable, column, constraint);
    }

    public PgError withColumn(@Nullable String changed) {
        return new PgError(severity, sqlState, message, detail, hint, schema, table, changed, constraint);
    }

    public PgError withConstraint(@Nullable String changed) {
        return new PgError(severity, sqlState, message, detail, hint, schema, table, column, changed);
    }
}
