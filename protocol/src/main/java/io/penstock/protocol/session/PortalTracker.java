package io.penstock.protocol.session;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The portals that exist on the server, as far as their statements are known ones. */
final class PortalTracker {
    private final Map<String, Portal> portals = new HashMap<>(2);
    private boolean unnamed;

    /** The server has made the portal, in place of another of that name. */
    void bound(String name, @Nullable Portal portal) {
        unnamed |= name.isEmpty();
        put(name, portal);
    }

    private void put(String name, @Nullable Portal portal) {
        Portal previous = portal == null ? portals.remove(name) : portals.put(name, portal);
        if (previous != null) {
            previous.release();
        }
    }

    void closed(String name) {
        if (name.isEmpty()) {
            unnamed = false;
        }
        put(name, null);
    }

    boolean hasUnnamed() {
        return unnamed;
    }

    @Nullable
    Portal find(String name) {
        return portals.get(name);
    }

    boolean mayBeHeld(String name) {
        Portal portal = portals.get(name);
        return portal != null && portal.statement().mayBeHeld();
    }

    /** Portals die with their transaction. */
    void clear() {
        unnamed = false;
        if (!portals.isEmpty()) {
            portals.values().forEach(Portal::release);
            portals.clear();
        }
    }
}
