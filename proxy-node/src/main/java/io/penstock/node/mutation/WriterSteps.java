package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.penstock.adapters.Ddl;
import io.penstock.adapters.Operation;
import io.penstock.node.backend.ExchangeResult;
import io.penstock.node.backend.ExchangeResult.StatementResult;
import io.penstock.protocol.error.PgError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a mutation asks of its writer's connection: SQL that the proxy made, never the client's. Pure. */
final class WriterSteps {
    /** Not supported, cardinality, data, constraint, dependent objects, definition, view check, size, RAISE of a trigger. */
    private static final Set<String> ROW_CLASSES = Set.of("0A", "21", "22", "23", "2B", "42", "44", "54", "P0");

    private WriterSteps() {}

    /** The table's name in SQL. */
    static String name(SyncedTable table) {
        return Ddl.identifier(table.mapping().schema()) + "."
                + Ddl.identifier(table.mapping().table());
    }

    /**
     * Opens the transaction and locks the rows if they still are what was captured.
     *
     * @param settings see {@link StatementContext#settings}
     */
    static ByteBuf lock(SyncedTable table, List<CapturedRow> rows, Map<String, String> settings, Duration lockTimeout) {
        Script script = new Script().run("BEGIN");
        settings.forEach((name, value) -> script.run("select pg_catalog.set_config($1, $2, true)", name, value));
        script.run("select pg_catalog.set_config('lock_timeout', $1, true)", lockTimeout.toMillis() + "ms");
        // The owner sees every row, whatever row security shows to others.
        script.run("set local role penstock");
        Operation operation = rows.getFirst().operation();
        if (operation != Operation.INSERT) {
            String key = Ddl.identifier(table.mapping().keyColumn());
            script.run(
                    "select t." + key + " from " + name(table) + " as t"
                            + " join pg_catalog.jsonb_array_elements($1::pg_catalog.jsonb) as captured(old)"
                            + " on t." + key + " = captured.old ->> "
                            + Ddl.literal(table.mapping().keyColumn())
                            // Both sides go through the same session's output functions.
                            + " where pg_catalog.to_jsonb(t) ="
                            + " pg_catalog.to_jsonb(pg_catalog.jsonb_populate_record(null::"
                            + name(table) + ", captured.old))"
                            // In one order, so that two statements on the same rows wait instead of dying of a
                            // deadlock.
                            + " order by t." + key
                            + (operation == Operation.UPDATE ? " for no key update of t" : " for update of t"),
                    ClientSteps.json(rows.stream().map(CapturedRow::oldRow).toList()));
        }
        return script.end();
    }

    /** Whether {@link #lock} got every row. */
    static boolean locked(ExchangeResult answer, List<CapturedRow> rows) {
        return rows.getFirst().operation() == Operation.INSERT
                || answer.results().getLast().rows().size() == rows.size();
    }

    /**
     * Stores the rows, marks the journal and commits.
     *
     * @param mark the parameters of {@code markSql}; empty where there is no entry to mark
     */
    static ByteBuf store(
            SyncedTable table,
            Operation operation,
            List<ObjectNode> rows,
            String markSql,
            List<@Nullable String> mark) {
        Script script = new Script().run(storeSql(table, operation), ClientSteps.json(rows));
        if (!mark.isEmpty()) {
            script.run(markSql, mark.toArray(String[]::new));
        }
        return script.run("COMMIT").end();
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

    private static String storeSql(SyncedTable table, Operation operation) {
        String key = Ddl.identifier(table.mapping().keyColumn());
        String columns = table.columns().stream().map(Ddl::identifier).collect(Collectors.joining(", "));
        String rows = "pg_catalog.jsonb_populate_recordset(null::" + name(table) + ", $1::pg_catalog.jsonb)";
        return switch (operation) {
            case INSERT ->
                // The poll may have been faster and brought the row already.
                "insert into " + name(table) + " as t (" + columns + ") select " + columns + " from " + rows
                        + " on conflict (" + key + ") do update set " + assignments(table, "excluded")
                        + " returning pg_catalog.to_jsonb(t)";
            case UPDATE ->
                "update " + name(table) + " as t set " + assignments(table, "r") + " from " + rows + " as r where t."
                        + key + " = r." + key + " returning pg_catalog.to_jsonb(t)";
            case DELETE ->
                "delete from " + name(table) + " as t using " + rows + " as r where t." + key + " = r." + key;
        };
    }

    private static String assignments(SyncedTable table, String source) {
        return table.columns().stream()
                .map(Ddl::identifier)
                .map(column -> column + " = " + source + "." + column)
                .collect(Collectors.joining(", "));
    }

    static ByteBuf rollback() {
        return new Script().run("ROLLBACK").end();
    }
}
