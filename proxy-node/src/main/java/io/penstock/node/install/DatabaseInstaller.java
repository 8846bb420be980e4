package io.penstock.node.install;

import io.penstock.adapters.Ddl;
import io.penstock.config.DatabaseSettings;
import io.penstock.config.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Installs what Penstock needs in one database beside the synced tables, and mends it at every start. Each step is idempotent, and everything
 * happens in one transaction under an advisory lock, so that nodes which start together do not trip over one another. It touches the schema
 * {@code penstock} and nothing of the user's.
 *
 * <p>It logs in with {@code admin_url}, whose user needs CREATEROLE (once) and CREATE on the database; no superuser is needed.
 */
public final class DatabaseInstaller {
    /** Counts up with every change of the resources, so that {@code penstock check} can tell an older installation. */
    public static final int VERSION = 3;

    private static final List<String> RESOURCES = List.of("guard.sql", "journal.sql", "sync.sql", "credentials.sql");
    private static final List<String> RELATIONS = List.of(
            "penstock.settings",
            "penstock.tables",
            "penstock.captured",
            "penstock.mutation_journal",
            "penstock.sync_state",
            "penstock.credentials",
            "penstock.limiters");

    private static final String MAY_ACT = "pg_catalog.pg_has_role(current_user, 'penstock', case when"
            + " pg_catalog.current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end)";

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
        AdminSession.changing(database, connection -> {
            List<String> statements = baseSql(connection);
            for (String statement : statements) {
                AdminSession.execute(connection, statement);
            }
            return statements.size();
        });
    }

    /** The same where something of it is missing or old. @return what was executed, fit to be shown; empty where nothing had to be */
    public List<String> mendBase() throws SQLException {
        return AdminSession.changing(database, connection -> {
            List<String> statements = missing(connection).isEmpty() ? List.<String>of() : baseSql(connection);
            for (String statement : statements) {
                AdminSession.execute(connection, statement);
            }
            return shown(statements);
        });
    }

    /** What {@link #mendBase} would execute; changes nothing. */
    public List<String> planBase() throws SQLException {
        return AdminSession.reading(
                database, connection -> missing(connection).isEmpty() ? List.<String>of() : shown(baseSql(connection)));
    }

    private List<String> shown(List<String> statements) {
        String password = passwordOf(writer());
        return statements.stream()
                .map(statement -> statement.startsWith(password) ? password + "'********'" : statement)
                .toList();
    }

    private static String passwordOf(String role) {
        return "alter role " + role + " password ";
    }

    /** In the order in which it is executed, by what stands now. */
    private List<String> baseSql(Connection connection) throws SQLException {
        List<String> sql = new ArrayList<>();
        boolean hadRole = AdminSession.exists(connection, "select from pg_catalog.pg_roles where rolname = 'penstock'");
        role(connection, sql, "penstock", "nologin");
        // Whoever may see everybody's entries in the view penstock.journal.
        role(connection, sql, "penstock_observer", "nologin");
        role(connection, sql, writer(), "login");
        Secret password = database.writer().password();
        if (password != null) {
            sql.add(passwordOf(writer()) + Ddl.literal(password.reveal()));
        }
        sql.add("grant penstock to " + writer());
        // Who created a role may administer it but not act as it, unless a superuser: since Postgres 16 that takes a
        // grant to oneself.
        if (!AdminSession.exists(connection, "select where pg_catalog.current_setting('is_superuser') = 'on'")
                && !(hadRole && AdminSession.exists(connection, "select where " + MAY_ACT))) {
            sql.add("grant penstock to current_user");
        }
        if (!AdminSession.exists(connection, "select from pg_catalog.pg_namespace where nspname = 'penstock'")) {
            sql.add("create schema penstock authorization penstock");
        }
        sql.add("set local role penstock");
        sql.add("grant usage on schema penstock to public");
        sql.add("create table if not exists penstock.settings (key text primary key, value text not null)");
        sql.add("create table if not exists penstock.tables (schema_name name, table_name name, object text not"
                + " null, api text not null, primary key (schema_name, table_name))");
        // Which field of the API each column holds, and which columns held one once: {column: field}.
        sql.add("alter table penstock.tables add column if not exists columns jsonb");
        sql.add("alter table penstock.tables add column if not exists gone jsonb");
        sql.add("grant select on penstock.tables to public");
        sql.add("grant select on penstock.settings to " + writer());
        for (String resource : RESOURCES) {
            sql.add(resource(resource).replace("penstock_writer", writer()));
        }
        sql.add(setting("address", proxyAddress));
        sql.add(setting("version", Integer.toString(VERSION)));
        return sql;
    }

    /** What of the base is missing or of another version. */
    private List<String> missing(Connection connection) throws SQLException {
        List<String> missing = new ArrayList<>();
        for (String role : List.of("penstock", "penstock_observer", writer())) {
            if (!AdminSession.exists(
                    connection, "select from pg_catalog.pg_roles where rolname = " + Ddl.literal(role))) {
                missing.add("role " + role);
            }
        }
        if (missing.isEmpty()
                && !AdminSession.exists(
                        connection,
                        "select where pg_catalog.pg_has_role(" + Ddl.literal(writer()) + ", 'penstock', 'member')")) {
            missing.add("penstock granted to " + writer());
        }
        for (String relation : RELATIONS) {
            if (!AdminSession.exists(
                    connection, "select where pg_catalog.to_regclass(" + Ddl.literal(relation) + ") is not null")) {
                missing.add("table " + relation);
            }
        }
        if (missing.isEmpty()
                && !AdminSession.exists(
                        connection,
                        "select from penstock.settings where key = 'version' and value = '" + VERSION + "'")) {
            missing.add("version " + VERSION);
        }
        return missing;
    }

    private static void role(Connection connection, List<String> sql, String role, String options) throws SQLException {
        if (!AdminSession.exists(connection, "select from pg_catalog.pg_roles where rolname = " + Ddl.literal(role))) {
            sql.add("create role " + role + " " + options);
        }
    }

    private static String setting(String key, String value) {
        return "insert into penstock.settings values (" + Ddl.literal(key) + ", " + Ddl.literal(value)
                + ") on conflict (key) do update set value = excluded.value";
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
}
