package io.penstock.node;

import com.zaxxer.hikari.HikariDataSource;
import io.penstock.adapters.TableMapping;
import io.penstock.config.AuthMode;
import io.penstock.config.DatabaseSettings;
import io.penstock.config.DatabaseSignInSettings;
import io.penstock.config.PenstockSettings;
import io.penstock.config.PostgresUrl;
import io.penstock.config.Secret;
import io.penstock.config.SyncSettings;
import io.penstock.config.TableSettings;
import io.penstock.node.api.Account;
import io.penstock.node.api.ApiGateway;
import io.penstock.node.backend.Credentials;
import io.penstock.node.backend.ServerAddress;
import io.penstock.node.backend.ServerConnector;
import io.penstock.node.backend.ServerLogin;
import io.penstock.node.backend.WriterPool;
import io.penstock.node.install.DatabaseInstaller;
import io.penstock.node.install.InstalledTable;
import io.penstock.node.install.TableInstaller;
import io.penstock.node.journal.AnswerKeeper;
import io.penstock.node.journal.ApiTable;
import io.penstock.node.journal.Journal;
import io.penstock.node.journal.JournalConnections;
import io.penstock.node.journal.JournalRecovery;
import io.penstock.node.journal.Recoverer;
import io.penstock.node.mutation.ConfiguredTables;
import io.penstock.node.mutation.CrashPoints;
import io.penstock.node.mutation.DatabaseMutations;
import io.penstock.node.mutation.LockWatch;
import io.penstock.node.mutation.MutationServices;
import io.penstock.node.mutation.SyncedTable;
import io.penstock.node.mutation.SyncedTables;
import io.penstock.node.session.ClientDatabase;
import io.penstock.node.session.DatabaseDoor;
import io.penstock.node.session.RoleLookup;
import io.penstock.node.session.SignIn;
import io.penstock.node.session.Users;
import io.penstock.node.sync.SyncWorker;
import io.penstock.node.sync.TableSync;
import io.penstock.node.tls.ServerTls;
import io.penstock.node.transport.EventLoops;
import io.penstock.protocol.auth.ScramKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One database of a node: what is installed in it, its writers, journal, recovery and sync, and what its clients' sessions need. */
final class NodeDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeDatabase.class);
    /** Two that commit intents, one each for recovery, sync, lock watch and control. */
    private static final int JOURNAL_CONNECTIONS = 6;

    private static final Duration RECOVERY_INTERVAL = Duration.ofSeconds(5);
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration WRITER_WAIT = Duration.ofSeconds(30);
    /** How soon an API that did not describe its tables is asked again. */
    private static final Duration API_RETRY = Duration.ofSeconds(5);
    /** A client waits for its answer meanwhile; recovery has all the time in the world. */
    private static final Duration RESOLVE_TIME = Duration.ofSeconds(5);

    private final DatabaseSettings settings;
    private final PenstockSettings node;
    private final Users users;
    private final ActorSystem<?> system;
    private final EventLoops loops;
    private final ServerConnector connector;
    private final ExecutorService blocking;
    private final ScheduledExecutorService timer;
    private final CrashPoints crashPoints;
    private final ServerTls tls;
    private final DatabaseDoor door;
    private final @Nullable RoleLookup roles;
    private final DatabaseInstaller installer;
    private final ConfiguredTables configured;
    /** This life of this node: what the journal's entries name. A node that starts again is another member of the cluster. */
    private final String life;

    private @Nullable HikariDataSource connections;
    private @Nullable AnswerKeeper answers;
    private @Nullable Journal journal;
    private @Nullable WriterPool writers;
    private volatile @Nullable MutationServices services;
    private final List<ActorRef<SyncWorker.Command>> workers = new CopyOnWriteArrayList<>();
    private @Nullable ActorRef<JournalRecovery.Command> recovery;
    private volatile boolean closed;

    NodeDatabase(
            DatabaseSettings settings,
            PenstockSettings node,
            Users users,
            ActorSystem<?> system,
            EventLoops loops,
            ServerConnector connector,
            ExecutorService blocking,
            ScheduledExecutorService timer,
            CrashPoints crashPoints)
            throws IOException {
        this.settings = settings;
        this.tls = ServerTls.open(settings.url().tls());
        this.node = node;
        this.users = users;
        this.system = system;
        this.loops = loops;
        this.connector = connector;
        this.roles = node.auth() == AuthMode.QUERY ? roles() : null;
        this.door =
                new DatabaseDoor(settings.signIn().allow(), settings.writer().user(), roles);
        this.blocking = blocking;
        this.timer = timer;
        this.life = life(Cluster.get(system).selfMember());
        this.crashPoints = crashPoints;
        this.configured = ConfiguredTables.of(settings);
        this.installer = new DatabaseInstaller(settings, node.listen().toString());
    }

    /** Looks for renewed certificates; it may block. */
    void renewTls() {
        tls.renew();
    }

    DatabaseSettings settings() {
        return settings;
    }

    /** A database without synced tables is left alone: Penstock is only its proxy. */
    void installBase() throws SQLException {
        if (settings.syncs().isEmpty()) {
            return;
        }
        installer.installBase();
        Secret password = settings.writer().password();
        connections = JournalConnections.open(
                settings.url().jdbcUrl(),
                settings.writer().user(),
                password == null ? null : password.reveal(),
                JOURNAL_CONNECTIONS);
    }

    /** Connections as the writer. */
    DataSource connections() {
        HikariDataSource open = connections;
        if (open == null) {
            throw new IllegalStateException("database " + settings.name() + " has no synced tables");
        }
        return open;
    }

    /**
     * Describes and installs the synced tables, then starts what follows and recovers them. Where an API cannot be asked the node begins all the
     * same: reads go on, the guard refuses every write, and the API is asked again until it answers.
     */
    void openSyncs(ApiGateway gateway, Map<String, Account> accounts) throws SQLException, IOException {
        if (settings.syncs().isEmpty()) {
            return;
        }
        List<ApiTable> described = new ArrayList<>();
        try {
            for (SyncSettings sync : settings.syncs().values()) {
                described.addAll(TableDescriptions.of(sync, gateway, accounts));
            }
        } catch (IOException unanswered) {
            LOG.warn(
                    "synced tables of {} cannot be written yet, trying again in {} s: {}",
                    settings.name(),
                    API_RETRY.toSeconds(),
                    unanswered.getMessage());
            timer.schedule(
                    () -> blocking.execute(() -> openSyncsAgain(gateway, accounts)),
                    API_RETRY.toMillis(),
                    TimeUnit.MILLISECONDS);
            return;
        }
        open(gateway, accounts, described);
    }

    private void openSyncsAgain(ApiGateway gateway, Map<String, Account> accounts) {
        if (closed) {
            return;
        }
        try {
            openSyncs(gateway, accounts);
        } catch (SQLException | IOException failed) {
            LOG.error("synced tables of {} could not be installed; start the node again", settings.name(), failed);
        }
    }

    private synchronized void open(ApiGateway gateway, Map<String, Account> accounts, List<ApiTable> described)
            throws SQLException, IOException {
        if (closed) {
            return;
        }
        List<SyncedTable> synced = new ArrayList<>();
        Map<String, ApiTable> apiTables = new LinkedHashMap<>();
        for (ApiTable table : described) {
            TableMapping mapping = table.mapping();
            SyncSettings sync = settings.syncs().values().stream()
                    .filter(candidate -> candidate.schema().equals(mapping.schema()))
                    .findFirst()
                    .orElseThrow();
            TableSettings configured = sync.tables().get(mapping.table());
            if (configured == null) {
                throw new IllegalStateException("no table " + table.name());
            }
            InstalledTable installed = new TableInstaller(settings).install(mapping, sync.api());
            synced.add(new SyncedTable(
                    mapping,
                    table.adapter(),
                    sync.api(),
                    installed.relation(),
                    installed.columns(),
                    installed.generated(),
                    configured.upsertOn()));
            apiTables.put(table.name(), table);
            workers.add(system.systemActorOf(
                    SyncWorker.create(new TableSync(connections(), table, configured.pollInterval()), blocking),
                    "sync-" + settings.name() + "-" + table.name(),
                    Props.empty()));
        }
        Path folder = node.journal().directory();
        Files.createDirectories(folder);
        AnswerKeeper keeper =
                AnswerKeeper.open(folder.resolve(settings.name() + ".answers"), AnswerKeeper.DEFAULT_BOUND_BYTES);
        answers = keeper;
        Journal openJournal = new Journal(connections(), keeper, life);
        journal = openJournal;
        WriterPool pool = new WriterPool(
                settings.writer().size(),
                () -> connector.open(
                        address(),
                        login(
                                settings.url()
                                        .as(
                                                settings.writer().user(),
                                                settings.writer().password()),
                                Map.of()),
                        loops.next()),
                loops.next());
        writers = pool;
        services = new MutationServices(
                new SyncedTables(synced),
                settings.mutations(),
                pool,
                gateway,
                accounts,
                openJournal,
                new LockWatch(connections(), blocking),
                WRITER_WAIT,
                LOCK_TIMEOUT,
                RESOLVE_TIME,
                timer,
                Clock.systemUTC(),
                crashPoints,
                TimeOrderedIds::next);
        Recoverer recoverer = new Recoverer(
                openJournal,
                this::liveNodes,
                (schema, table) -> Optional.ofNullable(apiTables.get(schema + "." + table)));
        recovery = system.systemActorOf(
                JournalRecovery.create(
                        recoverer,
                        new JournalRecovery.Schedule(
                                RECOVERY_INTERVAL, node.journal().retention()),
                        blocking),
                "recovery-" + settings.name(),
                Props.empty());
    }

    private static String life(Member member) {
        return member.uniqueAddress().toString();
    }

    /** Whose entries are left to them: all that the cluster has not given up. */
    private Set<String> liveNodes() {
        Set<String> lives = new HashSet<>();
        lives.add(life);
        for (Member member : Cluster.get(system).state().getMembers()) {
            if (member.status() != MemberStatus.down() && member.status() != MemberStatus.removed()) {
                lives.add(life(member));
            }
        }
        return lives;
    }

    /** What the sessions of this database's clients need. */
    ClientDatabase forClients() {
        return new ClientDatabase(
                address(),
                this::clientLogin,
                door,
                settings.pool(),
                configured,
                () -> new DatabaseMutations(configured, () -> services));
    }

    private RoleLookup roles() {
        DatabaseSignInSettings signIn = settings.signIn();
        PostgresUrl as = settings.url().as(signIn.queryUser(), signIn.queryPassword());
        Map<String, String> parameters = Map.of("options", RoleLookup.OPTIONS, "application_name", "penstock sign-in");
        return new RoleLookup(signIn.query(), () -> connector.open(address(), login(as, parameters), loops.next()));
    }

    private ServerAddress address() {
        return new ServerAddress(settings.url().host(), settings.url().port(), tls);
    }

    private ServerLogin clientLogin(String user, @Nullable ScramKeys keys, Map<String, String> parameters) {
        return switch (settings.login()) {
            case URL -> login(settings.url(), parameters);
            case CLIENT ->
                new ServerLogin(
                        user, settings.url().database(), SignIn.upstream(users.settings(user), keys), parameters);
        };
    }

    private static ServerLogin login(PostgresUrl url, Map<String, String> parameters) {
        Secret password = url.password();
        return new ServerLogin(
                url.user(),
                url.database(),
                password == null ? new Credentials.None() : new Credentials.Password(password.reveal()),
                parameters);
    }

    /** Waits until every synced table has been fetched whole, once. */
    void awaitFilled(Duration within) throws InterruptedException, TimeoutException {
        long until = System.nanoTime() + within.toNanos();
        while (services == null && !settings.syncs().isEmpty()) {
            if (System.nanoTime() > until) {
                throw new TimeoutException("the API has not described the synced tables yet");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        for (ActorRef<SyncWorker.Command> worker : workers) {
            try {
                AskPattern.<SyncWorker.Command, Done>ask(worker, SyncWorker.WhenFilled::new, within, system.scheduler())
                        .toCompletableFuture()
                        .get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException notFilled) {
                throw new TimeoutException("the synced tables are still being filled");
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        tls.close();
        if (recovery != null) {
            recovery.tell(new JournalRecovery.Stop());
        }
        if (roles != null) {
            roles.close();
        }
        if (writers != null) {
            writers.close();
        }
        if (journal != null) {
            journal.close();
        }
        if (answers != null) {
            answers.close();
        }
        if (connections != null) {
            connections.close();
        }
    }
}
