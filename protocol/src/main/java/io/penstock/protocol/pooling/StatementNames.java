package io.penstock.protocol.pooling;

import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.sql.SessionTrace;
import io.penstock.protocol.sql.SessionTrace.Action;
import io.penstock.protocol.sql.SessionTrace.Naming;
import io.penstock.protocol.sql.SessionTraces;
import io.penstock.protocol.sql.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a client's prepared statements are called on the server that it is on, in SQL and in the server's errors.
 *
 * <pre>
 * statement           the client has that name   on the server
 * PREPARE             no                         a new name; the client has it when the server has completed it
 * PREPARE             yes                        that one's name: the server says 42P05
 * EXECUTE             yes                        that one's name, prepared first where the server does not have it
 * DEALLOCATE          yes                        likewise; nobody has it when the server has completed it
 * EXECUTE, DEALLOCATE no                         as it is, but never a name of ours: the server says 26000
 * </pre>
 */
final class StatementNames {
    /** Statements that execute each other end Postgres's stack; this many are looked into. */
    private static final int DEEPEST = 8;

    private final VirtualServer virtual;
    private final ClientContents client;
    private final ServerMessages messages;

    private int depth;

    /** The client's name for a name on the server. */
    private final Map<String, String> calls = new HashMap<>(4);

    StatementNames(VirtualServer virtual, ClientContents client, ServerMessages messages) {
        this.virtual = virtual;
        this.client = client;
        this.messages = messages;
    }

    /** A text as the server gets it, with what its statements leave. */
    record There(String sql, List<PlannedTrace> traces) {}

    /** A name's meaning behind the statements of one text: {@code definition} is null where they have taken it away. */
    private record Meant(
            @Nullable Definition definition, @Nullable String there) {
        static final Meant NOTHING = new Meant(null, null);
    }

    /**
     * A statement about a prepared one.
     *
     * @param there the name to be used on the server; null for the client's own
     * @param leaves what it leaves when it is completed
     */
    private record Renamed(@Nullable String there, PlannedTrace leaves) {}

    /** Another server comes, where everything has another name. */
    void clear() {
        calls.clear();
    }

    /** The text of a Query. What it executes is prepared before it. */
    There ofQuery(String sql, List<SessionTrace> traces, ServerContents attached) {
        return there(sql, traces, attached, definition -> inOwnTransaction(definition, attached));
    }

    /**
     * The text with the names that prepared statements have on the server.
     *
     * @param ensure prepares one where the server does not have it; its name there
     */
    There there(String sql, List<SessionTrace> traces, ServerContents attached, Function<Definition, String> ensure) {
        StringBuilder text = new StringBuilder();
        int from = 0;
        Map<String, Meant> changed = new HashMap<>(0);
        boolean cleared = false;
        List<PlannedTrace> planned = new ArrayList<>(traces.size());
        for (SessionTrace trace : traces) {
            Naming naming = trace.naming();
            Span at = naming == null ? null : naming.at();
            String name = naming == null ? null : naming.name();
            PlannedTrace plan = PlannedTrace.of(trace);
            if (naming != null && at != null && name != null) {
                Meant meant = changed.getOrDefault(name, cleared ? Meant.NOTHING : known(name));
                Renamed renamed = renamed(trace, naming, sql, meant, attached, ensure);
                plan = renamed.leaves();
                String there = renamed.there() == null ? foreign(name) : called(name, renamed.there());
                if (there != null) {
                    text.append(sql, from, at.start()).append(there);
                    from = at.end();
                }
            }
            cleared |= follow(plan, changed);
            planned.add(plan);
        }
        return new There(from == 0 ? sql : text.append(sql, from, sql.length()).toString(), planned);
    }

    private Meant known(String name) {
        Definition definition = client.named.get(name);
        return definition == null ? Meant.NOTHING : new Meant(definition, null);
    }

    /** What the names mean behind a statement; true if none means anything. */
    private static boolean follow(PlannedTrace plan, Map<String, Meant> changed) {
        Naming naming = plan.trace().naming();
        if (plan.trace().discardsAll() || (naming != null && naming.name() == null)) {
            changed.clear();
            return true;
        }
        if (naming != null && naming.name() != null) {
            switch (naming.action()) {
                case PREPARE -> {
                    if (plan.definition() != null) {
                        changed.put(naming.name(), new Meant(plan.definition(), plan.there()));
                    }
                }
                case DEALLOCATE -> changed.put(naming.name(), Meant.NOTHING);
                case EXECUTE -> {}
            }
        }
        return false;
    }

    private Renamed renamed(
            SessionTrace trace,
            Naming naming,
            String sql,
            Meant meant,
            ServerContents attached,
            Function<Definition, String> ensure) {
        Definition definition = meant.definition();
        if (definition == null) {
            Span rest = naming.rest();
            if (rest == null) {
                return new Renamed(null, PlannedTrace.of(trace));
            }
            String fresh = attached.newName();
            return new Renamed(fresh, new PlannedTrace(trace, define(rest.of(sql), naming.inner()), fresh));
        }
        if (naming.action() == Action.EXECUTE && meant.there() == null && definition.isAboutNames()) {
            return nested(trace, definition, attached, ensure);
        }
        String there = meant.there() != null ? meant.there() : ensure.apply(definition);
        return switch (naming.action()) {
            case PREPARE -> new Renamed(there, PlannedTrace.of(trace)); // it is refused
            case EXECUTE -> {
                virtual.session().note(definition.traces());
                yield new Renamed(there, PlannedTrace.of(trace));
            }
            case DEALLOCATE ->
                new Renamed(
                        there,
                        new PlannedTrace(trace, definition.in(virtual.session().context()), there));
        };
    }

    /** EXECUTE of a statement of Parse that is itself a PREPARE, an EXECUTE or a DEALLOCATE. */
    private Renamed nested(
            SessionTrace trace, Definition definition, ServerContents attached, Function<Definition, String> ensure) {
        if (depth == DEEPEST) {
            return new Renamed(null, PlannedTrace.of(trace));
        }
        depth++;
        PreparedMessages.Here here = virtual.prepared().here(definition, attached);
        depth--;
        virtual.session().note(definition.traces());
        return new Renamed(ensure.apply(here.definition()), here.traces().getFirst());
    }

    private Definition define(String rest, @Nullable SessionTrace inner) {
        List<SessionTrace> traces = inner == null || inner.isNone() ? List.of() : List.of(inner);
        return Definition.bySql(rest, traces, virtual.session().context(), !SessionTraces.mayMeanTheTime(rest));
    }

    /** What stands for a name of ours that a client has made up, so that it does not reach what others have prepared; else null. */
    private @Nullable String foreign(String name) {
        String other = PreparedMessages.notOurs(name);
        if (other.equals(name)) {
            return null;
        }
        calls.put(other, name);
        return '"' + other.replace("\"", "\"\"") + '"';
    }

    /** In a block of its own, or the query would be part of an implicit transaction that only Sync ends. */
    private String inOwnTransaction(Definition definition, ServerContents attached) {
        String there = attached.find(definition.in(virtual.session().context()));
        if (there != null) {
            return there;
        }
        String given = virtual.prepared().ensure(definition, attached);
        virtual.send(messages.sync(), new Owed.OwnSync());
        return given;
    }

    /** Remembers how the client calls what the server knows under another name. */
    String called(String name, String there) {
        calls.put(there, name);
        return there;
    }

    /** An error of the server, about the names that the client knows. */
    Frame inClientsWords(Frame error) {
        return calls.isEmpty() ? error : messages.withNames(error, calls);
    }
}
