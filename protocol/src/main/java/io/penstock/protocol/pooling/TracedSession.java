package io.penstock.protocol.pooling;

import io.penstock.protocol.sql.SessionTrace;
import io.penstock.protocol.sql.SessionTrace.Stays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client's session as far as its statements' texts tell: which settings may have changed, in which context statements are prepared, what
 * becomes of their names, and why the client keeps its server.
 */
final class TracedSession {
    private final VirtualServer virtual;
    private final ClientContents client;
    private final SettingsFollow settings;

    /** Portals whose statement leaves something that counts from its completion on. */
    private final Map<String, List<PlannedTrace>> noted = new HashMap<>(0);

    private @Nullable Stays stays;
    /** Whether Postgres can tell of all that has made the client keep its server whether it still does. */
    private boolean certain;
    /** Whether a statement may have changed what it would tell. */
    private boolean changed;

    private @Nullable ParseContext uncertain;
    private boolean fresh;

    TracedSession(VirtualServer virtual, ClientContents client, SettingsFollow settings) {
        this.virtual = virtual;
        this.client = client;
        this.settings = settings;
    }

    /** Why the client keeps its server, or null. */
    @Nullable
    Stays stays() {
        return stays;
    }

    /** The client has another server, or, {@code false}, has sent something to it. */
    void fresh(boolean now) {
        fresh = now;
    }

    /**
     * The portal is bound to the statement.
     *
     * @param planned what it leaves when it is completed
     */
    void running(String portal, Definition definition, List<PlannedTrace> planned) {
        note(definition.traces());
        if (planned.stream().anyMatch(PlannedTrace::isNoted)) {
            noted.put(portal, planned);
        } else if (!noted.isEmpty()) {
            noted.remove(portal);
        }
    }

    boolean hasNoted() {
        return !noted.isEmpty();
    }

    List<PlannedTrace> notedOf(String portal) {
        return noted.getOrDefault(portal, List.of());
    }

    /** No portal is left. */
    void forgetPortals() {
        noted.clear();
    }

    /** The statement is about to be prepared; what has to be done on the server before its first statement is done now. */
    void preparing(Definition definition) {
        if (definition.traces().stream().anyMatch(trace -> trace.stays() == Stays.SEQUENCE_VALUE)) {
            stay(Stays.SEQUENCE_VALUE);
        }
    }

    /** A statement with these traces is about to run. */
    void note(List<SessionTrace> traces) {
        for (SessionTrace trace : traces) {
            settings.mayChange(trace, virtual.server());
            Stays reason = trace.stays();
            if (reason != null) {
                stay(reason);
            }
            changed |= trace.frees();
            if (virtual.listening().sending(trace.listening())) {
                stay(Stays.LISTEN);
            }
        }
    }

    /** Whether the client's server is kept because it may itself listen to something. */
    boolean listensItself() {
        return stays == Stays.LISTEN || stays == Stays.CODE;
    }

    void stay(Stays reason) {
        if (reason == Stays.SEQUENCE_VALUE && stays == null && fresh) {
            virtual.discardSequences();
        }
        certain = reason.isKnownToServer() && (stays == null || certain);
        changed = true;
        if (stays == null) {
            stays = reason;
            virtual.effects().stays(reason);
        }
    }

    /** Whether Postgres shall be asked {@link ServerMessages#askStays} now, when everything is answered. */
    boolean takesStaysAsked() {
        boolean ask = stays != null && certain && changed;
        changed = false;
        return ask;
    }

    /** Postgres has said that nothing keeps the server; unless it was sent more since it was asked. */
    void nothingStays() {
        if (!changed) {
            stays = null;
        }
    }

    /** The server has completed statements. */
    void completed(List<PlannedTrace> planned) {
        for (PlannedTrace plan : planned) {
            SessionTrace.Naming naming = plan.trace().naming();
            if (plan.trace().discardsAll()) {
                virtual.server().clear();
                client.clear();
                settings.forget();
                stays = null;
            } else if (naming != null) {
                renamed(naming, plan);
            }
        }
    }

    private void renamed(SessionTrace.Naming naming, PlannedTrace plan) {
        String name = naming.name();
        Definition definition = plan.definition();
        if (name == null) {
            virtual.server().forgetPrepared();
            client.named.clear();
        } else if (definition != null && plan.there() != null) {
            switch (naming.action()) {
                case PREPARE -> {
                    client.named.put(name, definition);
                    virtual.server().prepared(definition, plan.there());
                }
                case DEALLOCATE -> {
                    client.named.remove(name);
                    virtual.server().remove(definition);
                }
                case EXECUTE -> {}
            }
        }
    }

    /** In which statements are prepared and looked for. Where a setting may have changed unseen it is one that nobody shares. */
    ParseContext context() {
        if (stays == null && !settings.unsettled()) {
            return client.context();
        }
        ParseContext own = uncertain;
        if (own == null) {
            own = ParseContext.unknown();
            uncertain = own;
        }
        return own;
    }

    /** Everything is answered, and all settings are known. */
    void settle(ServerContents attached) {
        settings.settled();
        attached.settled();
        if (uncertain != null && stays == null) {
            attached.forget(uncertain);
            uncertain = null;
        }
    }
}
