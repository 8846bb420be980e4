package io.penstock.protocol.sql;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a statement may leave in its session beyond its transaction, as far as its text tells.
 *
 * @param settings names of settings, in lower case, that it may change: Postgres is asked for them afterwards
 * @param local likewise, of which nothing is left after the transaction
 * @param everySetting whether it may change all that were changed before: RESET ALL
 * @param discardsAll DISCARD ALL: nothing is left of the session
 * @param stays what cannot follow to another server; null if nothing
 * @param prepared the name of a prepared statement that it prepares, executes or deallocates; null if none
 * @param preparedAt where that name stands in the text
 * @param deallocates it is forgotten afterwards; with no name, all of them
 */
public record SessionTrace(
        Set<String> settings,
        Set<String> local,
        boolean everySetting,
        boolean discardsAll,
        @Nullable Stays stays,
        @Nullable String prepared,
        @Nullable Span preparedAt,
        boolean deallocates) {
    /** What keeps a session on its server. */
    public enum Stays {
        TEMPORARY_OBJECT("temporary object"),
        ADVISORY_LOCK("advisory lock of the session"),
        HELD_CURSOR("cursor WITH HOLD"),
        LISTEN("LISTEN"),
        PREPARED_BY_SQL("statement prepared by SQL"),
        SESSION_AUTHORIZATION("SET SESSION AUTHORIZATION"),
        LIBRARY("LOAD"),
        COMPUTED_SETTING("set_config of a computed name"),
        RANDOM_SEED("setseed"),
        SEQUENCE_VALUE("currval or lastval"),
        FOREIGN_CONNECTION("dblink connection"),
        CODE("DO block or new function that may change the session"),
        /** Not from a text: Postgres refused to tell a setting. */
        UNREADABLE_SETTING("setting that cannot be read");

        private final String text;

        Stays(String text) {
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }
    }

    static final SessionTrace NONE = new SessionTrace(Set.of(), Set.of(), false, false, null, null, null, false);

    public SessionTrace {
        settings = Set.copyOf(settings);
        local = Set.copyOf(local);
    }

    static SessionTrace of(Stays stays) {
        return new SessionTrace(Set.of(), Set.of(), false, false, stays, null, null, false);
    }

    static SessionTrace of(Set<String> settings, @Nullable Stays stays) {
        return new SessionTrace(settings, Set.of(), false, false, stays, null, null, false);
    }

    /** The same as far as it ends with the transaction. */
    SessionTrace inTransaction() {
        return new SessionTrace(Set.of(), settings, false, false, stays, null, null, false);
    }

    /** Whether there is none. */
    public boolean isNone() {
        return this == NONE;
    }

    /** Whether it changes what a prepared statement's name means. */
    public boolean isStructural() {
        return discardsAll || deallocates || preparesBySql();
    }

    /** PREPARE. */
    public boolean preparesBySql() {
        return stays == Stays.PREPARED_BY_SQL;
    }
}
