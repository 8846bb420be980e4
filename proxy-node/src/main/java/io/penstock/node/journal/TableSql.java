package io.penstock.node.journal;

import io.penstock.adapters.TableMapping;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The SQL text for one synced table. Pure; names are quoted, values are always parameters. */
final class TableSql {
    /** How often {@link #writtenBefore} takes the snapshot. */
    static final int SNAPSHOT_PARAMETERS = 3;

    /** Parameters: schema, table, time. Evaluated once, whatever the number of rows. */
    private static final String DELETED_SINCE =
            "array(select unnest(keys) from penstock.mutation_journal where schema_name = ? and table_name = ? and"
                    + " operation = 'DELETE' and (updated_at >= ? or state in ('INTENT', 'ACCEPTED')) and state in"
                    + " ('INTENT', 'ACCEPTED', 'APPLIED'))";

    private final String table;
    private final String key;
    private final String keyType;
    private final @Nullable String modified;

    TableSql(TableMapping mapping) {
        this.table = quote(mapping.schema()) + "." + quote(mapping.table());
        this.key = quote(mapping.keyColumn());
        this.keyType = mapping.key().type().sql();
        this.modified = mapping.modifiedColumn() == null ? null : quote(mapping.modifiedColumn());
    }

    static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** In the order of the keys, so that two that lock the same rows wait for each other instead of dying of it. */
    String lock() {
        return "select 1 from " + table + " where " + key + isAnyOfParameter() + " order by " + key + " for update";
    }

    String delete() {
        return "delete from " + table + " where " + key + isAnyOfParameter();
    }

    /** Parameters: keys, snapshot. */
    String deleteRead() {
        return "delete from " + table + " as target where target." + key + isAnyOfParameter() + " and "
                + writtenBefore();
    }

    /** Result: key, standing. Parameter: rows. */
    String compare(Collection<String> columns) {
        String older = modified == null || !columns.contains(unquoted(modified))
                ? "false"
                : "coalesce(target." + modified + " < fresh." + modified + ", false)";
        return "select fresh." + key + "::text, case when target." + key + " is null then 'ABSENT' when "
                + differs(columns, "target", "fresh", " is not distinct from ") + " then 'SAME' when " + older
                + " then 'OLDER' else 'NOT_CERTAINLY_OLDER' end from " + fresh() + " left join " + table
                + " as target on target." + key + " = fresh." + key;
    }

    /** Parameter: rows. */
    String upsert(Collection<String> columns) {
        return insert(columns) + conflict(columns, null);
    }

    /** Parameters: rows, schema, table, time of reading, snapshot. */
    String upsertRead(Collection<String> columns) {
        String unchangedHere = writtenBefore() + " and " + differs(columns, "target", "excluded", " is distinct from ");
        String condition = modified == null || !columns.contains(unquoted(modified))
                ? unchangedHere
                : "target." + modified + " is null and excluded." + modified + " is not null or target." + modified
                        + " < excluded." + modified + " or target." + modified + " is not distinct from excluded."
                        + modified + " and " + unchangedHere;
        return insert(columns) + " where fresh." + key + "::text <> all (" + DELETED_SINCE + ")"
                + conflict(columns, condition);
    }

    private String insert(Collection<String> columns) {
        String list = list(columns, "");
        return "insert into " + table + " as target (" + list + ") select " + list(columns, "fresh.") + " from "
                + fresh();
    }

    private String conflict(Collection<String> columns, @Nullable String condition) {
        List<String> others = columns.stream()
                .map(TableSql::quote)
                .filter(column -> !column.equals(key))
                .toList();
        if (others.isEmpty()) {
            return " on conflict (" + key + ") do nothing";
        }
        String assignments =
                others.stream().map(column -> column + " = excluded." + column).collect(Collectors.joining(", "));
        return " on conflict (" + key + ") do update set " + assignments
                + (condition == null ? "" : " where " + condition);
    }

    private String fresh() {
        return "jsonb_populate_recordset(null::" + table + ", ?::jsonb) as fresh";
    }

    private String isAnyOfParameter() {
        return " = any(?::text[]::" + keyType.replaceFirst("\\(.*\\)", "") + "[])";
    }

    /**
     * Whether the row was written by a transaction that the snapshot sees as done. {@code xmin} has 32 bits and the snapshot 64: the nearest id of 64 bits
     * with these lower 32 is meant.
     */
    private static String writtenBefore() {
        String next = "pg_snapshot_xmax(?::pg_snapshot)::text::bigint";
        String distance =
                "(((target.xmin::text::bigint - " + next + " % 4294967296 + 6442450944) % 4294967296) - 2147483648)";
        return "pg_visible_in_snapshot(greatest(" + next + " + " + distance + ", 3)::text::xid8, ?::pg_snapshot)";
    }

    /** json has no equality, so the comparison is one of jsonb; arrays of at most 50 because a function takes 100 arguments. */
    private static String differs(Collection<String> columns, String left, String right, String operator) {
        return jsonb(columns, left) + operator + jsonb(columns, right);
    }

    private static String jsonb(Collection<String> columns, String row) {
        List<String> quoted = columns.stream().map(TableSql::quote).toList();
        StringBuilder arrays = new StringBuilder("(");
        for (int from = 0; from < quoted.size(); from += 50) {
            arrays.append(from == 0 ? "" : " || ").append("jsonb_build_array(");
            arrays.append(quoted.subList(from, Math.min(from + 50, quoted.size())).stream()
                    .map(column -> row + "." + column)
                    .collect(Collectors.joining(", ")));
            arrays.append(')');
        }
        return arrays.append(')').toString();
    }

    private static String list(Collection<String> columns, String prefix) {
        return columns.stream().map(column -> prefix + quote(column)).collect(Collectors.joining(", "));
    }

    private static String unquoted(String quoted) {
        return quoted.substring(1, quoted.length() - 1).replace("\"\"", "\"");
    }
}
