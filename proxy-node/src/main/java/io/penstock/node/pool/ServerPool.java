package io.penstock.node.pool;

import io.netty.channel.EventLoop;
import io.penstock.config.PoolSettings;
import io.penstock.node.backend.ServerAddress;
import io.penstock.node.backend.ServerConnector;
import io.penstock.node.backend.ServerFailure;
import io.penstock.node.backend.ServerLink;
import io.penstock.node.backend.ServerLogin;
import io.penstock.node.transport.EventLoops;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.pooling.CatalogChanges;
import io.penstock.protocol.sql.SessionTrace.Stays;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server connections of one database and user, shared by the clients of a node.
 *
 * <p>The decisions are {@link PoolState}'s, under a lock that is held for as long as they take and never while anything else is done. What
 * happens to a connection happens on its event loop. Methods may be called from any thread, but those that take a connection only on
 * that connection's loop.
 */
public final class ServerPool {
    private static final Logger LOG = LoggerFactory.getLogger(ServerPool.class);

    /** Clients may make up start-up parameters without end; beyond this many, one waits for a server before it is welcomed. */
    private static final int PROFILES_KNOWN = 1_000;

    private final String database;
    private final PoolSettings settings;
    private final ServerAddress address;
    private final CatalogChanges catalog;
    private final ServerConnector connector;
    private final List<EventLoop> loops;
    private final Map<EventLoop, Integer> indexes = new HashMap<>();

    /** Each profile as one object, so that comparing those of a client and of an idle connection, for every transaction, costs nothing. */
    private final Map<Map<String, String>, Map<String, String>> profiles = new ConcurrentHashMap<>();

    /** What servers report at the login, by profile: a client need not wait for a server to be told. */
    private final Map<Map<String, String>, Map<String, String>> welcomes = new ConcurrentHashMap<>();

    private final Map<Stays, LongAdder> staying = new EnumMap<>(Stays.class);
    private final Turnaround turnaround;
    private final SharedListeners listeners;

    private final Object lock = new Object();
    // Under the lock:
    private final PoolState<Waiter, PooledServer> state;
    private List<PoolEffect<Waiter, PooledServer>> decided = new ArrayList<>(2);
    private ServerLogin login;
    private long given;
    private long givenBack;
    private long opened;
    private long moved;
    private int clients;
    /** Since when it has had no clients and no connections. */
    private long emptySince;

    /** A client that wants a connection. Called from any thread. */
    public interface Waiter {
        EventLoop loop();

        /** It is the waiter's until it gives it back, on its own loop. */
        void given(PooledServer server);

        void refused(PgError error);

        /** It takes long. */
        void waits(PgError notice);
    }

    /**
     * A pool in numbers; {@code given - givenBack} is what clients have.
     *
     * @param moved connections that went from one event loop to another
     */
    public record Counters(long given, long givenBack, long opened, long moved, int waiting, int idle, int open) {}

    ServerPool(
            String database,
            PoolSettings settings,
            ServerAddress address,
            ServerLogin login,
            CatalogChanges catalog,
            ServerConnector connector,
            EventLoops loops) {
        this.database = database;
        this.catalog = catalog;
        this.settings = settings;
        this.address = address;
        this.login = login;
        this.connector = connector;
        this.loops = loops.all();
        this.turnaround = new Turnaround(database, settings, new BetweenClients());
        this.listeners = new SharedListeners(this::listener);
        for (Stays reason : Stays.values()) {
            staying.put(reason, new LongAdder());
        }
        for (EventLoop loop : this.loops) {
            indexes.put(loop, indexes.size());
        }
        this.state = new PoolState<>(settings, this.loops.size(), effect -> decided.add(effect));
    }

    public PoolSettings settings() {
        return settings;
    }

    /** For the clients that listen. Their connections are none of the pool's. */
    public SharedListeners listeners() {
        return listeners;
    }

    private SharedListener listener(String encoding) {
        Map<String, String> profile = Map.of("client_encoding", encoding, "application_name", "penstock listener");
        EventLoop loop = loops.getFirst();
        return new SharedListener(
                database, loop, () -> connector.connect(address, login(profile), loop), settings.serverIdleTimeout());
    }

    // ---- clients ----

    /** One more client uses the pool; {@link #part} must follow. */
    void join() {
        synchronized (lock) {
            clients++;
        }
    }

    /** A client uses the pool no more. */
    public void part() {
        synchronized (lock) {
            clients--;
            emptySince = System.nanoTime();
        }
    }

    /** Whether nobody has any use for it: a user who is gone, or who has never been let in by Postgres. */
    boolean isForgettable(long now) {
        synchronized (lock) {
            return clients == 0
                    && state.isEmpty()
                    && listeners.open() == 0
                    && (opened == 0
                            || now - emptySince > settings.serverIdleTimeout().toNanos());
        }
    }

    /** These start-up parameters as the pool's clients share them. */
    public Map<String, String> profile(Map<String, String> parameters) {
        return profiles.size() < PROFILES_KNOWN
                ? profiles.computeIfAbsent(parameters, first -> first)
                : profiles.getOrDefault(parameters, parameters);
    }

    /** What a server of this profile reports at its login; null if there has not been one yet. */
    public @Nullable Map<String, String> welcome(Map<String, String> profile) {
        return welcomes.get(profile);
    }

    /** A client keeps its server from now on. */
    public void stays(Stays reason) {
        Objects.requireNonNull(staying.get(reason)).increment();
    }

    /** How often a client has kept its server for this reason. */
    public long stayed(Stays reason) {
        return Objects.requireNonNull(staying.get(reason)).sum();
    }

    /** A connection that is idle on the loop, at once; null if there is none, and then {@link #ask}. */
    public @Nullable PooledServer take(Map<String, String> profile, EventLoop loop) {
        synchronized (lock) {
            PoolMember<PooledServer> member = state.take(profile, index(loop));
            if (member == null) {
                return null;
            }
            given++;
            return member.server;
        }
    }

    /** Asks for a connection that logged in with these parameters. */
    public void ask(Waiter waiter, Map<String, String> profile) {
        decide(() -> state.ask(waiter, profile, index(waiter.loop()), System.nanoTime()));
    }

    /** The client does not wait any more. A connection may be on its way to it nevertheless. */
    public void leave(Waiter waiter) {
        synchronized (lock) {
            state.leave(waiter, index(waiter.loop()));
        }
    }

    /** As whom connections are opened from now on: the user is the same, the password may be new. */
    void login(ServerLogin latest) {
        synchronized (lock) {
            login = latest;
        }
    }

    // ---- connections ----

    /**
     * The client leaves the connection at rest.
     *
     * @param dirty whether something may have been left in its session
     */
    public void giveBack(PooledServer server, TransactionStatus status, boolean dirty) {
        turnaround.begin(server, status, dirty);
    }

    private void returned(PooledServer server) {
        watch(server);
        PoolMember<PooledServer> member = server.member;
        if (member != null) {
            decide(() -> {
                givenBack++;
                state.returned(member, System.nanoTime());
            });
        }
    }

    /** The connection has ended, or must not be used again. */
    public void discard(PooledServer server) {
        PoolMember<PooledServer> member = server.member;
        server.link().close();
        if (member != null) {
            decide(() -> {
                givenBack++;
                state.lost(member);
            });
        }
    }

    private void watch(PooledServer server) {
        server.link().receive(new IdleWatch(server));
        server.link().request();
    }

    // ---- the pool ----

    public Counters counters() {
        synchronized (lock) {
            return new Counters(given, givenBack, opened, moved, state.waiting(), state.idleCount(), state.open());
        }
    }

    void tick() {
        decide(() -> state.tick(System.nanoTime()));
    }

    void close() {
        listeners.stop();
        decide(state::close);
    }

    private int index(EventLoop loop) {
        Integer index = indexes.get(loop);
        if (index == null) {
            throw new IllegalArgumentException("not a loop of this node");
        }
        return index;
    }

    private void decide(Runnable event) {
        List<PoolEffect<Waiter, PooledServer>> effects;
        synchronized (lock) {
            event.run();
            if (decided.isEmpty()) {
                return;
            }
            effects = decided;
            decided = new ArrayList<>(2);
            for (PoolEffect<Waiter, PooledServer> effect : effects) {
                if (effect instanceof PoolEffect.Give<Waiter, PooledServer>
                        || effect instanceof PoolEffect.Move<Waiter, PooledServer>) {
                    given++;
                }
            }
        }
        effects.forEach(this::perform);
    }

    private void perform(PoolEffect<Waiter, PooledServer> effect) {
        switch (effect) {
            case PoolEffect.Give<Waiter, PooledServer>(Waiter waiter, var member) -> waiter.given(member.server);
            case PoolEffect.Move<Waiter, PooledServer>(Waiter waiter, var member, int loop) ->
                move(waiter, member.server, loops.get(loop), member.profile);
            case PoolEffect.Open<Waiter, PooledServer>(Map<String, String> profile, int loop) -> open(profile, loop);
            case PoolEffect.Close<Waiter, PooledServer>(var member) ->
                member.server.link().close();
            case PoolEffect.TimedOut<Waiter, PooledServer>(Waiter waiter) ->
                waiter.refused(ErrorCode.NO_SERVER_FREE
                        .error(settings.maxWait().toMillis() + " ms")
                        .withSeverity(Severity.FATAL));
            case PoolEffect.Notify<Waiter, PooledServer>(Waiter waiter, int ahead) ->
                waiter.waits(ErrorCode.WAITING_FOR_SERVER.error(ahead));
            case PoolEffect.Refuse<Waiter, PooledServer>(Waiter waiter, Throwable failure) ->
                waiter.refused(reason(failure));
            case PoolEffect.TurnAway<Waiter, PooledServer>(Waiter waiter) ->
                waiter.refused(ErrorCode.SHUTTING_DOWN.error());
        }
    }

    private void move(Waiter waiter, PooledServer server, EventLoop to, Map<String, String> profile) {
        server.eventLoop()
                .execute(() -> server.link().move(to).whenComplete((_, failure) -> {
                    if (failure == null) {
                        synchronized (lock) {
                            moved++;
                        }
                        waiter.given(server);
                    } else {
                        LOG.warn("a connection could not be moved to another event loop", failure);
                        discard(server);
                        ask(waiter, profile);
                    }
                }));
    }

    private void open(Map<String, String> profile, int loop) {
        connector.connect(address, login(profile), loops.get(loop)).whenComplete((link, failure) -> {
            if (failure != null) {
                LOG.warn("no server connection for database {}", database, failure);
                decide(() -> state.openFailed(profile, failure));
            } else {
                link.eventLoop().execute(() -> opened(link, profile, loop));
            }
        });
    }

    private ServerLogin login(Map<String, String> profile) {
        synchronized (lock) {
            return new ServerLogin(login.user(), login.database(), login.credentials(), profile);
        }
    }

    private void opened(ServerLink link, Map<String, String> profile, int loop) {
        PooledServer server = new PooledServer(link, catalog, settings.preparedBytes());
        if (welcomes.size() < PROFILES_KNOWN) {
            welcomes.put(profile, link.greeting().parameters());
        }
        decide(() -> {
            opened++;
            server.member = state.opened(server, profile, loop, System.nanoTime());
        });
        turnaround.fresh(server, new FirstTime());
    }

    private void ready(PooledServer server) {
        watch(server);
        PoolMember<PooledServer> member = server.member;
        if (member != null) {
            decide(() -> state.returned(member, System.nanoTime()));
        }
    }

    private void forget(PooledServer server) {
        PoolMember<PooledServer> member = server.member;
        server.link().close();
        if (member != null) {
            decide(() -> state.lost(member));
        }
    }

    private PgError reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof ServerFailure known ? known.error() : ErrorCode.SERVER_UNREACHABLE.error(database);
    }

    /** What becomes of a connection that a client has given back. */
    private final class BetweenClients implements Turnaround.Outcome {
        @Override
        public void fit(PooledServer server) {
            returned(server);
        }

        @Override
        public void unfit(PooledServer server) {
            discard(server);
        }
    }

    /** What becomes of a connection that nobody has had yet. */
    private final class FirstTime implements Turnaround.Outcome {
        @Override
        public void fit(PooledServer server) {
            ready(server);
        }

        @Override
        public void unfit(PooledServer server) {
            forget(server);
        }
    }

    /** Sees to a connection that nobody uses: it may end, or report that a setting has changed in the server's configuration. */
    private final class IdleWatch implements ServerLink.Receiver {
        private final PooledServer server;

        IdleWatch(PooledServer server) {
            this.server = server;
        }

        @Override
        public void readable() {
            for (Frame frame = server.link().poll();
                    frame != null;
                    frame = server.link().poll()) {
                server.saw(frame);
                frame.release();
            }
            server.link().request();
        }

        @Override
        public void writable() {
            // Nothing is written.
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            server.link().close();
            PoolMember<PooledServer> member = server.member;
            if (member != null) {
                decide(() -> state.lost(member));
            }
        }
    }
}
