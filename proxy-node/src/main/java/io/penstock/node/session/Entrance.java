package io.penstock.node.session;

import io.penstock.config.PoolSettings;
import io.penstock.node.backend.ServerLogin;
import io.penstock.node.pool.ServerPool;
import io.penstock.protocol.auth.ScramKeys;
import io.penstock.protocol.auth.ScramVerifier;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.session.Replication;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One client's way in: past the limits of its address, the proof of its name, the database's door and the places that are left. It gives
 * back at the end what it has taken. Used on the client's event loop only.
 *
 * <pre>
 * outside  -arrive-> at the door  -verifier, signedIn | signInFailed->  -enter-> inside
 * any      -leave->  outside
 * </pre>
 */
final class Entrance {
    private final ClientSessions sessions;
    private final InetAddress remote;
    private boolean arrived;
    private String user = "";
    private @Nullable ScramKeys keys;
    /** The database in which the client has a place. */
    private @Nullable String admitted;

    Entrance(ClientSessions sessions, InetAddress remote) {
        this.sessions = sessions;
        this.remote = remote;
    }

    /** Where a client may go, or why it may not. */
    sealed interface Way {}

    /** The client is let in. {@code shared} says whether its transactions may each have another server. */
    record Inside(ClientDatabase database, ServerPool pool, ServerLogin login, boolean shared) implements Way {}

    /** It is not. */
    record Refused(PgError error) implements Way {}

    /** The client has connected; says why it is not welcome. */
    @Nullable
    PgError arrive() {
        PgError unwelcome = sessions.signIn().arrive(remote);
        arrived = unwelcome == null;
        return unwelcome;
    }

    /** Why no proof is asked for, or null. */
    @Nullable
    PgError barred(String name, String databaseName) {
        PgError guessing = sessions.signIn().barred(remote);
        return guessing == null ? barred(name, databaseName, sessions.database(databaseName)) : guessing;
    }

    private @Nullable PgError barred(String name, String databaseName, @Nullable ClientDatabase asked) {
        return asked == null || asked.door().admits(name, remote)
                ? null
                : ErrorCode.CONNECTION_NOT_ALLOWED.error(name, databaseName);
    }

    /** By what the client has to prove that it is the user; empty if there is no such user. */
    CompletionStage<Optional<ScramVerifier>> verifier(String name, String databaseName) {
        ClientDatabase asked = sessions.database(databaseName);
        return sessions.signIn().verifier(name, asked == null ? null : asked.door());
    }

    void signedIn(ScramKeys proved) {
        keys = proved;
    }

    void signInFailed() {
        sessions.signIn().failed(remote);
    }

    /** Lets the client in to a database, if there is one of that name and a place in it. */
    Way enter(String asUser, String databaseName, Map<String, String> parameters) {
        user = asUser;
        ClientDatabase asked = sessions.database(databaseName);
        String pooled = databaseName;
        if (asked == null && Replication.of(parameters) == Replication.PHYSICAL) {
            pooled = ClientSessions.WHOLE_SERVER; // whatever name the client has made up
            asked = sessions.database(pooled);
        }
        if (asked == null) {
            return new Refused(ErrorCode.UNKNOWN_DATABASE.error(databaseName));
        }
        PgError barred = barred(asUser, databaseName, asked);
        if (barred != null) {
            return new Refused(barred);
        }
        PgError crowded = sessions.admit(asUser, databaseName);
        if (crowded != null) {
            return new Refused(crowded);
        }
        admitted = databaseName;
        ServerLogin login = asked.logins().of(asUser, keys, parameters);
        ServerPool pool = sessions.pools().of(pooled, asked.pool(), asked.address(), login);
        boolean shared =
                asked.pool().mode() == PoolSettings.Mode.TRANSACTION && SharedServer.canServe(login.parameters());
        return new Inside(asked, pool, login, shared);
    }

    /** The name that the client goes by inside. */
    String user() {
        return user;
    }

    void leave() {
        if (arrived) {
            sessions.signIn().leave(remote);
        }
        if (admitted != null) {
            sessions.leave(user, admitted);
        }
    }
}
