package io.penstock.node.session;

import io.penstock.config.AuthMode;
import io.penstock.config.LimitSettings;
import io.penstock.config.PoolSettings;
import io.penstock.config.SignInSettings;
import io.penstock.config.UserSettings;
import io.penstock.node.backend.CancelSender;
import io.penstock.node.backend.Credentials;
import io.penstock.node.backend.ServerAddress;
import io.penstock.node.backend.ServerConnector;
import io.penstock.node.backend.ServerLogin;
import io.penstock.node.cancel.CancelRoutes;
import io.penstock.node.mutation.MutationRunner;
import io.penstock.node.pool.ServerPools;
import io.penstock.node.tls.ListenerTls;
import io.penstock.node.transport.IoKind;
import io.penstock.node.transport.TestLoops;
import io.penstock.protocol.sql.SyncedNames;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A listener with sessions in front of one server. Its databases are {@code postgres} and, not there, {@code nowhere}. */
final class TestProxy implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    final TestLoops loops = TestLoops.start(IoKind.automatic());
    final ClientSessions sessions;
    final ServerPools pools;
    final int port;
    private final @Nullable ListenerTls tls;

    private TestProxy(
            SignIn signIn,
            @Nullable ListenerTls tls,
            LimitSettings limits,
            ServerAddress server,
            DatabaseDoor door,
            PoolSettings pool,
            SyncedNames synced,
            Supplier<MutationRunner> mutations) {
        ServerConnector connector = new ServerConnector(loops.loops, TIMEOUT, TIMEOUT);
        Map<String, ClientDatabase> databases = Map.of(
                "postgres",
                database(server, door, pool, synced, mutations),
                "nowhere",
                database(new ServerAddress("127.0.0.1", 1), door, pool, synced, mutations),
                ClientSessions.WHOLE_SERVER,
                database(server, door, pool, synced, mutations));
        pools = new ServerPools(connector, loops.loops);
        sessions = new ClientSessions(
                loops.system,
                signIn,
                limits,
                databases::get,
                pools,
                new CancelSender(loops.loops, TIMEOUT),
                CancelRoutes.alone(),
                new SecureRandom());
        this.tls = tls;
        port = loops.listen(tls, sessions::accept).localAddress().getPort();
    }

    static TestProxy trusting(ServerAddress server) {
        return trusting(server, _ -> false, NoMutations::new);
    }

    static TestProxy trusting(ServerAddress server, SyncedNames synced, Supplier<MutationRunner> mutations) {
        return new TestProxy(
                signIn(AuthMode.TRUST, Map.of()),
                null,
                limits(100),
                server,
                DatabaseDoor.OPEN,
                pool(50),
                synced,
                mutations);
    }

    static TestProxy pooling(ServerAddress server, PoolSettings pool) {
        return new TestProxy(
                signIn(AuthMode.TRUST, Map.of()),
                null,
                limits(5_000),
                server,
                DatabaseDoor.OPEN,
                pool,
                _ -> false,
                NoMutations::new);
    }

    static TestProxy strict(ServerAddress server, Map<String, UserSettings> users) {
        return new TestProxy(
                signIn(AuthMode.SCRAM, users),
                null,
                limits(2),
                server,
                DatabaseDoor.OPEN,
                pool(50),
                _ -> false,
                NoMutations::new);
    }

    static TestProxy encrypting(ServerAddress server, AuthMode mode, ListenerTls tls, Map<String, UserSettings> users) {
        return new TestProxy(
                signIn(mode, users),
                tls,
                limits(100),
                server,
                DatabaseDoor.OPEN,
                pool(50),
                _ -> false,
                NoMutations::new);
    }

    static TestProxy guarded(ServerAddress server, SignIn signIn, DatabaseDoor door) {
        return new TestProxy(signIn, null, limits(100), server, door, pool(50), _ -> false, NoMutations::new);
    }

    private static SignIn signIn(AuthMode mode, Map<String, UserSettings> users) {
        return new SignIn(mode, users, SignInSettings.OPEN, new SecureRandom());
    }

    static TestProxy limited(ServerAddress server, LimitSettings limits) {
        return limited(server, signIn(AuthMode.TRUST, Map.of()), limits);
    }

    static TestProxy limited(ServerAddress server, SignIn signIn, LimitSettings limits) {
        return new TestProxy(signIn, null, limits, server, DatabaseDoor.OPEN, pool(50), _ -> false, NoMutations::new);
    }

    /** In the mode that the property {@code penstock.pool.mode} says, so that every test of sessions can be run in both. */
    private static PoolSettings pool(int size) {
        return new PoolSettings(
                PoolSettings.Mode.valueOf(
                        System.getProperty("penstock.pool.mode", "session").toUpperCase(Locale.ROOT)),
                size,
                TIMEOUT);
    }

    private static LimitSettings limits(int clients) {
        return new LimitSettings(clients, clients, clients, Duration.ofSeconds(3), 64 << 20, Duration.ofSeconds(20));
    }

    private static ClientDatabase database(
            ServerAddress server,
            DatabaseDoor door,
            PoolSettings pool,
            SyncedNames synced,
            Supplier<MutationRunner> mutations) {
        return new ClientDatabase(
                server,
                (user, keys, parameters) -> new ServerLogin(
                        user,
                        "postgres",
                        keys == null ? new Credentials.None() : new Credentials.Keys(keys),
                        parameters),
                door,
                pool,
                synced,
                mutations);
    }

    /** For pgjdbc. */
    String url(String options) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres" + options;
    }

    @Override
    public void close() throws Exception {
        pools.close();
        loops.close();
        if (tls != null) {
            tls.close();
        }
    }
}
