package io.penstock.node.session;

import io.penstock.config.LimitSettings;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many clients are let in: in all, of one user, of one database. Safe for use by several threads. */
final class Admission {
    private final LimitSettings limits;
    private final Map<String, Integer> users = new HashMap<>();
    private final Map<String, Integer> databases = new HashMap<>();
    private int all;

    Admission(LimitSettings limits) {
        this.limits = limits;
    }

    /** Takes a place; or says why there is none. */
    synchronized @Nullable PgError enter(String user, String database) {
        if (all >= limits.clients()) {
            return ErrorCode.TOO_MANY_CLIENTS.error();
        }
        if (databases.getOrDefault(database, 0) >= limits.clientsPerDatabase()) {
            return ErrorCode.TOO_MANY_CLIENTS_OF_DATABASE.error(database);
        }
        if (users.getOrDefault(user, 0) >= limits.clientsPerUser()) {
            return ErrorCode.TOO_MANY_CLIENTS_OF_USER.error(user);
        }
        all++;
        users.merge(user, 1, Integer::sum);
        databases.merge(database, 1, Integer::sum);
        return null;
    }

    synchronized void leave(String user, String database) {
        all--;
        users.merge(user, -1, (a, b) -> a + b == 0 ? null : a + b);
        databases.merge(database, -1, (a, b) -> a + b == 0 ? null : a + b);
    }

    synchronized int admitted() {
        return all;
    }
}
