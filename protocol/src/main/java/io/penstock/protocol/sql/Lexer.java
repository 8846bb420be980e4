package io.penstock.protocol.sql;

import static io.penstock.protocol.sql.Characters.isNewline;
import static io.penstock.protocol.sql.Characters.isOperator;
import static io.penstock.protocol.sql.Characters.isSpace;
import static io.penstock.protocol.sql.Characters.isTagPart;
import static io.penstock.protocol.sql.Characters.isWordPart;
import static io.penstock.protocol.sql.Characters.isWordStart;

/**
 * Postgres's lexer ({@code src/backend/parser/scan.l}, versions 15 to 18) over a string: says what each token is and where, copies nothing,
 * and looks at each character a bounded number of times. Between two tokens there is only white space and comments.
 *
 * <p>The danger is a disagreement with Postgres about where a string or a comment ends: what follows would then be hidden from one of
 * the two. Hence every rule here is one of scan.l's, and where Postgres gives up the token is an {@link TokenKind#ERROR}.
 */
public final class Lexer {
    /** Only an operator with one of these may end in + or -: {@code =-} is two operators, {@code @-} is one. */
    private static final String LETS_OPERATOR_END_IN_SIGN = "~!@#^&|`?%";

    private final String sql;
    private final boolean standardConformingStrings;
    private int start;
    private int end;
    /** Before this offset, each sign that was cut off an operator is one of its own: read once, so that a run of them stays linear. */
    private int signsEnd;

    private Keyword keyword = Keyword.NONE;

    public Lexer(String sql, LexerOptions options) {
        this.sql = sql;
        this.standardConformingStrings = options.standardConformingStrings();
    }

    /** The offset of the current token's first character. */
    public int start() {
        return start;
    }

    /** The offset behind the current token's last character. */
    public int end() {
        return end;
    }

    /** The key word that the current token is. */
    Keyword keyword() {
        return keyword;
    }

    /** Whether the current token is that one character. */
    boolean isSymbol(char symbol) {
        return end - start == 1 && sql.charAt(start) == symbol;
    }

    /** Moves to the next token; at the end of the text, to END again and again. */
    public TokenKind next() {
        keyword = Keyword.NONE;
        int at = skipSpaceAndComments(end);
        if (at < 0) {
            return token(~at, sql.length(), TokenKind.ERROR);
        }
        if (at == sql.length()) {
            return token(at, at, TokenKind.END);
        }
        char c = sql.charAt(at);
        if (isWordStart(c)) {
            return wordOrPrefixedString(at, c);
        }
        if (isOperator(c)) {
            return token(at, operatorEnd(at), TokenKind.OPERATOR);
        }
        return switch (c) {
            case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(at);
            case '\'' -> quoted(at, at, standardConformingStrings ? TokenKind.STRING : TokenKind.ESCAPE_STRING);
            case '"' -> quotedIdentifier(at, at, TokenKind.QUOTED_IDENTIFIER);
            case '$' -> dollar(at);
            case '.' -> dot(at);
            case ':' -> token(at, at + (peek(at + 1) == ':' || peek(at + 1) == '=' ? 2 : 1), TokenKind.SYMBOL);
            default -> token(at, at + 1, TokenKind.SYMBOL);
        };
    }

    private TokenKind token(int from, int to, TokenKind kind) {
        start = from;
        end = to;
        return kind;
    }

    /** The character there, or NUL, which no SQL text holds, past the end. */
    private char peek(int at) {
        return at < sql.length() ? sql.charAt(at) : '\0';
    }

    /** The offset of what comes next, or the complement of where a comment starts that has no end. */
    private int skipSpaceAndComments(int from) {
        int at = from;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (isSpace(c)) {
                at++;
            } else if (c == '-' && peek(at + 1) == '-') {
                at = lineEnd(at);
            } else if (c == '/' && peek(at + 1) == '*') {
                int behind = blockCommentEnd(at);
                if (behind < 0) {
                    return ~at;
                }
                at = behind;
            } else {
                return at;
            }
        }
        return at;
    }

    private int lineEnd(int from) {
        int at = from;
        while (at < sql.length() && !isNewline(sql.charAt(at))) {
            at++;
        }
        return at;
    }

    /** The offset behind a comment, in which comments nest, or -1. */
    private int blockCommentEnd(int from) {
        int depth = 1;
        for (int at = from + 2; at + 1 < sql.length(); at++) {
            char c = sql.charAt(at);
            if (c == '*' && sql.charAt(at + 1) == '/') {
                at++;
                if (--depth == 0) {
                    return at + 1;
                }
            } else if (c == '/' && sql.charAt(at + 1) == '*') {
                at++;
                depth++;
            }
        }
        return -1;
    }

    private TokenKind wordOrPrefixedString(int at, char first) {
        char second = peek(at + 1);
        if (second == '\'') {
            switch (first) {
                case 'e', 'E' -> {
                    return quoted(at, at + 1, TokenKind.ESCAPE_STRING);
                }
                case 'b', 'B', 'x', 'X' -> {
                    return quoted(at, at + 1, TokenKind.BIT_STRING);
                }
                case 'n', 'N' -> {
                    return quoted(at, at + 1, standardConformingStrings ? TokenKind.STRING : TokenKind.ESCAPE_STRING);
                }
                default -> {}
            }
        } else if (second == '&' && (first == 'u' || first == 'U')) {
            char third = peek(at + 2);
            if (third == '"') {
                return quotedIdentifier(at, at + 2, TokenKind.UNICODE_IDENTIFIER);
            }
            if (third == '\'') {
                TokenKind kind = quoted(at, at + 2, TokenKind.UNICODE_STRING);
                // Postgres: "unsafe use of string constant with Unicode escapes".
                return standardConformingStrings ? kind : TokenKind.ERROR;
            }
        }
        return word(at);
    }

    private TokenKind word(int from) {
        int hash = 0;
        int at = from;
        for (; at < sql.length() && isWordPart(sql.charAt(at)); at++) {
            hash = Keyword.hash(hash, sql.charAt(at));
        }
        keyword = Keyword.find(sql, from, at, hash);
        return token(from, at, TokenKind.WORD);
    }

    /**
     * A string whose quote stands at {@code quote}; behind white space with a line break another quote continues it. Only in bit strings do
     * two quotes not stand for one.
     */
    private TokenKind quoted(int from, int quote, TokenKind kind) {
        int at = quote + 1;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (c == '\\' && kind == TokenKind.ESCAPE_STRING) {
                at += 2;
            } else if (c != '\'') {
                at++;
            } else if (peek(at + 1) == '\'' && kind != TokenKind.BIT_STRING) {
                at += 2;
            } else {
                int continued = continuation(at + 1);
                if (continued < 0) {
                    return token(from, at + 1, kind);
                }
                at = continued + 1;
            }
        }
        return token(from, sql.length(), TokenKind.ERROR);
    }

    /** The offset of the quote that continues a string which ended before {@code from}, or -1. */
    private int continuation(int from) {
        boolean newline = false;
        int at = from;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (isSpace(c)) {
                newline |= isNewline(c);
                at++;
            } else if (c == '-' && peek(at + 1) == '-') {
                at = lineEnd(at);
            } else {
                return newline && c == '\'' ? at : -1;
            }
        }
        return -1;
    }

    private TokenKind quotedIdentifier(int from, int quote, TokenKind kind) {
        int at = quote + 1;
        while (at < sql.length()) {
            if (sql.charAt(at) != '"') {
                at++;
            } else if (peek(at + 1) == '"') {
                at += 2;
            } else {
                // Postgres: "zero-length delimited identifier".
                return token(from, at + 1, at == quote + 1 ? TokenKind.ERROR : kind);
            }
        }
        return token(from, sql.length(), TokenKind.ERROR);
    }

    /** A parameter, a dollar-quoted string, or a lone dollar sign. */
    private TokenKind dollar(int from) {
        int at = from + 1;
        if (Characters.isDigit(peek(at))) {
            while (Characters.isDigit(peek(at))) {
                at++;
            }
            return endOrJunk(from, at, TokenKind.PARAMETER);
        }
        if (at < sql.length() && isWordStart(sql.charAt(at))) {
            while (at < sql.length() && isTagPart(sql.charAt(at))) {
                at++;
            }
        }
        if (peek(at) != '$') {
            return token(from, from + 1, TokenKind.SYMBOL);
        }
        // The delimiter holds a dollar sign only at its ends, so that this search stays linear.
        int close = sql.indexOf(sql.substring(from, at + 1), at + 1);
        return close < 0
                ? token(from, sql.length(), TokenKind.ERROR)
                : token(from, close + (at + 1 - from), TokenKind.DOLLAR_STRING);
    }

    private TokenKind dot(int at) {
        if (Characters.isDigit(peek(at + 1))) {
            return number(at);
        }
        return token(at, at + (peek(at + 1) == '.' ? 2 : 1), TokenKind.SYMBOL);
    }

    private TokenKind number(int from) {
        int base = base(from);
        if (base != 10) {
            int at = digitsEnd(from + 2, base, true);
            return at == from + 2 ? token(from, at, TokenKind.ERROR) : endOrJunk(from, at, TokenKind.NUMBER);
        }
        int at = digitsEnd(from, 10, false);
        if (peek(at) == '.') {
            if (peek(at + 1) == '.') {
                // In "1..10" the number is 1.
                return token(from, at, TokenKind.NUMBER);
            }
            at = digitsEnd(at + 1, 10, false);
        }
        if (peek(at) == 'e' || peek(at) == 'E') {
            int exponent = peek(at + 1) == '+' || peek(at + 1) == '-' ? at + 2 : at + 1;
            if (Characters.isDigit(peek(exponent))) {
                at = digitsEnd(exponent, 10, false);
            } else {
                return token(from, exponent, TokenKind.ERROR);
            }
        }
        return endOrJunk(from, at, TokenKind.NUMBER);
    }

    private int base(int at) {
        if (sql.charAt(at) != '0') {
            return 10;
        }
        return switch (peek(at + 1)) {
            case 'x', 'X' -> 16;
            case 'o', 'O' -> 8;
            case 'b', 'B' -> 2;
            default -> 10;
        };
    }

    /** Behind digits between which, and with {@code leading} also before which, single underscores may stand. */
    private int digitsEnd(int from, int base, boolean leading) {
        int at = from;
        while (true) {
            int digit = peek(at) == '_' && (leading || at > from) ? at + 1 : at;
            if (Characters.digit(peek(digit), base) < 0) {
                return at;
            }
            at = digit + 1;
        }
    }

    /** Postgres refuses a letter right behind a number or a parameter: "trailing junk". */
    private TokenKind endOrJunk(int from, int to, TokenKind kind) {
        if (to == sql.length() || !isWordStart(sql.charAt(to)) && !endsInWordWithDollar(from, to)) {
            return token(from, to, kind);
        }
        int at = to;
        while (at < sql.length() && isWordPart(sql.charAt(at))) {
            at++;
        }
        return token(from, at, TokenKind.ERROR);
    }

    /** The end of {@code 1_0$}, {@code 1e5$} and {@code 0x1F$} is a word to Postgres, because so the junk is longer than the number. */
    private boolean endsInWordWithDollar(int from, int to) {
        boolean letter = false;
        for (int at = to - 1; at > from && isTagPart(sql.charAt(at)); at--) {
            letter |= isWordStart(sql.charAt(at));
        }
        return letter && sql.charAt(to) == '$';
    }

    /** The longest run of operator characters, cut before a comment and, mostly, before the signs at its end. */
    private int operatorEnd(int from) {
        if (from < signsEnd) {
            return from + 1;
        }
        int run = from;
        boolean mayEndInSign = false;
        int signs = from;
        while (run < sql.length() && isOperator(sql.charAt(run))) {
            char c = sql.charAt(run);
            char following = peek(run + 1);
            if (c == '-' && following == '-' || c == '/' && following == '*') {
                break;
            }
            run++;
            if (c != '+' && c != '-') {
                signs = run;
                mayEndInSign |= LETS_OPERATOR_END_IN_SIGN.indexOf(c) >= 0;
            }
        }
        if (mayEndInSign || signs == run) {
            return run;
        }
        signsEnd = run;
        return Math.max(signs, from + 1);
    }
}
