package io.penstock.protocol.sql;

/**
 * The session settings that change how Postgres reads SQL.
 *
 * @param standardConformingStrings whether a backslash in a plain string is an ordinary character; reported by the server in a
 *     ParameterStatus, so a session always knows it
 */
public record LexerOptions(boolean standardConformingStrings) {
    /** The settings of a fresh session. */
    public static final LexerOptions DEFAULT = new LexerOptions(true);
}
