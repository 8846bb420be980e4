package io.penstock.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.penstock.config.ApiSettings;
import io.penstock.config.DatabaseSettings;
import io.penstock.config.PenstockSettings;
import io.penstock.config.cluster.ClusterWiring;
import io.penstock.node.admin.AdminServer;
import io.penstock.node.api.Account;
import io.penstock.node.api.ApiClient;
import io.penstock.node.api.HttpApiGateway;
import io.penstock.node.api.LoginClient;
import io.penstock.node.backend.CancelSender;
import io.penstock.node.backend.ServerConnector;
import io.penstock.node.cancel.ClusterCancelRoutes;
import io.penstock.node.control.ControlMetrics;
import io.penstock.node.control.ControlPlane;
import io.penstock.node.control.CredentialCipher;
import io.penstock.node.control.JdbcCredentialStore;
import io.penstock.node.control.JdbcEpochStore;
import io.penstock.node.control.PostgresLease;
import io.penstock.node.mutation.CrashPoints;
import io.penstock.node.pool.PoolMetrics;
import io.penstock.node.pool.ServerPools;
import io.penstock.node.session.ClientSessions;
import io.penstock.node.session.SignIn;
import io.penstock.node.session.Users;
import io.penstock.node.tls.ListenerTls;
import io.penstock.node.transport.Binding;
import io.penstock.node.transport.EventLoops;
import io.penstock.node.transport.IoKind;
import io.penstock.node.transport.Listener;
import io.penstock.protocol.error.ErrorCode;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: event loops, actor system and cluster, the API accounts, one {@link NodeDatabase} for each database, and the listener last, so that
 * no client comes before everything stands.
 */
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LOGIN_TIMEOUT = Duration.ofSeconds(15);
    /** Longer than it takes until a member that has died is no member any more. */
    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(60);
    /** How often a renewed certificate and another users file are looked for. */
    private static final Duration RENEWAL = Duration.ofSeconds(5);
    /** How long statements may take to end when the node stops. */
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final PenstockSettings settings;
    private final CrashPoints crashPoints;
    private final EventLoops loops;
    private final ActorSystem<SpawnProtocol.Command> system;
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("timer").daemon().factory());
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Map<String, NodeDatabase> databases = new LinkedHashMap<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean lost;
    private final ClientSessions sessions;
    private final Binding binding;

    private Node(PenstockSettings settings, CrashPoints crashPoints) throws Exception {
        this.settings = settings;
        this.crashPoints = crashPoints;
        String group = "penstock-" + UUID.randomUUID();
        loops = EventLoops.start(group, eventLoops(settings), IoKind.automatic());
        system = ActorSystem.create(
                SpawnProtocol.create(),
                ClusterWiring.SYSTEM,
                BootstrapSetup.create(loops.dispatchers()
                                .withFallback(arbitration(settings))
                                .withFallback(ClusterWiring.config(settings.cluster()))
                                .withFallback(ConfigFactory.load()))
                        .and(new PostgresLease.InDatabase(this::arbiter, blocking)));
        try {
            ClusterWiring.join(system, settings.cluster());
            ClusterCancelRoutes cancels = ClusterCancelRoutes.start(system);
            ServerConnector connector = new ServerConnector(loops, CONNECT_TIMEOUT, LOGIN_TIMEOUT);
            Users users = SignIn.users(settings, new SecureRandom());
            openDatabases(connector, users);
            ServerPools pools = new ServerPools(connector, loops);
            opened.add(pools);
            cancels.awaitTag(JOIN_TIMEOUT);
            PoolMetrics.register(registry, pools);
            sessions = new ClientSessions(
                    system.classicSystem(),
                    settings,
                    users,
                    name -> {
                        NodeDatabase database =
                                name.equals(ClientSessions.WHOLE_SERVER) ? onOneServer() : databases.get(name);
                        return database == null ? null : database.forClients();
                    },
                    pools,
                    new CancelSender(loops, CONNECT_TIMEOUT),
                    cancels,
                    new SecureRandom());
            ListenerTls tls = settings.tls() == null ? null : ListenerTls.open(settings.tls());
            if (tls != null) {
                opened.add(tls);
            }
            timer.scheduleWithFixedDelay(
                    () -> blocking.execute(() -> renew(tls, users)),
                    RENEWAL.toMillis(),
                    RENEWAL.toMillis(),
                    TimeUnit.MILLISECONDS);
            binding = new Listener(loops, tls, sessions::accept)
                    .bind(new InetSocketAddress(
                            settings.listen().host(), settings.listen().port()))
                    .toCompletableFuture()
                    .get();
            InetSocketAddress admin = new InetSocketAddress(
                    settings.admin().host(), settings.admin().port());
            AdminServer.start(system, admin, registry, () -> !closing.get())
                    .toCompletableFuture()
                    .get();
        } catch (Exception failed) {
            closeParts();
            throw failed;
        }
        system.getWhenTerminated().whenComplete((_, _) -> blocking.execute(this::givenUp));
        LOG.info("ready on {}", binding.localAddress());
    }

    /** Who goes on where the nodes lose sight of one another: without a database of its own that can say it, the majority. */
    private static Config arbitration(PenstockSettings settings) {
        return settings.databases().values().stream()
                        .allMatch(database -> database.syncs().isEmpty())
                ? ConfigFactory.empty()
                : ConfigFactory.parseString(PostgresLease.CONFIG);
    }

    private DataSource arbiter() {
        return databases.values().stream()
                .filter(database -> !database.settings().syncs().isEmpty())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no database is open yet"))
                .connections();
    }

    /** Starts a node and returns when clients can connect; tables may still be filling. */
    public static Node start(PenstockSettings settings) throws Exception {
        return new Node(settings, CrashPoints.NONE);
    }

    /** For tests: a node that tells them how far its mutations are. */
    static Node start(PenstockSettings settings, CrashPoints crashPoints) throws Exception {
        return new Node(settings, crashPoints);
    }

    /** A loop that sleeps has to be woken for its next query, so more of them than can be busy cost. */
    private static int eventLoops(PenstockSettings settings) {
        Integer chosen = settings.eventLoops();
        return chosen != null ? chosen : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    private void openDatabases(ServerConnector connector, Users users) throws SQLException, IOException {
        for (DatabaseSettings database : settings.databases().values()) {
            NodeDatabase opening =
                    new NodeDatabase(database, settings, users, system, loops, connector, blocking, timer, crashPoints);
            databases.put(database.name(), opening);
            opened.add(opening);
            opening.installBase();
        }
        if (settings.apis().isEmpty()) {
            return;
        }
        ControlMetrics metrics = new ControlMetrics(registry);
        Map<String, Account> accounts = new LinkedHashMap<>();
        List<ControlPlane.AccountControl> controls = new ArrayList<>();
        CredentialCipher cipher = CredentialCipher.of(settings.credentials(), new SecureRandom());
        ApiClient client = new ApiClient(settings.apis().values().stream()
                .map(api -> api.timeouts().connect())
                .max(Duration::compareTo)
                .orElse(CONNECT_TIMEOUT));
        opened.add(client::close);
        for (ApiSettings api : settings.apis().values()) {
            NodeDatabase home = homeOf(api.name());
            if (home == null) {
                LOG.warn("no sync uses the API account {}", api.name());
                continue;
            }
            Account account = Accounts.of(api);
            accounts.put(api.name(), account);
            controls.add(new ControlPlane.AccountControl(
                    api,
                    account.adapter().buckets(),
                    Accounts.refreshBefore(account.adapter().auth()),
                    new JdbcCredentialStore(home.connections(), cipher, blocking),
                    new JdbcEpochStore(home.connections(), blocking),
                    new LoginClient(client, account, metrics)::refresh));
        }
        ControlPlane control = ControlPlane.start(system, controls, metrics, ControlPlane.CLOCK);
        opened.add(control);
        HttpApiGateway gateway = new HttpApiGateway(client, control, metrics);
        for (NodeDatabase database : databases.values()) {
            database.openSyncs(gateway, accounts);
        }
    }

    private void renew(@Nullable ListenerTls tls, Users users) {
        users.renew();
        if (tls != null) {
            tls.renew();
        }
        databases.values().forEach(NodeDatabase::renewTls);
    }

    /** The first database with a sync of this account: credential and epochs are kept there. */
    private @Nullable NodeDatabase homeOf(String api) {
        for (NodeDatabase database : databases.values()) {
            if (database.settings().syncs().values().stream()
                    .anyMatch(sync -> sync.api().equals(api))) {
                return database;
            }
        }
        return null;
    }

    /** Any database, if all are of one server: there is no doubt then which one is to be replicated. */
    private @Nullable NodeDatabase onOneServer() {
        List<String> servers = databases.values().stream()
                .map(database -> database.settings().url())
                .map(url -> url.host() + ":" + url.port())
                .distinct()
                .toList();
        return servers.size() == 1 ? databases.values().iterator().next() : null;
    }

    /** Where clients connect. */
    public InetSocketAddress listenAddress() {
        return binding.localAddress();
    }

    /** Waits until every synced table has been filled once. */
    public void awaitFilled(Duration within) throws InterruptedException, TimeoutException {
        long until = System.nanoTime() + within.toNanos();
        for (NodeDatabase database : databases.values()) {
            database.awaitFilled(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
        }
    }

    /** For tests: where its actors are. */
    ActorSystem<?> system() {
        return system;
    }

    /** Counters of this node. */
    public PrometheusRegistry metrics() {
        return registry;
    }

    /** @return whether it was told to end; else the other nodes have given it up */
    public boolean awaitClosed() throws InterruptedException {
        ended.await();
        return !lost;
    }

    /** Its actors have ended though nobody told it to: it was out of sight for too long. Whoever runs it starts it again, as another life of the node. */
    private void givenUp() {
        if (closing.compareAndSet(false, true)) {
            LOG.error(
                    "the other nodes have given this one up, because they did not hear of it for too long: it ends; start it again");
            lost = true;
            binding.unbind();
            closeParts();
            ended.countDown();
        }
    }

    /** Takes no more clients, lets running mutations finish, and ends. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        binding.unbind();
        sessions.endAll(ErrorCode.SHUTTING_DOWN.error());
        drain();
        closeParts();
        ended.countDown();
    }

    private void drain() {
        long until = System.nanoTime() + DRAIN.toNanos();
        try {
            while (sessions.admitted() > 0 && System.nanoTime() < until) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeParts() {
        for (AutoCloseable part : opened.reversed()) {
            try {
                part.close();
            } catch (Exception failed) {
                LOG.warn("could not close {} cleanly", part.getClass().getSimpleName(), failed);
            }
        }
        system.terminate();
        try {
            system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
            loops.close().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException failed) {
            LOG.warn("the node did not end cleanly", failed);
        }
        timer.shutdownNow();
        blocking.shutdown();
    }
}
