package io.penstock.node.session;

import io.penstock.config.LimitSettings;
import io.penstock.config.PenstockSettings;
import io.penstock.node.backend.CancelSender;
import io.penstock.node.cancel.CancelRequests;
import io.penstock.node.cancel.CancelRoutes;
import io.penstock.node.pool.ServerPools;
import io.penstock.node.transport.ClientTls;
import io.penstock.node.transport.IncomingClient;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.session.SessionSettings;
import io.penstock.protocol.session.StartupRules;
import io.penstock.protocol.session.StartupRules.Encryption;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.stream.ActorAttributes;
import org.jspecify.annotations.Nullable;

/**
 * All clients of a node: gives each that connects a session on its own event loop. Hand {@link #accept} to the listener.
 *
 * <p>Safe for use by several threads.
 */
public final class ClientSessions {
    /** In place of a database's name: what physical replication connects to, where all databases are of one server. */
    public static final String WHOLE_SERVER = "";

    private final ClassicActorSystemProvider system;
    private final LimitSettings limits;
    private final SignIn signIn;
    private final Function<String, @Nullable ClientDatabase> databases;
    private final ServerPools pools;
    private final CancelSender cancelSender;
    private final CancelRequests cancels;
    private final Admission admission;
    private final ClientRounds rounds = new ClientRounds();
    private final Set<OpenSession> open = ConcurrentHashMap.newKeySet();

    /** What can be asked of a session from outside. */
    interface OpenSession {
        /** Ends it, but lets a mutation finish. From any thread. */
        void end(PgError reason);
    }

    /**
     * Of one node.
     *
     * @param databases the database of a name or for {@link #WHOLE_SERVER}, or null if there is none; asked on event loops, so it must
     *     not block
     * @param routes to the other nodes, for CancelRequests that are not for this one
     */
    public ClientSessions(
            ClassicActorSystemProvider system,
            PenstockSettings settings,
            Users users,
            Function<String, @Nullable ClientDatabase> databases,
            ServerPools pools,
            CancelSender cancelSender,
            CancelRoutes routes,
            SecureRandom random) {
        this(
                system,
                new SignIn(settings, users, random),
                settings.limits(),
                databases,
                pools,
                cancelSender,
                routes,
                random);
    }

    /** With the parts of the settings that count here. */
    public ClientSessions(
            ClassicActorSystemProvider system,
            SignIn signIn,
            LimitSettings limits,
            Function<String, @Nullable ClientDatabase> databases,
            ServerPools pools,
            CancelSender cancelSender,
            CancelRoutes routes,
            SecureRandom random) {
        this.system = system;
        this.limits = limits;
        this.signIn = signIn;
        this.databases = databases;
        this.pools = pools;
        this.cancelSender = cancelSender;
        this.cancels = new CancelRequests(routes, random, () -> System.nanoTime() / 1_000_000);
        this.admission = new Admission(limits);
    }

    /** A client has connected. */
    public void accept(IncomingClient client) {
        client.flow()
                .join(new SessionStage(this, client))
                .withAttributes(ActorAttributes.dispatcher(client.dispatcher()))
                .run(system);
    }

    /** How many clients are logged in, or about to be. */
    public int admitted() {
        return admission.admitted();
    }

    /** Ends every session, but lets mutations finish. */
    public void endAll(PgError reason) {
        open.forEach(session -> session.end(reason));
    }

    // ---- for the stages ----

    void opened(OpenSession session) {
        open.add(session);
    }

    void closed(OpenSession session) {
        open.remove(session);
    }

    /** Takes a place among the clients that are let in; else why there is none. */
    @Nullable
    PgError admit(String user, String database) {
        return admission.enter(user, database);
    }

    void leave(String user, String database) {
        admission.leave(user, database);
    }

    SessionSettings freshSettings(IncomingClient client) {
        return SessionSettings.of(signIn.authentication(), cancels.freshProcessId(), cancels.freshSecret())
                .with(new StartupRules(encryption(client.tls()), signIn.databaseOfSync()));
    }

    private static Encryption encryption(ClientTls tls) {
        if (tls.required()) {
            return Encryption.REQUIRED;
        }
        return tls.offered() ? Encryption.OFFERED : Encryption.NONE;
    }

    @Nullable
    ClientDatabase database(String name) {
        return databases.apply(name);
    }

    LimitSettings limits() {
        return limits;
    }

    SignIn signIn() {
        return signIn;
    }

    ClientRounds rounds() {
        return rounds;
    }

    CancelRequests cancels() {
        return cancels;
    }

    ServerPools pools() {
        return pools;
    }

    CancelSender cancelSender() {
        return cancelSender;
    }
}
