package io.penstock.node.session;

import io.penstock.config.PoolSettings;
import io.penstock.node.backend.ServerAddress;
import io.penstock.node.backend.ServerLogin;
import io.penstock.node.mutation.MutationRunner;
import io.penstock.protocol.auth.ScramKeys;
import io.penstock.protocol.sql.SyncedNames;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A database that clients may ask for by name.
 *
 * @param address where its server is
 * @param logins as whom a client's server connection logs in
 * @param door who gets in
 * @param pool how its clients share server connections
 * @param synced which names may mean a synced table
 * @param mutations makes what runs the mutations of one session
 */
public record ClientDatabase(
        ServerAddress address,
        Logins logins,
        DatabaseDoor door,
        PoolSettings pool,
        SyncedNames synced,
        Supplier<MutationRunner> mutations) {

    /** Decides the login of a client's server connection. */
    @FunctionalInterface
    public interface Logins {
        /**
         * The login for one client.
         *
         * @param user the client's user name
         * @param keys with which it has proved that it is that user, if it did so by SCRAM: a server that has the same verifier takes them
         * @param parameters the client's other start-up parameters, to be passed on
         */
        ServerLogin of(String user, @Nullable ScramKeys keys, Map<String, String> parameters);
    }
}
