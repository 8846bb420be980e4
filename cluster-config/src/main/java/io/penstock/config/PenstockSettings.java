package io.penstock.config;

import java.util.Map;

/**
 * Everything that {@code penstock.conf} says about one node.
 *
 * @param listen where Postgres clients connect
 * @param admin where health and metrics are served; it has no login of its own
 * @param users by name; with {@link AuthMode#TRUST} only the names matter, and none need be given
 * @param databases by the name that clients connect to
 * @param apis by the name that syncs use
 */
public record PenstockSettings(
        Endpoint listen,
        Endpoint admin,
        AuthMode auth,
        Map<String, UserSettings> users,
        Map<String, DatabaseSettings> databases,
        Map<String, ApiSettings> apis,
        ClusterSettings cluster,
        JournalSettings journal,
        CredentialSettings credentials,
        LimitSettings limits) {
    public PenstockSettings {
        users = Map.copyOf(users);
        databases = Map.copyOf(databases);
        apis = Map.copyOf(apis);
        if (auth == AuthMode.TRUST && !listen.isLoopback()) {
            throw new IllegalArgumentException("trust is refused off loopback");
        }
        for (DatabaseSettings database : databases.values()) {
            for (SyncSettings sync : database.syncs().values()) {
                if (!apis.containsKey(sync.api())) {
                    throw new IllegalArgumentException("no such API: " + sync.api());
                }
            }
        }
    }
}
