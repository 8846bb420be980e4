package io.penstock.protocol.sql;

/** The character classes of Postgres's {@code scan.l}. Every character beyond ASCII may stand in an identifier, also the no-break space. */
final class Characters {
    private static final int SPACE = 1;
    private static final int WORD_START = 2;
    private static final int DIGIT = 4;
    private static final int OPERATOR = 8;
    private static final byte[] CLASSES = new byte[128];

    static {
        mark(" \t\n\r\f\u000B", SPACE);
        mark("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_", WORD_START);
        mark("0123456789", DIGIT);
        mark("~!@#^&|`?+-*/%<>=", OPERATOR);
    }

    private Characters() {}

    private static void mark(String characters, int flag) {
        for (int i = 0; i < characters.length(); i++) {
            CLASSES[characters.charAt(i)] |= (byte) flag;
        }
    }

    static boolean isSpace(char c) {
        return c < 128 && (CLASSES[c] & SPACE) != 0;
    }

    static boolean isNewline(char c) {
        return c == '\n' || c == '\r';
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    static boolean isOperator(char c) {
        return c < 128 && (CLASSES[c] & OPERATOR) != 0;
    }

    static boolean isWordStart(char c) {
        return c >= 128 || (CLASSES[c] & WORD_START) != 0;
    }

    static boolean isWordPart(char c) {
        return c >= 128 || (CLASSES[c] & (WORD_START | DIGIT)) != 0 || c == '$';
    }

    /** What may follow in the tag of a dollar quote: a word without dollar signs. */
    static boolean isTagPart(char c) {
        return c >= 128 || (CLASSES[c] & (WORD_START | DIGIT)) != 0;
    }

    /** The value of a digit of that base, or -1. */
    static int digit(char c, int base) {
        return c < 128 ? Character.digit(c, base) : -1;
    }
}
