package io.penstock.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that {@code penstock.conf} says about one node.
 *
 * @param listen where Postgres clients connect
 * @param admin where health and metrics are served; it has no login of its own
 * @param eventLoops how many threads move bytes; null leaves it to the node
 * @param tls null for a listener in plain text
 * @param users by name, without those of a users file; with {@link AuthMode#TRUST} only the names matter, and none need be given
 * @param databases by the name that clients connect to
 * @param apis by the name that syncs use
 */
public record PenstockSettings(
        Endpoint listen,
        Endpoint admin,
        @Nullable Integer eventLoops,
        @Nullable ListenerTlsSettings tls,
        AuthMode auth,
        SignInSettings signIn,
        Map<String, UserSettings> users,
        Map<String, DatabaseSettings> databases,
        Map<String, ApiSettings> apis,
        ClusterSettings cluster,
        JournalSettings journal,
        CredentialSettings credentials,
        LimitSettings limits) {
    public PenstockSettings {
        // In the order of their names, so that every node that asks for the first of something gets the same one.
        users = Collections.unmodifiableMap(new TreeMap<>(users));
        databases = Collections.unmodifiableMap(new TreeMap<>(databases));
        apis = Collections.unmodifiableMap(new TreeMap<>(apis));
        if (eventLoops != null && eventLoops < 1) {
            throw new IllegalArgumentException("bytes are moved by one thread at least");
        }
        if (auth == AuthMode.TRUST && !listen.isLoopback()) {
            throw new IllegalArgumentException("trust is refused off loopback");
        }
        if (auth == AuthMode.CERT && (tls == null || tls.clientCa() == null)) {
            throw new IllegalArgumentException("certificates of clients need an authority");
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
