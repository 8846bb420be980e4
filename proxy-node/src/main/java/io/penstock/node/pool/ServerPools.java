package io.penstock.node.pool;

import io.netty.util.concurrent.Future;
import io.penstock.config.PoolSettings;
import io.penstock.node.backend.ServerAddress;
import io.penstock.node.backend.ServerConnector;
import io.penstock.node.backend.ServerLogin;
import io.penstock.node.transport.EventLoops;
import io.penstock.protocol.pooling.CatalogChanges;
import io.penstock.protocol.sql.SessionTrace.Stays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
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
    private final Map<String, CatalogChanges> catalogs = new ConcurrentHashMap<>();
    private final Future<?> ticking;

    /** What the pools counted that are forgotten: a sum never becomes less. */
    private final Map<Stays, Long> forgotten = new EnumMap<>(Stays.class);

    private ServerPool.Counters before = new ServerPool.Counters(0, 0, 0, 0, 0, 0, 0);

    public ServerPools(ServerConnector connector, EventLoops loops) {
        this.connector = connector;
        this.loops = loops;
        for (Stays reason : Stays.values()) {
            forgotten.put(reason, 0L);
        }
        this.ticking = loops.next().scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        long now = System.nanoTime();
        pools.forEach((key, pool) -> {
            pool.tick();
            if (pool.isForgettable(now)) {
                forget(key, now);
            }
        });
    }

    /** Unless somebody has come meanwhile. Under the lock, so that nobody sums it twice or not at all. */
    private void forget(Key key, long now) {
        synchronized (forgotten) {
            pools.computeIfPresent(key, (_, pool) -> {
                if (!pool.isForgettable(now)) {
                    return pool;
                }
                forgotten.replaceAll((reason, count) -> count + pool.stayed(reason));
                before = sum(before, pool.counters());
                return null;
            });
        }
    }

    /** How many users of how many databases it serves, or has served of late. */
    public int size() {
        return pools.size();
    }

    /**
     * The pool for a client, which is now counted as one of its own: {@link ServerPool#part} must follow.
     *
     * @param database the name that clients ask for
     */
    public ServerPool of(String database, PoolSettings settings, ServerAddress address, ServerLogin login) {
        ServerPool pool = pools.compute(new Key(database, login.user()), (_, known) -> {
            ServerPool used = known == null
                    ? new ServerPool(database, settings, address, login, catalog(database), connector, loops)
                    : known;
            used.join();
            return used;
        });
        pool.login(login);
        return pool;
    }

    /** Of all users' pools: who changes a table is seldom who uses it. As many as there are databases in the configuration. */
    private CatalogChanges catalog(String database) {
        return catalogs.computeIfAbsent(database, _ -> new CatalogChanges());
    }

    /** The sum of all. */
    public ServerPool.Counters counters() {
        synchronized (forgotten) {
            return pools.values().stream().map(ServerPool::counters).reduce(before, ServerPools::sum);
        }
    }

    private static ServerPool.Counters sum(ServerPool.Counters a, ServerPool.Counters b) {
        return new ServerPool.Counters(
                a.given() + b.given(),
                a.givenBack() + b.givenBack(),
                a.opened() + b.opened(),
                a.moved() + b.moved(),
                a.waiting() + b.waiting(),
                a.idle() + b.idle(),
                a.open() + b.open());
    }

    /** How often a client has kept its server for this reason. */
    public long stayed(Stays reason) {
        synchronized (forgotten) {
            return Objects.requireNonNull(forgotten.get(reason))
                    + pools.values().stream()
                            .mapToLong(pool -> pool.stayed(reason))
                            .sum();
        }
    }

    /** Turns waiters away and closes idle connections now, the others when they come back. */
    @Override
    public void close() {
        ticking.cancel(false);
        pools.values().forEach(ServerPool::close);
    }
}
