package io.penstock.node;

import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.TableMapping;
import io.penstock.config.ApiSettings;
import io.penstock.config.DatabaseSettings;
import io.penstock.config.OAuthSettings;
import io.penstock.config.PenstockSettings;
import io.penstock.config.SyncSettings;
import io.penstock.config.TableSettings;
import io.penstock.node.api.Account;
import io.penstock.node.api.ApiClient;
import io.penstock.node.api.ApiGateway;
import io.penstock.node.api.HttpApiGateway;
import io.penstock.node.api.LoginClient;
import io.penstock.node.control.ControlMetrics;
import io.penstock.node.control.ControlPlane;
import io.penstock.node.control.CredentialCipher;
import io.penstock.node.control.CredentialStore;
import io.penstock.node.control.JdbcCredentialStore;
import io.penstock.node.control.LonePermits;
import io.penstock.node.control.LoneTokens;
import io.penstock.node.control.Permits;
import io.penstock.node.control.Tokens;
import io.penstock.node.install.AdminDataSource;
import io.penstock.node.install.DatabaseInstaller;
import io.penstock.node.install.TableInstaller;
import io.penstock.node.install.TablePlan;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Compares the synced tables of a configuration with what their APIs describe today, and makes them so. It is no node: it belongs to no cluster,
 * takes no client, and ends when it has looked at each table once. Blocks.
 */
public final class SyncTables implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final PenstockSettings settings;
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final ApiClient client = new ApiClient(CONNECT_TIMEOUT);
    private final ControlMetrics metrics = new ControlMetrics(new PrometheusRegistry());
    private final Map<String, Permits> permits = new HashMap<>();
    private final Map<String, Tokens> tokens = new HashMap<>();
    private final ApiGateway gateway = new HttpApiGateway(client, this::permits, this::tokens, metrics);
    private final Map<String, Account> accounts = new HashMap<>();
    private boolean changing;

    /** What is to be learnt of one table, or of what Penstock needs beside the tables. */
    public sealed interface Report {
        String database();

        /** Roles and the schema {@code penstock}. @param sql none where nothing is missing */
        record Base(String database, List<String> sql) implements Report {}

        /** @param name {@code schema.table} */
        record Table(String database, String name, TablePlan plan) implements Report {}

        /** Some table of which the configuration says nothing any more. */
        record Forgotten(String database, String name) implements Report {}

        /** @param about {@code schema.table}, or empty for the database as a whole */
        record Failed(String database, String about, String reason) implements Report {}
    }

    /** Where the reports go, each as soon as it is known. */
    public interface Reports {
        void add(Report report);
    }

    public SyncTables(PenstockSettings settings) {
        this.settings = settings;
    }

    /**
     * Looks at everything and changes nothing. What an account's token needs is the exception: one that has ended is refreshed, and kept as a node
     * would keep it.
     *
     * @param drops columns as {@code schema.table.column}
     */
    public void plan(Set<String> drops, Reports reports) {
        run(drops, reports, false);
    }

    /** Does what {@link #plan} tells. What fails leaves its table as it was, and the others are done all the same. */
    public void apply(Set<String> drops, Reports reports) {
        run(drops, reports, true);
    }

    private void run(Set<String> drops, Reports reports, boolean change) {
        changing = change;
        Set<String> found = new HashSet<>();
        // The base first, everywhere: tokens are kept in one of the databases.
        List<DatabaseSettings> reached = new ArrayList<>();
        for (DatabaseSettings database : settings.databases().values()) {
            if (!database.syncs().isEmpty() && base(database, reports, change)) {
                reached.add(database);
            }
        }
        for (DatabaseSettings database : reached) {
            for (SyncSettings sync : database.syncs().values()) {
                for (TableSettings table : sync.tables().values()) {
                    String name = sync.schema() + "." + table.name();
                    table(database, sync, table, columns(drops, name, found), reports, change);
                }
            }
            forgotten(database, reports);
        }
        for (String drop : drops) {
            if (!found.contains(drop)) {
                reports.add(new Report.Failed("", drop, "there is no such synced table in the configuration"));
            }
        }
    }

    /** The columns of this table among all that may be dropped. */
    private static Set<String> columns(Set<String> drops, String table, Set<String> found) {
        Set<String> columns = new HashSet<>();
        for (String drop : drops) {
            if (drop.startsWith(table + ".")) {
                columns.add(drop.substring(table.length() + 1));
                found.add(drop);
            }
        }
        return columns;
    }

    private boolean base(DatabaseSettings database, Reports reports, boolean change) {
        DatabaseInstaller installer =
                new DatabaseInstaller(database, settings.listen().toString());
        try {
            reports.add(new Report.Base(database.name(), change ? installer.mendBase() : installer.planBase()));
            return true;
        } catch (SQLException failed) {
            reports.add(new Report.Failed(database.name(), "", String.valueOf(failed.getMessage())));
            return false;
        }
    }

    private void table(
            DatabaseSettings database,
            SyncSettings sync,
            TableSettings table,
            Set<String> drops,
            Reports reports,
            boolean change) {
        String name = sync.schema() + "." + table.name();
        TableInstaller installer = new TableInstaller(database);
        try {
            TableMapping mapping = TableDescriptions.of(sync, table, gateway, account(sync.api()))
                    .mapping();
            TablePlan plan =
                    change ? installer.alter(mapping, sync.api(), drops) : installer.plan(mapping, sync.api(), drops);
            reports.add(new Report.Table(database.name(), name, plan));
        } catch (IOException | SQLException failed) {
            reports.add(new Report.Failed(database.name(), name, String.valueOf(failed.getMessage())));
        }
    }

    private static void forgotten(DatabaseSettings database, Reports reports) {
        try {
            for (String known : new TableInstaller(database).known()) {
                boolean configured = database.syncs().values().stream()
                        .anyMatch(sync -> sync.tables().keySet().stream()
                                .anyMatch(table -> known.equals(sync.schema() + "." + table)));
                if (!configured) {
                    reports.add(new Report.Forgotten(database.name(), known));
                }
            }
        } catch (SQLException failed) {
            reports.add(new Report.Failed(database.name(), "", String.valueOf(failed.getMessage())));
        }
    }

    // ---- the accounts ----

    private Account account(String name) throws IOException {
        Account known = accounts.get(name);
        if (known != null) {
            return known;
        }
        ApiSettings api = settings.apis().get(name);
        if (api == null) {
            throw new IOException("there is no API account " + name);
        }
        Account account = Accounts.of(api);
        tokens.put(name, tokens(account));
        permits.put(name, new LonePermits(ControlPlane.CLOCK));
        accounts.put(name, account);
        return account;
    }

    private Tokens tokens(Account account) throws IOException {
        AuthDescriptor auth = account.adapter().auth();
        OAuthSettings oauth = account.settings().oauth();
        return new LoneTokens(new LoneTokens.Setup(
                account.name(),
                new CredentialStore.Origin(oauth.refreshToken(), oauth.accessToken()),
                auth instanceof AuthDescriptor.OAuthRefresh refresh && refresh.rotating(),
                Accounts.refreshBefore(auth),
                auth instanceof AuthDescriptor.OAuthRefresh ? store(account.name()) : null,
                new LoginClient(client, account, metrics)::refresh,
                ControlPlane.CLOCK,
                blocking));
    }

    /**
     * Where the cluster keeps the account's credential; null where there is no such place yet, or its key is elsewhere. Whoever comes first makes the key,
     * a node or {@code apply}; {@code plan} makes nothing.
     */
    private @Nullable CredentialStore store(String account) throws IOException {
        DatabaseSettings home = settings.databases().values().stream()
                .filter(database -> database.syncs().values().stream()
                        .anyMatch(sync -> sync.api().equals(account)))
                .findFirst()
                .orElseThrow();
        try {
            AdminDataSource source = new AdminDataSource(home);
            if (!source.hasCredentials()) {
                return null;
            }
            boolean first = changing && !source.hasCredential(account);
            Optional<CredentialCipher> cipher = first
                    ? Optional.of(CredentialCipher.of(settings.credentials(), new SecureRandom()))
                    : CredentialCipher.existing(settings.credentials(), new SecureRandom());
            return cipher.isEmpty() ? null : new JdbcCredentialStore(source, cipher.get(), blocking);
        } catch (SQLException failed) {
            throw new IOException("the credential of account " + account + " cannot be looked up", failed);
        }
    }

    private Permits permits(String account) {
        return known(permits, account);
    }

    private Tokens tokens(String account) {
        return known(tokens, account);
    }

    private static <T> T known(Map<String, T> all, String account) {
        T one = all.get(account);
        if (one == null) {
            throw new IllegalArgumentException("no such API account: " + account);
        }
        return one;
    }

    @Override
    public void close() {
        client.close();
        blocking.shutdown();
    }
}
