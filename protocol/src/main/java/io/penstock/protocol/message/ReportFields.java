package io.penstock.protocol.message;

import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.message.BackendMessage.ReportField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns the fields of ErrorResponse and NoticeResponse into a {@link PgError} and back. */
final class ReportFields {
    private static final byte LOCALIZED_SEVERITY = 'S';
    private static final byte SEVERITY = 'V';
    private static final byte CODE = 'C';
    private static final byte MESSAGE = 'M';
    private static final byte DETAIL = 'D';
    private static final byte HINT = 'H';
    private static final byte SCHEMA = 's';
    private static final byte TABLE = 't';
    private static final byte COLUMN = 'c';
    private static final byte CONSTRAINT = 'n';

    /** What a report without a usable SQLSTATE is taken for; a server that sends one is not to be trusted with more (CVE-2026-6666). */
    private static final String INTERNAL_ERROR = "XX000";

    private static final String SUCCESS = "00000";

    private ReportFields() {}

    static List<ReportField> of(PgError report) {
        List<ReportField> fields = new ArrayList<>();
        add(fields, LOCALIZED_SEVERITY, report.severity().name());
        add(fields, SEVERITY, report.severity().name());
        add(fields, CODE, report.sqlState());
        add(fields, MESSAGE, report.message());
        add(fields, DETAIL, report.detail());
        add(fields, HINT, report.hint());
        add(fields, SCHEMA, report.schema());
        add(fields, TABLE, report.table());
        add(fields, COLUMN, report.column());
        add(fields, CONSTRAINT, report.constraint());
        return fields;
    }

    static PgError error(List<ReportField> fields) {
        return report(fields, Severity.ERROR, INTERNAL_ERROR);
    }

    static PgError notice(List<ReportField> fields) {
        return report(fields, Severity.NOTICE, SUCCESS);
    }

    private static PgError report(List<ReportField> fields, Severity defaultSeverity, String defaultSqlState) {
        String code = value(fields, CODE);
        String message = value(fields, MESSAGE);
        return new PgError(
                severity(fields, defaultSeverity),
                code != null && PgError.isSqlState(code) ? code : defaultSqlState,
                message == null ? "" : message,
                value(fields, DETAIL),
                value(fields, HINT),
                value(fields, SCHEMA),
                value(fields, TABLE),
                value(fields, COLUMN),
                value(fields, CONSTRAINT));
    }

    /** V is in English always; S is in the server's language, and all there was before PostgreSQL 9.6. */
    private static Severity severity(List<ReportField> fields, Severity otherwise) {
        String name = value(fields, SEVERITY);
        if (name == null) {
            name = value(fields, LOCALIZED_SEVERITY);
        }
        if (name == null) {
            return otherwise;
        }
        for (Severity severity : Severity.values()) {
            // Servers tell five grades of DEBUG apart inside, and none of them on the wire.
            if (severity.name().equals(name.toUpperCase(Locale.ROOT))) {
                return severity;
            }
        }
        return otherwise;
    }

    private static @Nullable String value(List<ReportField> fields, byte type) {
        for (ReportField field : fields) {
            if (field.type() == type) {
                return field.value();
            }
        }
        return null;
    }

    private static void add(List<ReportField> fields, byte type, @Nullable String value) {
        if (value != null) {
            // Texts of an API may hold what the wire cannot carry.
            fields.add(new ReportField(type, value.replace('\0', '\ufffd')));
        }
    }
}
