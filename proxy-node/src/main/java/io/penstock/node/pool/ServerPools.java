package io.penstock.node.pool;

import io.netty.util.concurrent.Future;
import io.penstock.config.PoolSettings;
import io.penstock.node.backend.ServerAddress;
import io.penstock.node.backend.ServerConnector;
import io.penstock.node.backend.ServerLogin;
import io.penstock.node.transport.EventLoops;
import io.penstock.protocol.sql.SessionTrace.Stays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** All pools of a node: one for each database and each user as whom its server connections log in. Safe for use by several threads. */
public final class ServerPools implements AutoCloseable {
    /** How exactly the times of the settings are kept. */
    private static final long TICK_MILLIS = 50;

    private record Key(String database, String user) {}

    private final ServerConnector connector;
    private final EventLoops loops;
    private final Map<Key, ServerPool> pools = new ConcurrentHashMap<>();
    private final Future<?> ticking;

    public ServerPools(ServerConnector connector, EventLoops loops) {
        this.connector = connector;
        this.loops = loops;
        this.ticking = loops.next()
                .scheduleAtFixedRate(
                        () -> pools.values().forEach(ServerPool::tick),
                        TICK_MILLIS,
                        TICK_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    /** @param database the name that clients ask for */
    public ServerPool of(String database, PoolSettings settings, ServerAddress address, ServerLogin login) {
        ServerPool pool = pools.computeIfAbsent(
                new Key(database, login.user()),
                _ -> new ServerPool(database, settings, address, login, connector, loops));
        pool.login(login);
        return pool;
    }

    /** The sum of all. */
    public ServerPool.Counters counters() {
        return pools.values().stream()
                .map(ServerPool::counters)
                .reduce(
                        new ServerPool.Counters(0, 0, 0, 0, 0, 0, 0),
                        (a, b) -> new ServerPool.Counters(
                                a.given() + b.given(),
                                a.givenBack() + b.givenBack(),
                                a.opened() + b.opened(),
                                a.moved() + b.moved(),
                                a.waiting() + b.waiting(),
                                a.idle() + b.idle(),
                                a.open() + b.open()));
    }

    /** How often a client has kept its server for this reason. */
    long stayed(Stays reason) {
        return pools.values().stream().mapToLong(pool -> pool.stayed(reason)).sum();
    }

    /** Turns waiters away and closes idle connections now, the others when they come back. */
    @Override
    public void close() {
        ticking.cancel(false);
        pools.values().forEach(ServerPool::close);
    }
}
