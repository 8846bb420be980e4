package io.penstock.protocol.sql;

import org.jspecify.annotations.Nullable;

/** Decodes identifiers as Postgres does: case folding, {@code ""}, {@code U&""} with UESCAPE, truncation. */
final class Identifiers {
    /** NAMEDATALEN - 1. */
    private static final int MAX_BYTES = 63;

    private static final char DEFAULT_ESCAPE = '\\';

    private Identifiers() {}

    /** Only ASCII letters are folded: so Postgres does in every multi-byte encoding, UTF-8 among them. */
    static String fold(String sql, int start, int end) {
        int at = start;
        while (at < end && !(sql.charAt(at) >= 'A' && sql.charAt(at) <= 'Z')) {
            at++;
        }
        if (at == end) {
            return truncate(sql.substring(start, end));
        }
        StringBuilder folded = new StringBuilder(end - start).append(sql, start, at);
        for (; at < end; at++) {
            char c = sql.charAt(at);
            folded.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
        }
        return truncate(folded.toString());
    }

    /** What stands in {@code "..."}, given with its quotes. */
    static String unquote(String sql, int start, int end) {
        return truncate(withoutQuotes(sql, start, end));
    }

    /**
     * What {@code U&"..." [UESCAPE '!']} means.
     *
     * @param escape the string of UESCAPE, decoded, or null where there is none
     * @return null where Postgres finds an escape invalid
     */
    static @Nullable String decodeUnicode(String sql, int start, int end, @Nullable String escape) {
        char escapeCharacter = DEFAULT_ESCAPE;
        if (escape != null) {
            if (escape.length() != 1 || !mayEscape(escape.charAt(0))) {
                return null;
            }
            escapeCharacter = escape.charAt(0);
        }
        int open = sql.indexOf('"', start);
        String decoded = UnicodeEscapes.decode(withoutQuotes(sql, open, end), escapeCharacter);
        return decoded == null ? null : truncate(decoded);
    }

    private static String withoutQuotes(String sql, int start, int end) {
        String inner = sql.substring(start + 1, end - 1);
        return inner.indexOf('"') < 0 ? inner : inner.replace("\"\"", "\"");
    }

    private static boolean mayEscape(char c) {
        return c < 128 && Characters.digit(c, 16) < 0 && c != '+' && c != '\'' && c != '"' && !Characters.isSpace(c);
    }

    /** Cuts to 63 bytes of UTF-8, never within a character. */
    static String truncate(String name) {
        if (name.length() * 3 <= MAX_BYTES) {
            return name;
        }
        int bytes = 0;
        int at = 0;
        while (at < name.length()) {
            int codePoint = name.codePointAt(at);
            bytes += utf8Length(codePoint);
            if (bytes > MAX_BYTES) {
                return name.substring(0, at);
            }
            at += Character.charCount(codePoint);
        }
        return name;
    }

    private static int utf8Length(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        if (codePoint < 0x800) {
            return 2;
        }
        return codePoint < 0x10000 ? 3 : 4;
    }
}
