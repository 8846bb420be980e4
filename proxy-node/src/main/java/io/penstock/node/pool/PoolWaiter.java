package io.penstock.node.pool;

import java.util.Map;

/**
 * A client in line.
 *
 * @param <W> who is told
 */
final class PoolWaiter<W> {
    final W who;
    final Map<String, String> profile;
    /** The client's event loop. */
    final int loop;

    final long since;
    boolean notified;

    PoolWaiter(W who, Map<String, String> profile, int loop, long since) {
        this.who = who;
        this.profile = profile;
        this.loop = loop;
        this.since = since;
    }
}
