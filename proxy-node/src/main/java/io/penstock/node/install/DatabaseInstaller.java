package io.penstock.node.install;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.Ddl;
import io.penstock.adapters.TableMapping;
import io.penstock.config.DatabaseSettings;
import io.penstock.config.PostgresUrl;
import io.penstock.config.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;

/**
 * Installs what Penstock needs in one database, and mends it at every start. Each step is idempotent, and everything happens in one
 * transaction under an advisory lock, so that nodes which start together do not trip over one another. It touches the schema {@code penstock}
 * and the synced tables, and nothing else of the user's.
 *
 * <p>It logs in with {@code admin_url}, whose user needs CREATEROLE (once) and CREATE on the database; no superuser is needed.
 */
public final class DatabaseInstaller {
    /** Counts up with every change of the resources, so that {@code penstock check} can tell an older installation. */
    public static final int VERSION = 2;

    private static final List<String> RESOURCES = List.of("guard.sql", "journal.sql", "sync.sql", "credentials.sql");
    /** Any constant will do, as long as every node uses the same. */
    private static final long LOCK = 0x70656e73746f636bL;

    private final DatabaseSettings database;
    private final String proxyAddress;

    /** @param proxyAddress what the guard's hint names to people who write past the proxy */
    public DatabaseInstaller(DatabaseSettings database, String proxyAddress) {
        if (!database.writer().user().matches("[a-z_][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException("the writer's name must be a plain lower-case identifier");
        }
        this.database = database;
        this.proxyAddress = proxyAddress;
    }

    /** Roles, schema, journal, guard functions. */
    public void installBase() throws SQLException {
        inTransaction(connection -> {
            createRole(connection, "penstock", "nologin");
            // Whoever may see everybody's entries in the view penstock.journal.
            createRole(connection, "penstock_observer", "nologin");
            createRole(connection, writer(), "login");
            Secret password = database.writer().password();
            if (password != null) {
                execute(connection, "alter role " + writer() + " password " + Ddl.literal(password.reveal()));
            }
            execute(connection, "grant penstock to " + writer());
            becomeMember(connection);
            if (!exists(connection, "select from pg_catalog.pg_namespace where nspname = 'penstock'")) {
                execute(connection, "create schema penstock authorization penstock");
            }
            execute(connection, "set local role penstock");
            execute(connection, "grant usage on schema penstock to public");
            execute(
                    connection,
                    "create table if not exists penstock.settings (key text primary key, value text not null)");
            execute(
                    connection,
                    "create table if not exists penstock.tables (schema_name name, table_name name, object text not"
                            + " null, api text not null, primary key (schema_name, table_name))");
            // Which field of the API each column holds: {column: field}.
            execute(connection, "alter table penstock.tables add column if not exists columns jsonb");
            execute(connection, "grant select on penstock.tables to public");
            execute(connection, "grant select on penstock.settings to " + writer());
            for (String resource : RESOURCES) {
                execute(connection, resource(resource).replace("penstock_writer", writer()));
            }
            setting(connection, "address", proxyAddress);
            setting(connection, "version", Integer.toString(VERSION));
        });
    }

    /** One synced table: created or given missing columns, owned by {@code penstock}, guarded. */
    public InstalledTable installTable(TableMapping mapping, String api) throws SQLException {
        InstalledTable[] installed = new InstalledTable[1];
        inTransaction(connection -> {
            if (!exists(
                    connection,
                    "select from pg_catalog.pg_namespace where nspname = " + Ddl.literal(mapping.schema()))) {
                execute(connection, "create schema " + Ddl.identifier(mapping.schema()) + " authorization penstock");
            }
            String name = Ddl.identifier(mapping.schema()) + "." + Ddl.identifier(mapping.table());
            Set<String> columns = columns(connection, name);
            if (columns.isEmpty()) {
                for (String statement : Ddl.createTable(mapping)) {
                    execute(connection, statement);
                }
            } else {
                for (ColumnMapping column : mapping.columns()) {
                    if (!columns.contains(column.column())) {
                        execute(
                                connection,
                                "alter table " + name + " add column " + Ddl.identifier(column.column()) + " "
                                        + column.type().sql());
                    }
                }
            }
            execute(connection, "alter table " + name + " owner to penstock");
            // The owner needs the schema as well, also where the schema is the user's own.
            execute(connection, "grant usage on schema " + Ddl.identifier(mapping.schema()) + " to penstock");
            execute(connection, "set local role penstock");
            execute(
                    connection,
                    "select penstock.guard_table(" + Ddl.literal(name) + "::regclass, "
                            + Ddl.literal(mapping.keyColumn()) + ")");
            note(connection, mapping, api);
            installed[0] = describe(connection, name);
        });
        return installed[0];
    }

    /** Where columns hold other fields than before, what they hold is not theirs: the table is filled again. */
    private static void note(Connection connection, TableMapping mapping, String api) throws SQLException {
        ObjectNode columns = JsonNodeFactory.instance.objectNode();
        mapping.columns().forEach(column -> columns.put(column.column(), column.field()));
        try (PreparedStatement refill = connection.prepareStatement(
                "update penstock.sync_state s set phase = 'BACKFILL', cursor = null, high_water = null, run_newest ="
                        + " null, run_started = null, next_run_at = clock_timestamp() from penstock.tables t where"
                        + " t.schema_name = ? and t.table_name = ? and t.columns is distinct from ?::jsonb and"
                        + " s.schema_name = t.schema_name and s.table_name = t.table_name")) {
            refill.setString(1, mapping.schema());
            refill.setString(2, mapping.table());
            refill.setString(3, columns.toString());
            refill.executeUpdate();
        }
        try (PreparedStatement statement = connection.prepareStatement(
                "insert into penstock.tables (schema_name, table_name, object, api, columns) values (?, ?, ?, ?, ?::jsonb)"
                        + " on conflict (schema_name, table_name) do update set object = excluded.object, api ="
                        + " excluded.api, columns = excluded.columns")) {
            statement.setString(1, mapping.schema());
            statement.setString(2, mapping.table());
            statement.setString(3, mapping.object());
            statement.setString(4, api);
            statement.setString(5, columns.toString());
            statement.executeUpdate();
        }
    }

    private static InstalledTable describe(Connection connection, String name) throws SQLException {
        List<String> columns = new ArrayList<>();
        long relation = 0;
        try (PreparedStatement statement = connection.prepareStatement(
                "select attrelid::bigint, attname from pg_catalog.pg_attribute where attrelid = ?::regclass and attnum"
                        + " > 0 and not attisdropped and attgenerated = '' and attidentity <> 'a' order by attnum")) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    relation = rows.getLong(1);
                    columns.add(rows.getString(2));
                }
            }
        }
        return new InstalledTable(relation, columns);
    }

    private void createRole(Connection connection, String role, String options) throws SQLException {
        if (!exists(connection, "select from pg_catalog.pg_roles where rolname = " + Ddl.literal(role))) {
            execute(connection, "create role " + role + " " + options);
        }
    }

    /** Who created a role may administer it but not act as it, unless a superuser: since Postgres 16 that takes a grant to oneself. */
    private void becomeMember(Connection connection) throws SQLException {
        if (!exists(connection, "select where pg_catalog.pg_has_role(current_user, 'penstock', 'member')")) {
            execute(connection, "grant penstock to current_user");
        }
    }

    private static Set<String> columns(Connection connection, String table) throws SQLException {
        Set<String> columns = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "select attname from pg_catalog.pg_attribute where attrelid = to_regclass(?) and attnum > 0 and not"
                        + " attisdropped")) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.add(rows.getString(1));
                }
            }
        }
        return columns;
    }

    private static void setting(Connection connection, String key, String value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "insert into penstock.settings values (?, ?) on conflict (key) do update set value = excluded.value")) {
            statement.setString(1, key);
            statement.setString(2, value);
            statement.executeUpdate();
        }
    }

    private static boolean exists(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String writer() {
        return database.writer().user();
    }

    private static String resource(String name) {
        try (InputStream in = DatabaseInstaller.class.getResourceAsStream("/penstock/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Opens a connection of its own with the rights of {@code url}. */
    static Connection connect(PostgresUrl url) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", url.user());
        Secret password = url.password();
        if (password != null) {
            properties.setProperty("password", password.reveal());
        }
        properties.setProperty("ApplicationName", "penstock installer");
        properties.setProperty("connectTimeout", "10");
        return DriverManager.getConnection(url.jdbcUrl(), properties);
    }

    private void inTransaction(Work work) throws SQLException {
        try (Connection connection = connect(database.adminUrl())) {
            connection.setAutoCommit(false);
            execute(connection, "set local client_min_messages = warning");
            execute(connection, "select pg_catalog.pg_advisory_xact_lock(" + LOCK + ")");
            work.on(connection);
            connection.commit();
        }
    }

    /** Statements of one transaction. */
    private interface Work {
        void on(Connection connection) throws SQLException;
    }
}
