package io.penstock.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * One database behind the proxy.
 *
 * @param name what clients connect to
 * @param url where it is, and as whom the proxy's server connections log in
 * @param adminUrl whose rights install the guard and the synced tables: the same as {@code url} where none is given
 * @param syncs by the name of the schema that holds the synced tables
 */
public record DatabaseSettings(
        String name,
        PostgresUrl url,
        PostgresUrl adminUrl,
        DatabaseSignInSettings signIn,
        Login login,
        WriterSettings writer,
        PoolSettings pool,
        MutationSettings mutations,
        Map<String, SyncSettings> syncs) {
    public DatabaseSettings {
        syncs = Collections.unmodifiableMap(new TreeMap<>(syncs));
        if (writer.user().equals(url.user()) || writer.user().equals(adminUrl.user())) {
            // Whoever shares the writer's name would pass the guard in the database.
            throw new IllegalArgumentException("the writer must be a user of its own");
        }
    }

    /** As whom a client's server connection logs in. */
    public enum Login {
        /** As the user of {@link DatabaseSettings#url}, whoever the client is. */
        URL,
        /** As the client's own user name; its GRANTs and row security apply. */
        CLIENT
    }
}
