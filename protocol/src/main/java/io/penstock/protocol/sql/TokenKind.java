package io.penstock.protocol.sql;

/** What a token of SQL text is, as far as its shape goes. */
public enum TokenKind {
    /** An unquoted identifier or a key word. */
    WORD,
    /** {@code "identifier"}. */
    QUOTED_IDENTIFIER,
    /** {@code U&"identifier"}, without the UESCAPE that may follow. */
    UNICODE_IDENTIFIER,
    /** {@code 'text'} and {@code N'text'} in which a backslash is an ordinary character. */
    STRING,
    /** {@code E'text'}, and plain strings where standard_conforming_strings is off. */
    ESCAPE_STRING,
    /** {@code U&'text'}. */
    UNICODE_STRING,
    /** {@code B'0101'} and {@code X'1F'}. */
    BIT_STRING,
    /** {@code $tag$text$tag$}. */
    DOLLAR_STRING,
    NUMBER,
    /** {@code $1}. */
    PARAMETER,
    /** One or more operator characters. */
    OPERATOR,
    /** A punctuation character, {@code ::}, {@code :=}, {@code ..}, or a character that Postgres knows no token for. */
    SYMBOL,
    /** Text at which Postgres's lexer gives up: the whole message becomes a syntax error there. */
    ERROR,
    /** The end of the text. */
    END;

    boolean isIdentifier() {
        return this == WORD || this == QUOTED_IDENTIFIER || this == UNICODE_IDENTIFIER;
    }

    /** Whether Postgres's grammar sees a string constant (SCONST). */
    boolean isString() {
        return this == STRING || this == ESCAPE_STRING || this == UNICODE_STRING || this == DOLLAR_STRING;
    }
}
