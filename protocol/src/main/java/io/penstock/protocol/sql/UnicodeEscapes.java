package io.penstock.protocol.sql;

import org.jspecify.annotations.Nullable;

/** Decodes the escapes of {@code U&"..."} and {@code U&'...'}: {@code \0063}, {@code \+000063}, and the escape character doubled. */
final class UnicodeEscapes {
    private UnicodeEscapes() {}

    /** Null where Postgres raises an error: too few digits, code point zero or too large, half of a surrogate pair. */
    static @Nullable String decode(String text, char escape) {
        if (text.indexOf(escape) < 0) {
            return text;
        }
        StringBuilder decoded = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != escape) {
                decoded.append(c);
                at++;
                continue;
            }
            if (at + 1 < text.length() && text.charAt(at + 1) == escape) {
                decoded.append(escape);
                at += 2;
                continue;
            }
            boolean long6 = at + 1 < text.length() && text.charAt(at + 1) == '+';
            int from = at + (long6 ? 2 : 1);
            int to = from + (long6 ? 6 : 4);
            int codePoint = hex(text, from, to);
            if (codePoint <= 0 || codePoint > Character.MAX_CODE_POINT) {
                return null;
            }
            decoded.appendCodePoint(codePoint);
            at = to;
            if (codePoint <= Character.MAX_VALUE && Character.isSurrogate((char) codePoint)) {
                boolean paired =
                        decoded.length() > 1 && Character.isHighSurrogate(decoded.charAt(decoded.length() - 2));
                boolean open = Character.isHighSurrogate((char) codePoint);
                // A first half must be followed at once by the escape of its second half.
                if (open ? at == text.length() || text.charAt(at) != escape : !paired) {
                    return null;
                }
            } else if (decoded.length() > Character.charCount(codePoint)
                    && Character.isHighSurrogate(
                            decoded.charAt(decoded.length() - Character.charCount(codePoint) - 1))) {
                return null;
            }
        }
        return decoded.isEmpty() || !Character.isHighSurrogate(decoded.charAt(decoded.length() - 1))
                ? decoded.toString()
                : null;
    }

    /** The number that the digits there write, or -1 where they are not all hexadecimal digits. */
    static int hex(String text, int from, int to) {
        if (to > text.length()) {
            return -1;
        }
        int value = 0;
        for (int at = from; at < to; at++) {
            int digit = Characters.digit(text.charAt(at), 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
