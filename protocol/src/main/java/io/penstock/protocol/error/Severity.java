package io.penstock.protocol.error;

/** How grave a report is, in PostgreSQL's own words; the names are what stands in the fields S and V. */
public enum Severity {
    DEBUG,
    LOG,
    INFO,
    NOTICE,
    WARNING,
    /** The statement failed; the session goes on. */
    ERROR,
    /** The session ends. */
    FATAL,
    /** The server ends. */
    PANIC;

    /** Whether the report travels as ErrorResponse; everything below travels as NoticeResponse. */
    public boolean isError() {
        return compareTo(ERROR) >= 0;
    }

    /** Whether the connection is closed behind the report. */
    public boolean endsSession() {
        return compareTo(FATAL) >= 0;
    }
}
