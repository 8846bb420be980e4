package io.penstock.protocol.sql;

import java.util.Locale;

/** The key words that the shape of a statement hangs on. Only an unquoted word is one, in any case of its ASCII letters. */
enum Keyword {
    /** A word that is none of the others, and every token that is no word. */
    NONE,
    ABORT,
    ALL,
    ALSO,
    ALTER,
    ANALYSE,
    ANALYZE,
    AS,
    ATOMIC,
    BEGIN,
    BINARY,
    CALL,
    CASE,
    CLOSE,
    COMMIT,
    CONFLICT,
    CONSTRAINT,
    COPY,
    CREATE,
    CROSS,
    CURRENT,
    CYCLE,
    DEALLOCATE,
    DECLARE,
    DEFAULT,
    DELETE,
    DISCARD,
    DISTINCT,
    DO,
    DROP,
    END,
    EXECUTE,
    EXPLAIN,
    FETCH,
    FROM,
    FULL,
    FUNCTION,
    INNER,
    INSERT,
    INSTEAD,
    INTO,
    JOIN,
    LEFT,
    LISTEN,
    LOCAL,
    LOCK,
    MATERIALIZED,
    MERGE,
    MOVE,
    NATURAL,
    NEW,
    NOT,
    NOTHING,
    NOTIFY,
    OF,
    OLD,
    ON,
    ONLY,
    OR,
    OUTER,
    OVERRIDING,
    PREPARE,
    PREPARED,
    PROCEDURE,
    RECURSIVE,
    RELEASE,
    REPLACE,
    RESET,
    RETURNING,
    RIGHT,
    ROLLBACK,
    RULE,
    SAVEPOINT,
    SEARCH,
    SELECT,
    SESSION,
    SET,
    SHOW,
    START,
    TABLE,
    TO,
    TRANSACTION,
    TRUNCATE,
    UESCAPE,
    UNLISTEN,
    UPDATE,
    USING,
    VALUE,
    VALUES,
    VERBOSE,
    WHERE,
    WITH,
    WORK;

    /** Longer words are not looked up at all. */
    private static final int LONGEST = 12;

    /** Open addressing; a power of two, sparse enough that a miss ends at the first probe or the second. */
    private static final Keyword[] TABLE_BY_HASH = new Keyword[1024];

    private final String text = name().toLowerCase(Locale.ROOT);

    static {
        for (Keyword keyword : values()) {
            if (keyword != NONE) {
                int hash = 0;
                for (int i = 0; i < keyword.text.length(); i++) {
                    hash = hash(hash, keyword.text.charAt(i));
                }
                int slot = slot(hash);
                while (TABLE_BY_HASH[slot] != null) {
                    slot = slot(slot + 1);
                }
                TABLE_BY_HASH[slot] = keyword;
            }
        }
    }

    /** Adds a character to the hash of a word; equal for both cases of a letter. */
    static int hash(int hash, char c) {
        return hash * 31 + (c | 0x20);
    }

    /** The key word at a place of the text whose hash is known, or NONE. */
    static Keyword find(String sql, int start, int end, int hash) {
        if (end - start > LONGEST) {
            return NONE;
        }
        for (int slot = slot(hash); TABLE_BY_HASH[slot] != null; slot = slot(slot + 1)) {
            if (TABLE_BY_HASH[slot].isAt(sql, start, end)) {
                return TABLE_BY_HASH[slot];
            }
        }
        return NONE;
    }

    private static int slot(int hash) {
        return (hash ^ hash >>> 10) & TABLE_BY_HASH.length - 1;
    }

    private boolean isAt(String sql, int start, int end) {
        if (end - start != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = sql.charAt(start + i);
            // Not Character.toLowerCase: the Kelvin sign is no k to Postgres.
            if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
