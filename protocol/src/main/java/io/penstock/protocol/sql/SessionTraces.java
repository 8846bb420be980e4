package io.penstock.protocol.sql;

import static java.util.Objects.requireNonNull;

import io.penstock.protocol.sql.SessionTrace.Action;
import io.penstock.protocol.sql.SessionTrace.Naming;
import io.penstock.protocol.sql.SessionTrace.Stays;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads from SQL what it may leave in a session. It sees what stands in the text; a function that changes its caller's session is seen
 * only where Postgres reports it (ParameterStatus). In doubt something stays, which costs a connection and is never wrong.
 */
public final class SessionTraces {
    /** At least one of these stands in every text that leaves anything. */
    private static final Set<String> WORDS = Set.of(
            "set",
            "reset",
            "discard",
            "prepare",
            "execute",
            "deallocate",
            "listen",
            "load",
            "do",
            "temp",
            "temporary",
            "hold",
            "set_config",
            "setseed",
            "currval",
            "lastval",
            "function",
            "procedure");

    /** Likewise, of what counts only where it is a statement of the client's: in a DO block it leaves nothing. */
    private static final Set<String> OF_STATEMENTS =
            Set.of("unlisten", "notify", "pg_notify", "savepoint", "release", "rollback", "drop", "close");

    private static final List<String> PREFIXES =
            List.of("pg_temp", "pg_advisory_lock", "pg_try_advisory_lock", "dblink_connect");

    private static final Map<String, Stays> FUNCTIONS = Map.of(
            "pg_advisory_lock", Stays.ADVISORY_LOCK,
            "pg_advisory_lock_shared", Stays.ADVISORY_LOCK,
            "pg_try_advisory_lock", Stays.ADVISORY_LOCK,
            "pg_try_advisory_lock_shared", Stays.ADVISORY_LOCK,
            "setseed", Stays.RANDOM_SEED,
            "currval", Stays.SEQUENCE_VALUE,
            "lastval", Stays.SEQUENCE_VALUE,
            "dblink_connect", Stays.FOREIGN_CONNECTION,
            "dblink_connect_u", Stays.FOREIGN_CONNECTION);

    private static final int LONGEST_WORD = 24;
    /** A name shorter than this has not been cut to 63 bytes, whatever characters it is made of. */
    private static final int SURELY_WHOLE = 60;

    private static final String SEARCH_PATH = "search_path";
    private static final String TEMPORARY_SCHEMA = "pg_temp";
    private static final String UNLOCK = "pg_advisory_unlock";

    /** Constants that have another value each time. */
    private static final List<String> TIMES = List.of("now", "today", "tomorrow", "yesterday");

    private SessionTraces() {}

    /** The traces of each statement in order; an empty list where there are none at all. */
    public static List<SessionTrace> read(String sql, LexerOptions options) {
        if (!holdsWord(sql, true)) {
            return List.of();
        }
        List<SessionTrace> traces = new ArrayList<>();
        boolean any = false;
        for (Span span : StatementSplitter.spans(sql, options)) {
            SessionTrace trace = statement(span, sql, options);
            traces.add(trace);
            any |= !trace.isNone();
        }
        return any ? traces : List.of();
    }

    /**
     * Whether the text may hold a constant such as {@code 'now'}, which has the value of the moment when the statement is prepared. A
     * call of {@code now()} is none.
     */
    public static boolean mayMeanTheTime(String sql) {
        int quote = sql.indexOf('\'');
        return quote >= 0 && TIMES.stream().anyMatch(word -> holds(sql, word, quote));
    }

    private static boolean holds(String sql, String word, int from) {
        for (int at = from; at + word.length() <= sql.length(); at++) {
            if ((sql.charAt(at) | 0x20) == word.charAt(0)
                    && sql.regionMatches(true, at, word, 0, word.length())
                    && !isWordPart(sql.charAt(at - 1))
                    && (at + word.length() == sql.length() || !isCallOrWord(sql.charAt(at + word.length())))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCallOrWord(char c) {
        return c == '(' || isWordPart(c);
    }

    /** One pass over the characters, nothing allocated but the words that are long enough: most statements leave nothing. */
    private static boolean holdsWord(String sql, boolean ofStatement) {
        if (sql.contains("&\"")) {
            return true; // U&"..." spells any word
        }
        int length = sql.length();
        int at = 0;
        while (at < length) {
            char c = sql.charAt(at);
            if (!isWordPart(c)) {
                at++;
                continue;
            }
            int start = at;
            while (at < length && isWordPart(sql.charAt(at))) {
                at++;
            }
            if (at - start >= 2 && at - start <= LONGEST_WORD * 2 && isInteresting(sql, start, at, ofStatement)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWordPart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    private static boolean isInteresting(String sql, int start, int end, boolean ofStatement) {
        return switch (sql.charAt(start) | 0x20) {
            case 'n' -> ofStatement && isWord("notify", sql, start, end);
            case 'u' -> ofStatement && isWord("unlisten", sql, start, end);
            case 's', 'r', 'd', 'p', 'e', 'l', 't', 'h', 'c', 'f' -> {
                String word = sql.substring(start, end).toLowerCase(Locale.ROOT);
                yield WORDS.contains(word)
                        || (ofStatement && (OF_STATEMENTS.contains(word) || word.startsWith(UNLOCK)))
                        || PREFIXES.stream().anyMatch(word::startsWith);
            }
            default -> false;
        };
    }

    /** For letters with which many words begin. */
    private static boolean isWord(String word, String sql, int start, int end) {
        return end - start == word.length() && sql.regionMatches(true, start, word, 0, word.length());
    }

    private static SessionTrace statement(Span span, String sql, LexerOptions options) {
        Tokens tokens = Tokens.of(span.of(sql), options);
        int first = 0;
        while (tokens.is(first, ';')) {
            first++;
        }
        if (!tokens.isWellFormed()) {
            return SessionTrace.NONE; // a syntax error
        }
        return switch (word(tokens, first)) {
            case "set" -> set(tokens, first + 1);
            case "reset" -> reset(tokens, first + 1);
            case "discard" ->
                word(tokens, first + 1).equals("all")
                        ? new SessionTrace(Set.of(), Set.of(), false, true, null, null, null, false)
                        : SessionTrace.freeing();
            case "prepare" ->
                word(tokens, first + 1).equals("transaction") ? SessionTrace.NONE : prepare(tokens, first + 1, span);
            case "execute" -> named(Action.EXECUTE, tokens, first + 1, span.start(), functions(tokens, first));
            case "deallocate" -> deallocate(tokens, first + 1, span.start());
            case "listen" -> listen(tokens, first + 1);
            case "unlisten" -> unlisten(tokens, first + 1);
            case "notify" -> SessionTrace.of(new Listening.Notify());
            case "savepoint" -> ofSavepoint(tokens, first + 1, Listening.Savepoint::new);
            case "release" ->
                ofSavepoint(
                        tokens,
                        word(tokens, first + 1).equals("savepoint") ? first + 2 : first + 1,
                        Listening.Release::new);
            case "rollback" -> rollback(tokens, first + 1);
            case "drop", "close" -> SessionTrace.freeing();
            case "load" -> SessionTrace.of(Stays.LIBRARY);
            case "do" -> code(tokens, first);
            case "declare" -> declare(tokens, first);
            case "create" -> create(tokens, first);
            default -> {
                SessionTrace found = functions(tokens, first);
                int execute = explained(tokens, first);
                yield execute < 0 ? found : named(Action.EXECUTE, tokens, execute, span.start(), found);
            }
        };
    }

    /** The unquoted word there in lower case, or nothing. */
    private static String word(Tokens tokens, int index) {
        if (index >= tokens.count() || tokens.kind(index) != TokenKind.WORD) {
            return "";
        }
        String word = tokens.identifier(index);
        return word == null ? "" : word;
    }

    private static SessionTrace set(Tokens tokens, int index) {
        int at = index;
        String scope = word(tokens, at);
        if (scope.equals("transaction") || scope.equals("constraints")) {
            return SessionTrace.NONE;
        }
        if (scope.equals("local")) {
            return set(tokens, at + 1).inTransaction();
        }
        if (scope.equals("session")) {
            at++;
            if (word(tokens, at).equals("authorization")) {
                return SessionTrace.of(Stays.SESSION_AUTHORIZATION);
            }
            if (word(tokens, at).equals("characteristics")) {
                return SessionTrace.of(
                        Set.of(
                                "default_transaction_isolation",
                                "default_transaction_read_only",
                                "default_transaction_deferrable"),
                        null);
            }
        }
        return switch (word(tokens, at)) {
            case "time" -> SessionTrace.of(Set.of("timezone"), null);
            case "names" -> SessionTrace.of(Set.of("client_encoding"), null);
            case "schema" -> SessionTrace.of(Set.of(SEARCH_PATH), temporary(tokens, at));
            case "xml" -> SessionTrace.of(Set.of("xmloption"), null);
            case "role" -> SessionTrace.of(Set.of("role"), null);
            case "session_authorization" -> SessionTrace.of(Stays.SESSION_AUTHORIZATION);
            default -> setting(tokens, at);
        };
    }

    private static SessionTrace reset(Tokens tokens, int index) {
        return switch (word(tokens, index)) {
            case "all" -> new SessionTrace(Set.of(), Set.of(), true, false, null, null, null, false);
            case "time" -> SessionTrace.of(Set.of("timezone"), null);
            case "session" -> SessionTrace.of(Stays.SESSION_AUTHORIZATION);
            case "transaction" -> SessionTrace.of(Set.of("default_transaction_isolation"), null);
            default -> setting(tokens, index);
        };
    }

    /** A name, maybe with a prefix: {@code app.tenant}. */
    private static SessionTrace setting(Tokens tokens, int index) {
        StringBuilder name = new StringBuilder();
        int at = index;
        while (true) {
            String part = at < tokens.count() ? tokens.identifier(at) : null;
            if (part == null) {
                return SessionTrace.NONE; // a syntax error
            }
            name.append(part);
            at = tokens.afterIdentifier(at);
            if (!tokens.is(at, '.')) {
                String setting = name.toString().toLowerCase(Locale.ROOT);
                return SessionTrace.of(Set.of(setting), setting.equals(SEARCH_PATH) ? temporary(tokens, at) : null);
            }
            name.append('.');
            at++;
        }
    }

    /** With the temporary schema in front of the path, a plain CREATE TABLE makes a temporary one. */
    private static @Nullable Stays temporary(Tokens tokens, int from) {
        for (int at = from; at < tokens.count(); at++) {
            String name = tokens.kind(at).isString() ? tokens.string(at) : tokens.identifier(at);
            if (name != null && name.toLowerCase(Locale.ROOT).contains(TEMPORARY_SCHEMA)) {
                return Stays.TEMPORARY_OBJECT;
            }
        }
        return null;
    }

    private static SessionTrace named(Action action, Tokens tokens, int index, int offset, SessionTrace others) {
        String name = index < tokens.count() ? tokens.identifier(index) : null;
        Span at = name == null ? null : nameAt(tokens, index, offset);
        return at == null ? others : others.about(new Naming(action, name, at, null, null));
    }

    private static Span nameAt(Tokens tokens, int index, int offset) {
        Span at = requireNonNull(tokens.span(index, tokens.afterIdentifier(index)), "an identifier has a place");
        return new Span(at.start() + offset, at.end() + offset);
    }

    /** What it does is done when it is executed, by whatever EXECUTE or Bind. */
    private static SessionTrace prepare(Tokens tokens, int index, Span statement) {
        String name = index < tokens.count() ? tokens.identifier(index) : null;
        if (name == null) {
            return SessionTrace.NONE; // a syntax error
        }
        Span at = nameAt(tokens, index, statement.start());
        Span rest = new Span(at.end(), statement.end());
        return SessionTrace.NONE.about(new Naming(Action.PREPARE, name, at, rest, functions(tokens, index + 1)));
    }

    private static SessionTrace deallocate(Tokens tokens, int index, int offset) {
        int at = word(tokens, index).equals("prepare") && index + 1 < tokens.count() ? index + 1 : index;
        return word(tokens, at).equals("all")
                ? SessionTrace.NONE.about(new Naming(Action.DEALLOCATE, null, null, null, null))
                : named(Action.DEALLOCATE, tokens, at, offset, SessionTrace.NONE);
    }

    /** Behind EXECUTE in an EXPLAIN or a CREATE TABLE AS; negative where there is none. */
    private static int explained(Tokens tokens, int first) {
        String verb = word(tokens, first);
        if (!verb.equals("explain") && !verb.equals("create")) {
            return -1;
        }
        for (int at = first + 1; at < tokens.count(); at = tokens.after(at)) {
            if (word(tokens, at).equals("execute") && !tokens.isLabel(at)) {
                return at + 1;
            }
        }
        return -1;
    }

    private static SessionTrace create(Tokens tokens, int first) {
        for (int at = first + 1; at < tokens.count() && at <= first + 4; at++) {
            String word = word(tokens, at);
            if (word.equals("function") || word.equals("procedure")) {
                return SessionTrace.of(Stays.CODE); // whether it changes sessions is looked up when the client leaves
            }
            if (word.equals("temp") || word.equals("temporary")) {
                return endsWithTransaction(tokens, at)
                        ? functions(tokens, first)
                        : SessionTrace.of(Stays.TEMPORARY_OBJECT);
            }
        }
        return functions(tokens, first);
    }

    private static boolean endsWithTransaction(Tokens tokens, int from) {
        for (int at = from; at < tokens.count(); at = tokens.after(at)) {
            if (word(tokens, at).equals("commit") && word(tokens, at + 1).equals("drop")) {
                return true;
            }
        }
        return false;
    }

    private static SessionTrace declare(Tokens tokens, int first) {
        for (int at = first + 1; at + 1 < tokens.count(); at++) {
            if (tokens.is(at, Keyword.WITH) && word(tokens, at + 1).equals("hold")) {
                return SessionTrace.of(Stays.HELD_CURSOR);
            }
        }
        return functions(tokens, first);
    }

    /** What stands in a DO block is a string: if it holds any of the words that leave something, it is taken to do so. */
    private static SessionTrace code(Tokens tokens, int first) {
        for (int at = first + 1; at < tokens.count(); at++) {
            String text = tokens.kind(at).isString() ? tokens.string(at) : null;
            if (text != null && holdsWord(text, false)) {
                return SessionTrace.of(Stays.CODE);
            }
        }
        return SessionTrace.NONE;
    }

    private static SessionTrace listen(Tokens tokens, int index) {
        String channel = channel(tokens, index);
        return channel == null ? SessionTrace.of(Stays.LISTEN) : SessionTrace.of(new Listening.Listen(channel));
    }

    private static SessionTrace unlisten(Tokens tokens, int index) {
        String channel = channel(tokens, index);
        return channel == null && !tokens.is(index, '*')
                ? SessionTrace.NONE
                : SessionTrace.of(new Listening.Unlisten(channel));
    }

    /**
     * A channel's name, or null where it is not certain what Postgres makes of it: it shortens names at a character's end, and here each
     * byte counts as a character.
     */
    private static @Nullable String channel(Tokens tokens, int index) {
        String name = index < tokens.count() ? tokens.identifier(index) : null;
        if (name == null) {
            return null;
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        return bytes == name.length() || bytes < SURELY_WHOLE ? name : null;
    }

    private static SessionTrace rollback(Tokens tokens, int index) {
        int at = index;
        if (word(tokens, at).equals("work") || word(tokens, at).equals("transaction")) {
            at++;
        }
        if (!word(tokens, at).equals("to")) {
            return SessionTrace.NONE;
        }
        at++;
        return ofSavepoint(tokens, word(tokens, at).equals("savepoint") ? at + 1 : at, Listening.RollbackTo::new);
    }

    private static SessionTrace ofSavepoint(Tokens tokens, int index, Function<String, Listening> done) {
        String name = index < tokens.count() ? tokens.identifier(index) : null;
        return name == null ? SessionTrace.NONE : SessionTrace.of(done.apply(name));
    }

    private static SessionTrace functions(Tokens tokens, int first) {
        Set<String> settings = new HashSet<>(0);
        Set<String> local = new HashSet<>(0);
        Stays stays = null;
        Listening listening = null;
        boolean frees = false;
        for (int at = first; at < tokens.count(); at++) {
            if (!tokens.isIdentifier(at)) {
                continue;
            }
            String name = tokens.identifier(at);
            if (name == null) {
                continue;
            }
            if (name.startsWith(TEMPORARY_SCHEMA)) {
                stays = Stays.TEMPORARY_OBJECT;
            } else if (tokens.is(at, Keyword.INTO) && word(tokens, at + 1).startsWith("temp")) {
                stays = Stays.TEMPORARY_OBJECT;
            } else if (tokens.is(at + 1, '(')) {
                Stays function = FUNCTIONS.get(name);
                if (function != null) {
                    stays = function;
                } else if (name.startsWith(UNLOCK)) {
                    frees = true;
                } else if (name.equals("pg_notify")) {
                    listening = new Listening.Notify();
                } else if (name.equals("set_config")) {
                    String setting = literal(tokens, at + 2);
                    if (setting == null || setting.equalsIgnoreCase("session_authorization")) {
                        stays = Stays.COMPUTED_SETTING;
                    } else {
                        Set<String> changed = untilCommit(tokens, at + 1) ? local : settings;
                        changed.add(setting.toLowerCase(Locale.ROOT));
                        if (setting.equalsIgnoreCase(SEARCH_PATH) && temporary(tokens, at) != null) {
                            stays = Stays.TEMPORARY_OBJECT;
                        }
                    }
                }
            }
        }
        return settings.isEmpty() && local.isEmpty() && stays == null && listening == null && !frees
                ? SessionTrace.NONE
                : new SessionTrace(settings, local, false, false, stays, null, listening, frees);
    }

    /** Whether the last argument is {@code true}. */
    private static boolean untilCommit(Tokens tokens, int open) {
        int close = tokens.after(open) - 1;
        return tokens.is(close - 2, ',') && word(tokens, close - 1).equals("true");
    }

    private static @Nullable String literal(Tokens tokens, int index) {
        boolean alone = tokens.is(index + 1, ',');
        return alone && tokens.kind(index).isString() ? tokens.string(index) : null;
    }
}
