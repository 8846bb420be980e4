package io.penstock.protocol.sql;

import org.jspecify.annotations.Nullable;

/** Decodes string constants, for the few places where a string decides what a statement does: UESCAPE and the value of a setting. */
final class StringConstants {
    private StringConstants() {}

    /** The value of a string token, or null where it is no string constant or has an escape that Postgres refuses. */
    static @Nullable String decode(String sql, int start, int end, TokenKind kind) {
        return switch (kind) {
            case STRING -> segments(sql, start, end, false);
            case ESCAPE_STRING -> segments(sql, start, end, true);
            case DOLLAR_STRING -> {
                int delimiter = sql.indexOf('$', start + 1) + 1 - start;
                yield sql.substring(start + delimiter, end - delimiter);
            }
            case UNICODE_STRING, // The escape character could be set by what follows; no setting is worth that.
                    WORD,
                    QUOTED_IDENTIFIER,
                    UNICODE_IDENTIFIER,
                    BIT_STRING,
                    NUMBER,
                    PARAMETER,
                    OPERATOR,
                    SYMBOL,
                    ERROR,
                    END -> null;
        };
    }

    /** Joins the quoted pieces; between two of them there is white space with a line break, and comments. */
    private static @Nullable String segments(String sql, int start, int end, boolean escapes) {
        StringBuilder value = new StringBuilder();
        int at = sql.indexOf('\'', start) + 1;
        while (true) {
            char c = sql.charAt(at);
            if (c == '\\' && escapes) {
                at = escape(sql, at + 1, end, value);
                if (at < 0) {
                    return null;
                }
            } else if (c != '\'') {
                value.append(c);
                at++;
            } else if (at + 1 < end && sql.charAt(at + 1) == '\'') {
                value.append('\'');
                at += 2;
            } else {
                at = nextQuote(sql, at + 1, end);
                if (at == end) {
                    return value.toString();
                }
                at++;
            }
        }
    }

    private static int nextQuote(String sql, int from, int end) {
        int at = from;
        while (at < end && sql.charAt(at) != '\'') {
            if (sql.charAt(at) == '-') {
                while (at < end && !Characters.isNewline(sql.charAt(at))) {
                    at++;
                }
            } else {
                at++;
            }
        }
        return at;
    }

    /** Decodes what follows a backslash; the offset behind it, or -1. */
    private static int escape(String sql, int at, int end, StringBuilder value) {
        char c = sql.charAt(at);
        switch (c) {
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case 'n' -> value.append('\n');
            case 'r' -> value.append('\r');
            case 't' -> value.append('\t');
            case 'v' -> value.append('\u000B');
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                return number(sql, at, Math.min(end, at + 3), 8, value);
            }
            case 'x' -> {
                if (Characters.digit(sql.charAt(at + 1), 16) >= 0) {
                    return number(sql, at + 1, Math.min(end, at + 3), 16, value);
                }
                value.append(c);
            }
            case 'u', 'U' -> {
                int to = at + 1 + (c == 'u' ? 4 : 8);
                int codePoint = UnicodeEscapes.hex(sql, at + 1, Math.min(to, end));
                if (to > end || codePoint <= 0 || codePoint > Character.MAX_CODE_POINT) {
                    return -1;
                }
                value.appendCodePoint(codePoint);
                return to;
            }
            default -> value.append(c);
        }
        return at + 1;
    }

    private static int number(String sql, int from, int limit, int base, StringBuilder value) {
        int code = 0;
        int at = from;
        while (at < limit && Characters.digit(sql.charAt(at), base) >= 0) {
            code = code * base + Characters.digit(sql.charAt(at), base);
            at++;
        }
        value.append((char) (code & 0xFF));
        return at;
    }
}
