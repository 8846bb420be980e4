package io.penstock.node;

import com.zaxxer.hikari.HikariDataSource;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Reading;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.TableRequest;
import io.penstock.config.DatabaseSettings;
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
import io.penstock.node.journal.AnswerKeeper;
import io.penstock.node.journal.ApiTable;
import io.penstock.node.journal.GatewayReads;
import io.penstock.node.journal.Journal;
import io.penstock.node.journal.JournalConnections;
import io.penstock.node.journal.JournalRecovery;
import io.penstock.node.journal.Recoverer;
import io.penstock.node.mutation.LockWatch;
import io.penstock.node.mutation.MutationServices;
import io.penstock.node.mutation.SessionMutations;
import io.penstock.node.mutation.SyncedTable;
import io.penstock.node.mutation.SyncedTables;
import io.penstock.node.session.ClientDatabase;
import io.penstock.node.session.NoMutations;
import io.penstock.node.sync.SyncWorker;
import io.penstock.node.sync.TableSync;
import io.penstock.node.transport.EventLoops;
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
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration WRITER_WAIT = Duration.ofSeconds(30);
    /** A client waits for its answer meanwhile; recovery has all the time in the world. */
    private static final Duration RESOLVE_TIME = Duration.ofSeconds(5);

    private final DatabaseSettings settings;
    private final PenstockSettings node;
    private final ActorSystem<?> system;
    private final EventLoops loops;
    private final ServerConnector connector;
    private final ExecutorService blocking;
    private final ScheduledExecutorService timer;
    private final DatabaseInstaller installer;
    /** This life of this node: what the journal's entries name. A node that starts again is another member of the cluster. */
    private final String life;

    private @Nullable HikariDataSource connections;
    private @Nullable AnswerKeeper answers;
    private @Nullable Journal journal;
    private @Nullable WriterPool writers;
    private SyncedTables tables = new SyncedTables(List.of());
    private @Nullable MutationServices services;
    private final List<ActorRef<SyncWorker.Command>> workers = new ArrayList<>();

    NodeDatabase(
            DatabaseSettings settings,
            PenstockSettings node,
            ActorSystem<?> system,
            EventLoops loops,
            ServerConnector connector,
            ExecutorService blocking,
            ScheduledExecutorService timer) {
        this.settings = settings;
        this.node = node;
        this.system = system;
        this.loops = loops;
        this.connector = connector;
        this.blocking = blocking;
        this.timer = timer;
        this.life = life(Cluster.get(system).selfMember());
        this.installer = new DatabaseInstaller(settings, node.listen().toString());
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

    /** Describes and installs the synced tables, then starts what follows and recovers them. */
    void openSyncs(ApiGateway gateway, Map<String, Account> accounts) throws SQLException, IOException {
        if (settings.syncs().isEmpty()) {
            return;
        }
        List<SyncedTable> synced = new ArrayList<>();
        Map<String, ApiTable> apiTables = new LinkedHashMap<>();
        for (SyncSettings sync : settings.syncs().values()) {
            Account account = accounts.get(sync.api());
            if (account == null) {
                throw new IllegalStateException("no API account " + sync.api());
            }
            GatewayReads reads = new GatewayReads(gateway, account, READ_TIMEOUT);
            for (TableSettings table : sync.tables().values()) {
                TableMapping mapping = describe(reads, account, sync, table);
                InstalledTable installed = installer.installTable(mapping, sync.api());
                synced.add(new SyncedTable(
                        mapping, account.adapter(), account.name(), installed.relation(), installed.columns()));
                ApiTable apiTable = new ApiTable(mapping, account.adapter(), reads, READ_TIMEOUT);
                apiTables.put(sync.schema() + "." + table.name(), apiTable);
                workers.add(system.systemActorOf(
                        SyncWorker.create(new TableSync(connections(), apiTable, table.pollInterval()), blocking),
                        "sync-" + settings.name() + "-" + sync.schema() + "-" + table.name(),
                        Props.empty()));
            }
        }
        tables = new SyncedTables(synced);
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
                tables,
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
                TimeOrderedIds::next);
        Recoverer recoverer = new Recoverer(
                connections(),
                keeper,
                life,
                this::liveNodes,
                (schema, table) -> Optional.ofNullable(apiTables.get(schema + "." + table)));
        system.systemActorOf(
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

    private TableMapping describe(GatewayReads reads, Account account, SyncSettings sync, TableSettings table)
            throws IOException {
        TableRequest request = new TableRequest(
                sync.schema(),
                table.name(),
                table.object(),
                List.of(),
                table.correlationField(),
                new RowLimits(
                        table.maxRows().insert(),
                        table.maxRows().update(),
                        table.maxRows().delete()),
                Map.of());
        List<ApiResponse> responses = new ArrayList<>();
        for (ApiCall call : account.adapter().describe(request)) {
            responses.add(reads.send(call, _ -> null).toCompletableFuture().join());
        }
        return switch (account.adapter().parseDescription(request, responses)) {
            case Reading.Got<TableMapping>(TableMapping mapping) -> mapping;
            case Reading.Failed<TableMapping> failed ->
                throw new IOException(
                        account.adapter().api() + " did not describe " + table.object() + ": " + failed.failure());
        };
    }

    /** What the sessions of this database's clients need. */
    ClientDatabase forClients() {
        MutationServices open = services;
        return new ClientDatabase(
                address(),
                (user, parameters) -> login(
                        switch (settings.login()) {
                            case URL -> settings.url();
                            case CLIENT -> settings.url().as(user, null);
                        },
                        parameters),
                tables,
                open == null ? NoMutations::new : () -> new SessionMutations(open));
    }

    private ServerAddress address() {
        return new ServerAddress(settings.url().host(), settings.url().port());
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
    public void close() {
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
