package io.penstock.node.pool;

import java.util.Map;

/**
 * A server connection as its pool sees it; the pool's state is the only one that changes it.
 *
 * @param <S> the connection itself
 */
final class PoolMember<S> {
    final S server;
    /** With which start-up parameters it logged in: another client's must be the same for it to be of use. */
    final Map<String, String> profile;

    final long bornAt;
    /** The event loop that it lives on. */
    int loop;
    /** Since when nobody uses it. */
    long idleSince;

    boolean idle;

    PoolMember(S server, Map<String, String> profile, int loop, long bornAt) {
        this.server = server;
        this.profile = profile;
        this.loop = loop;
        this.bornAt = bornAt;
    }
}
