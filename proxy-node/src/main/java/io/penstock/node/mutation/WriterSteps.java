package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.penstock.adapters.Ddl;
import io.penstock.adapters.Operation;
import io.penstock.node.backend.ExchangeResult;
import io.penstock.node.backend.ExchangeResult.StatementResult;
import io.penstock.node.backend.PreparedNames;
import io.penstock.protocol.error.PgError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a mutation asks of its writer's connection: SQL that the proxy made, never the client's. Pure. */
final class WriterSteps {
    /** Not supported, cardinality, data, constraint, dependent objects, definition, view check, size, RAISE of a trigger. */
    private static final Set<String> ROW_CLASSES = Set.of("0A", "21", "22", "23", "2B", "42", "44", "54", "P0");

    /**
     * Where the database's commits are not durable at once, a row that the client was told of could be gone after a crash while the API keeps it, and the
     * node's own copy of the answer is deleted by then.
     */
    private static final String DURABLE = "pg_catalog.set_config('synchronous_commit', case"
            + " pg_catalog.current_setting('synchronous_commit') when 'off' then 'on'"
            + " else pg_catalog.current_setting('synchronous_commit') end, true)";

    private WriterSteps() {}

    /** The table's name in SQL. */
    static String name(SyncedTable table) {
        return Ddl.identifier(table.mapping().schema()) + "."
                + Ddl.identifier(table.mapping().table());
    }

    /**
     * Opens the transaction and locks the rows if they still are what was captured.
     *
     * @param upsertOn the column by whose value the API decides which of the rows of an INSERT are there already; null for any other statement
     * @param settings see {@link StatementContext#settings}
     */
    static Script lock(
            PreparedNames names,
            SyncedTable table,
            List<CapturedRow> rows,
            @Nullable String upsertOn,
            Map<String, String> settings,
            Duration lockTimeout) {
        Map<String, String> local = new TreeMap<>(settings);
        local.put("lock_timeout", lockTimeout.toMillis() + "ms");
        // The owner sees every row, whatever row security shows to others.
        local.put("role", "penstock");
        Script script = new Script().runPrepared(names, "BEGIN");
        script.runPrepared(names, setLocal(local.keySet()), local.values().toArray(String[]::new));
        Operation operation = rows.getFirst().operation();
        if (operation != Operation.INSERT) {
            script.runPrepared(
                    names,
                    lockSql(table, operation),
                    ClientSteps.json(rows.stream().map(CapturedRow::oldRow).toList()));
        } else if (upsertOn != null) {
            // So that a statement which is at one of these rows now cannot store an older answer over a newer one.
            script.runPrepared(
                    names,
                    lockUpsertSql(table, upsertOn),
                    ClientSteps.json(rows.stream().map(CapturedRow::newRow).toList()));
        }
        return script;
    }

    private static String setLocal(Collection<String> names) {
        StringBuilder sql = new StringBuilder("select ");
        int number = 0;
        for (String name : names) {
            sql.append(number == 0 ? "" : ", ")
                    .append("pg_catalog.set_config(")
                    .append(Ddl.literal(name))
                    .append(", $")
                    .append(++number)
                    .append(", true)");
        }
        return sql.append(", ").append(DURABLE).toString();
    }

    static String lockSql(SyncedTable table, Operation operation) {
        String key = key(table);
        return "select t." + key + " from " + name(table) + " as t where " + amongKeys(table)
                // Both sides go through the same session's output functions.
                + " and pg_catalog.to_jsonb(t) = any(array(select pg_catalog.to_jsonb(r) from " + rows(table)
                + " as r))"
                // In one order, so that two statements on the same rows wait instead of dying of a deadlock.
                + " order by t." + key
                + (operation == Operation.UPDATE ? " for no key update of t" : " for update of t");
    }

    private static String lockUpsertSql(SyncedTable table, String upsertOn) {
        String column = Ddl.identifier(upsertOn);
        return "select t." + key(table) + " from " + name(table) + " as t where t." + column
                + " = any(array(select r." + column + " from " + rows(table) + " as r)) order by t." + key(table)
                + " for no key update of t";
    }

    private static String key(SyncedTable table) {
        return Ddl.identifier(table.mapping().keyColumn());
    }

    /** Rows given as JSON in the first parameter. */
    private static String rows(SyncedTable table) {
        return "pg_catalog.jsonb_populate_recordset(null::" + name(table) + ", $1::pg_catalog.jsonb)";
    }

    /**
     * Said in this way the planner knows that the rows are few and looks them up by the index: the size of the table does not matter. Where it joined
     * the whole table with the rows, an UPDATE of one row turned each row of the table into JSON.
     */
    private static String amongKeys(SyncedTable table) {
        return "t." + key(table) + " = any(array(select r." + key(table) + " from " + rows(table) + " as r))";
    }

    /** Whether {@link #lock} got every row. */
    static boolean locked(ExchangeResult answer, List<CapturedRow> rows) {
        return rows.getFirst().operation() == Operation.INSERT
                || answer.results().getLast().rows().size() == rows.size();
    }

    /**
     * Stores the rows and marks the journal; {@link #commit} makes it last.
     *
     * @param kept columns that stay as they are in a row that an INSERT finds
     * @param mark the parameters of {@code markSql}; empty where there is no entry to mark
     */
    static Script store(
            PreparedNames names,
            SyncedTable table,
            Operation operation,
            List<ObjectNode> rows,
            Set<String> kept,
            String markSql,
            List<@Nullable String> mark) {
        Script script = new Script().runPrepared(names, storeSql(table, operation, kept), ClientSteps.json(rows));
        if (!mark.isEmpty()) {
            script.runPrepared(names, markSql, mark.toArray(String[]::new));
        }
        return script;
    }

    static Script commit(PreparedNames names) {
        return new Script().runPrepared(names, "COMMIT");
    }

    /** After an error Postgres takes COMMIT for ROLLBACK, and says so only in the tag. */
    static boolean committed(ExchangeResult answer) {
        return answer.error() == null && "COMMIT".equals(answer.last().tag());
    }

    /** Whether Postgres refuses the rows for good, as a constraint or a trigger does, and not only now. */
    static boolean refusesRow(PgError error) {
        return ROW_CLASSES.contains(error.sqlState().substring(0, 2));
    }

    /** The rows as stored, in the order in which they were given; a deleted one as it was. */
    static List<ObjectNode> stored(
            SyncedTable table, Operation operation, List<ObjectNode> rows, ExchangeResult answer) {
        if (operation == Operation.DELETE) {
            return rows;
        }
        String keyColumn = table.mapping().keyColumn();
        StatementResult step = answer.results().getFirst();
        Map<String, ObjectNode> byKey = new HashMap<>();
        for (int row = 0; row < step.rows().size(); row++) {
            ObjectNode stored = ClientSteps.object(step.rows().get(row).text(0));
            if (stored != null) {
                byKey.put(stored.path(keyColumn).asText(), stored);
            }
        }
        List<ObjectNode> ordered = new ArrayList<>(rows.size());
        for (ObjectNode row : rows) {
            ordered.add(byKey.getOrDefault(row.path(keyColumn).asText(), row));
        }
        return ordered;
    }

    static String storeSql(SyncedTable table, Operation operation, Set<String> kept) {
        String key = key(table);
        String columns = table.columns().stream().map(Ddl::identifier).collect(Collectors.joining(", "));
        String sameKey = " where t." + key + " = r." + key + " and " + amongKeys(table);
        return switch (operation) {
            case INSERT ->
                // The poll may have been faster and brought the row already.
                "insert into " + name(table) + " as t (" + columns + ") select " + columns + " from " + rows(table)
                        + " on conflict (" + key + ") do update set " + assignments(table, "excluded", kept)
                        + " returning pg_catalog.to_jsonb(t)";
            case UPDATE ->
                "update " + name(table) + " as t set " + assignments(table, "r", Set.of()) + " from " + rows(table)
                        + " as r" + sameKey + " returning pg_catalog.to_jsonb(t)";
            case DELETE -> "delete from " + name(table) + " as t using " + rows(table) + " as r" + sameKey;
        };
    }

    private static String assignments(SyncedTable table, String source, Set<String> kept) {
        return table.columns().stream()
                .filter(column -> !kept.contains(column))
                .map(Ddl::identifier)
                .map(column -> column + " = " + source + "." + column)
                .collect(Collectors.joining(", "));
    }

    static ByteBuf rollback() {
        return new Script().run("ROLLBACK").end();
    }
}
