package io.penstock.node.install;

import io.penstock.adapters.Ddl;
import io.penstock.config.DatabaseSettings;
import io.penstock.config.SyncSettings;
import io.penstock.config.TableSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reports what is missing or out of order in one database; changes nothing. What {@code penstock check} prints. */
public final class DatabaseCheck {
    private static final List<String> TRIGGERS = List.of(
            "~penstock_guard_row", "~penstock_guard_capture", "~penstock_guard_commit", "~penstock_guard_truncate");

    private DatabaseCheck() {}

    /** One sentence for each thing that is wrong; empty where the database is as the node needs it. */
    public static List<String> problems(DatabaseSettings database) throws SQLException {
        List<String> problems = new ArrayList<>();
        try (Connection connection = AdminSession.connect(database.adminUrl())) {
            connection.setReadOnly(true);
            String writer = database.writer().user();
            if (single(connection, "select 1 from pg_catalog.pg_roles where rolname = 'penstock'") == null) {
                problems.add("role penstock does not exist");
            }
            if (single(connection, "select 1 from pg_catalog.pg_roles where rolname = " + Ddl.literal(writer))
                    == null) {
                problems.add("role " + writer + " does not exist");
            } else if (single(
                            connection,
                            "select 1 from pg_catalog.pg_roles where rolsuper and rolname = " + Ddl.literal(writer))
                    != null) {
                problems.add("role " + writer + " is a superuser, which it need not and should not be");
            }
            if (single(connection, "select to_regclass('penstock.settings')") == null) {
                problems.add("schema penstock is not installed; the node installs it when it starts");
                return problems;
            }
            String version = single(connection, "select value from penstock.settings where key = 'version'");
            if (!Integer.toString(DatabaseInstaller.VERSION).equals(version)) {
                problems.add(
                        "schema penstock has version " + version + " and this node needs " + DatabaseInstaller.VERSION);
            }
            for (String relation : List.of("penstock.mutation_journal", "penstock.sync_state", "penstock.captured")) {
                if (single(connection, "select to_regclass(" + Ddl.literal(relation) + ")") == null) {
                    problems.add("table " + relation + " does not exist");
                }
            }
            for (SyncSettings sync : database.syncs().values()) {
                for (TableSettings table : sync.tables().values()) {
                    checkTable(connection, sync.schema(), table.name(), problems);
                }
            }
        }
        return problems;
    }

    private static void checkTable(Connection connection, String schema, String table, List<String> problems)
            throws SQLException {
        String name = schema + "." + table;
        String quoted = Ddl.literal(Ddl.identifier(schema) + "." + Ddl.identifier(table));
        if (single(connection, "select to_regclass(" + quoted + ")") == null) {
            problems.add("synced table " + name + " does not exist; the node creates it when it starts");
            return;
        }
        String owner = single(
                connection,
                "select relowner::regrole::text from pg_catalog.pg_class where oid = to_regclass(" + quoted + ")");
        if (!"penstock".equals(owner)) {
            problems.add("synced table " + name + " is owned by " + owner
                    + " and not by penstock: its owner could remove the guard");
        }
        for (String trigger : TRIGGERS) {
            String enabled = single(
                    connection,
                    "select tgenabled from pg_catalog.pg_trigger where tgrelid = to_regclass(" + quoted
                            + ") and tgname = " + Ddl.literal(trigger));
            if (enabled == null) {
                problems.add(
                        "trigger " + trigger + " of " + name + " does not exist: writes could go around the proxy");
            } else if (!"A".equals(enabled)) {
                problems.add("trigger " + trigger + " of " + name
                        + " is not ENABLE ALWAYS: writes could go around the proxy");
            }
        }
    }

    private static @Nullable String single(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }
}
