package io.penstock.protocol.session;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The prepared statements that exist on the server, as far as they are known ones. Names given by Parse and by PREPARE are one namespace;
 * the unnamed statement has the empty name.
 */
final class StatementTracker {
    private final Map<String, KnownStatement> statements = new HashMap<>(4);
    private boolean unnamed;

    /** The server has prepared the statement. */
    void prepared(String name, @Nullable KnownStatement statement) {
        if (name.isEmpty()) {
            unnamed = true;
        }
        if (statement == null) {
            statements.remove(name);
        } else {
            statements.put(name, statement);
        }
    }

    void closed(String name) {
        if (name.isEmpty()) {
            unnamed = false;
        }
        statements.remove(name);
    }

    /** DEALLOCATE ALL spares the unnamed statement. */
    void closedAllNamed() {
        statements.keySet().removeIf(name -> !name.isEmpty());
    }

    @Nullable
    KnownStatement find(String name) {
        return statements.get(name);
    }

    boolean hasUnnamed() {
        return unnamed;
    }
}
