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
 * @param naming what it does to a prepared statement; null if nothing
 * @param listening what it has to do with channels; null if nothing
 * @param frees whether it may take away what stayed: then Postgres is asked whether anything still does
 */
public record SessionTrace(
        Set<String> settings,
        Set<String> local,
        boolean everySetting,
        boolean discardsAll,
        @Nullable Stays stays,
        @Nullable Naming naming,
        @Nullable Listening listening,
        boolean frees) {
    /**
     * PREPARE, EXECUTE or DEALLOCATE.
     *
     * @param name the prepared statement's; null for all of them
     * @param at where the name stands in the text; null for all of them
     * @param rest of a PREPARE: what follows the name
     * @param inner of a PREPARE: what running the statement may leave
     */
    public record Naming(
            Action action,
            @Nullable String name,
            @Nullable Span at,
            @Nullable Span rest,
            @Nullable SessionTrace inner) {}

    /** What is done to a prepared statement. */
    public enum Action {
        PREPARE,
        EXECUTE,
        DEALLOCATE
    }

    /** What keeps a session on its server. */
    public enum Stays {
        TEMPORARY_OBJECT("temporary object"),
        ADVISORY_LOCK("advisory lock of the session"),
        HELD_CURSOR("cursor WITH HOLD"),
        /** Only where the listener that clients share cannot do it. */
        LISTEN("LISTEN"),
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

        /** Whether Postgres can tell whether it still does. */
        public boolean isKnownToServer() {
            return this == TEMPORARY_OBJECT || this == ADVISORY_LOCK || this == HELD_CURSOR;
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
        return discardsAll || (naming != null && naming.action() != Action.EXECUTE);
    }

    /** The same, about a prepared statement. */
    SessionTrace about(Naming statement) {
        return new SessionTrace(settings, local, everySetting, discardsAll, stays, statement, listening, frees);
    }

    /** Of a statement that takes away, and leaves nothing. */
    static SessionTrace freeing() {
        return new SessionTrace(Set.of(), Set.of(), false, false, null, null, null, true);
    }

    /** Of a statement that has nothing but this to it. */
    static SessionTrace of(Listening listening) {
        return new SessionTrace(Set.of(), Set.of(), false, false, null, null, listening, false);
    }
}
