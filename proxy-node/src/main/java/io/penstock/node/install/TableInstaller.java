package io.penstock.node.install;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Ddl;
import io.penstock.adapters.TableMapping;
import io.penstock.config.DatabaseSettings;
import io.penstock.node.install.TablePlan.Change;
import io.penstock.node.install.TablePlan.Difference;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the synced tables of one database what their APIs describe: as far as a node needs it when it starts, and as far as it is safe when a
 * person asks for it. Each table is one transaction, see {@link AdminSession}.
 */
public final class TableInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(TableInstaller.class);

    /** Whoever waits longer for a table that is in use would keep everybody else from it meanwhile. */
    private static final String LOCK_TIMEOUT = "SET LOCAL lock_timeout = '10s'";

    private final DatabaseSettings database;

    public TableInstaller(DatabaseSettings database) {
        this.database = database;
    }

    /** For a node that starts: the table is created or given what it lacks, owned by {@code penstock}, guarded, and noted. */
    public InstalledTable install(TableMapping mapping, String api) throws SQLException {
        return AdminSession.changing(database, connection -> {
            StandingTable standing = StandingTable.read(connection, mapping.schema(), mapping.table());
            TablePlan plan = TablePlan.of(mapping, api, standing, Set.of());
            run(connection, plan.needed());
            for (Difference difference : plan.differences()) {
                if (difference.matters()) {
                    LOG.warn("{}.{}: {}", mapping.schema(), mapping.table(), difference.text());
                }
            }
            AdminSession.execute(connection, "set local role penstock");
            note(connection, mapping, api);
            return describe(connection, Ddl.identifier(mapping.schema()) + "." + Ddl.identifier(mapping.table()));
        });
    }

    /**
     * What {@link #alter} would do; changes nothing.
     *
     * @param drops columns that may be dropped where the API had them once and describes them no more
     */
    public TablePlan plan(TableMapping mapping, String api, Collection<String> drops) throws SQLException {
        return AdminSession.reading(database, connection -> plan(connection, mapping, api, drops));
    }

    /** Makes the table what the API describes. @return what was done, and what was not */
    public TablePlan alter(TableMapping mapping, String api, Collection<String> drops) throws SQLException {
        return AdminSession.changing(database, connection -> {
            AdminSession.execute(connection, LOCK_TIMEOUT);
            TablePlan plan = plan(connection, mapping, api, drops);
            run(connection, plan.changes());
            return plan;
        });
    }

    /** What {@link #alter} runs, as one would type it. */
    public static List<String> transaction(List<Change> changes) {
        List<String> sql = new ArrayList<>(List.of("BEGIN", AdminSession.TAKE_LOCK, LOCK_TIMEOUT));
        changes.forEach(change -> sql.addAll(change.sql()));
        sql.add("COMMIT");
        return sql;
    }

    /** Tables that are here because some node installed them, as {@code schema.table}. */
    public Set<String> known() throws SQLException {
        return AdminSession.reading(database, connection -> {
            Set<String> known = new TreeSet<>();
            if (!AdminSession.exists(
                    connection, "select where pg_catalog.to_regclass('penstock.tables') is not null")) {
                return known;
            }
            try (Statement statement = connection.createStatement();
                    ResultSet rows =
                            statement.executeQuery("select schema_name || '.' || table_name from penstock.tables where"
                                    + " pg_catalog.to_regclass(pg_catalog.format('%I.%I', schema_name, table_name))"
                                    + " is not null")) {
                while (rows.next()) {
                    known.add(rows.getString(1));
                }
            }
            return known;
        });
    }

    private static void run(Connection connection, List<Change> changes) throws SQLException {
        for (Change change : changes) {
            for (String statement : change.sql()) {
                AdminSession.execute(connection, statement);
            }
        }
    }

    private TablePlan plan(Connection connection, TableMapping mapping, String api, Collection<String> drops)
            throws SQLException {
        StandingTable standing = StandingTable.read(connection, mapping.schema(), mapping.table());
        StandingTable.Noted noted = standing.noted();
        Set<String> allowed = new HashSet<>(drops);
        List<Difference> refused = new ArrayList<>();
        if (noted != null && !Collections.disjoint(noted.columns().keySet(), drops) && nodesRun(connection)) {
            for (String column : drops) {
                // Its statements would fail to store what the API has accepted already.
                if (noted.columns().containsKey(column) && allowed.remove(column)) {
                    refused.add(new Difference(
                            true,
                            "column " + column + " is not dropped: a node that runs still writes it. Start the nodes"
                                    + " again, so that they hear from the API that it is gone, and repeat this"));
                }
            }
        }
        TablePlan plan = TablePlan.of(mapping, api, standing, allowed);
        refused.addAll(plan.differences());
        return new TablePlan(plan.changes(), refused);
    }

    /** Whether a node is connected to the database: it writes the columns that it noted when it started. */
    private boolean nodesRun(Connection connection) throws SQLException {
        return AdminSession.exists(
                connection,
                "select from pg_catalog.pg_stat_activity where datname = pg_catalog.current_database() and usename = "
                        + Ddl.literal(database.writer().user()));
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
                "insert into penstock.tables as t (schema_name, table_name, object, api, columns) values"
                        + " (?, ?, ?, ?, ?::jsonb) on conflict (schema_name, table_name) do update set object ="
                        + " excluded.object, api = excluded.api, columns = excluded.columns, gone ="
                        + " (coalesce(t.gone, '{}') || coalesce(t.columns, '{}'))"
                        + " - array(select pg_catalog.jsonb_object_keys(excluded.columns))")) {
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
        Set<String> generated = new HashSet<>();
        long relation = 0;
        try (PreparedStatement statement = connection.prepareStatement(
                "select attrelid::bigint, attname, attgenerated <> '' or attidentity = 'a' from"
                        + " pg_catalog.pg_attribute where attrelid = ?::regclass and attnum > 0 and not attisdropped"
                        + " order by attnum")) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    relation = rows.getLong(1);
                    if (rows.getBoolean(3)) {
                        generated.add(rows.getString(2));
                    } else {
                        columns.add(rows.getString(2));
                    }
                }
            }
        }
        return new InstalledTable(relation, columns, generated);
    }
}
