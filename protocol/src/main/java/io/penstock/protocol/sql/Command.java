package io.penstock.protocol.sql;

/** What kind of statement is relayed, as far as a session has to know. */
public enum Command {
    /** SELECT, VALUES, TABLE, a parenthesised query, and a WITH whose statement is one of them. */
    SELECT,
    INSERT,
    UPDATE,
    DELETE,
    MERGE,
    /** BEGIN or START TRANSACTION. */
    BEGIN,
    /** COMMIT or END, also with AND CHAIN. */
    COMMIT,
    /** ROLLBACK or ABORT, also with AND CHAIN. */
    ROLLBACK,
    ROLLBACK_TO,
    SAVEPOINT,
    RELEASE,
    PREPARE_TRANSACTION,
    COMMIT_PREPARED,
    ROLLBACK_PREPARED,
    SET,
    RESET,
    RESET_ALL,
    SHOW,
    DISCARD,
    /** DISCARD ALL forgets settings, prepared statements, cursors, LISTEN, advisory locks and temporary tables. */
    DISCARD_ALL,
    /** PREPARE of a statement that may be relayed. */
    PREPARE,
    DECLARE,
    FETCH,
    CLOSE,
    COPY,
    LISTEN,
    UNLISTEN,
    NOTIFY,
    LOCK,
    EXPLAIN,
    TRUNCATE,
    CREATE,
    ALTER,
    DROP,
    DO,
    CALL,
    /** No token at all: only white space and comments, or nothing. Postgres answers EmptyQueryResponse. */
    EMPTY,
    /** Every other statement, and what Postgres will call a syntax error. */
    OTHER
}
