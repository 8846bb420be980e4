package io.penstock.node.install;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table as Postgres's catalog has it, whoever made it that way.
 *
 * @param schemaExists whether its schema does
 * @param schemaUsable whether the role {@code penstock} has USAGE on the schema
 * @param relation what has the table's name; null where nothing has
 * @param columns in the table's order; none where there is no relation
 * @param uniqueColumns those that are unique by themselves
 * @param triggers by name
 * @param noted what a node noted when it last started; null where none has seen the table
 */
record StandingTable(
        boolean schemaExists,
        boolean schemaUsable,
        @Nullable Relation relation,
        Map<String, Column> columns,
        Set<String> uniqueColumns,
        Map<String, Trigger> triggers,
        @Nullable Noted noted) {
    private static final ObjectMapper JSON = new ObjectMapper();

    StandingTable {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        uniqueColumns = Set.copyOf(uniqueColumns);
        triggers = Map.copyOf(triggers);
    }

    /** @param kind as pg_class.relkind has it: {@code r} for a table */
    record Relation(
            long oid,
            String kind,
            String owner,
            boolean hasPrimaryKey,
            @Nullable String comment) {}

    /** @param generated Postgres computes it, or numbers it always: nobody can store a value in it */
    record Column(
            String type,
            boolean notNull,
            boolean generated,
            @Nullable String comment) {}

    /**
     * @param enabled as pg_trigger.tgenabled has it: {@code A} for always
     * @param function with its schema
     * @param type the bits of pg_trigger.tgtype
     * @param arguments in hexadecimal, a zero byte behind each
     * @param conditional it has a WHEN, or fires for some columns only
     */
    record Trigger(
            String enabled, String function, int type, String arguments, boolean conditional, boolean deferred) {}

    /**
     * @param columns to the API's fields
     * @param gone columns that were, until the API described their fields no more
     */
    record Noted(String object, String api, Map<String, String> columns, Map<String, String> gone) {
        Noted {
            columns = Map.copyOf(columns);
            gone = Map.copyOf(gone);
        }
    }

    static StandingTable read(Connection connection, String schema, String table) throws SQLException {
        boolean[] ofSchema = schema(connection, schema);
        Relation relation = relation(connection, schema, table);
        Noted noted = noted(connection, schema, table);
        return relation == null
                ? new StandingTable(ofSchema[0], ofSchema[1], null, Map.of(), Set.of(), Map.of(), noted)
                : new StandingTable(
                        ofSchema[0],
                        ofSchema[1],
                        relation,
                        columns(connection, relation.oid()),
                        uniqueColumns(connection, relation.oid()),
                        triggers(connection, relation.oid()),
                        noted);
    }

    /** An argument of a trigger as {@link Trigger#arguments} has it. */
    static String argument(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "00";
    }

    private static boolean[] schema(Connection connection, String schema) throws SQLException {
        String sql = "select case when exists (select from pg_catalog.pg_roles where rolname = 'penstock')"
                + " then pg_catalog.has_schema_privilege('penstock', oid, 'usage') else false end"
                + " from pg_catalog.pg_namespace where nspname = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, schema);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new boolean[] {true, row.getBoolean(1)} : new boolean[] {false, false};
            }
        }
    }

    private static @Nullable Relation relation(Connection connection, String schema, String table) throws SQLException {
        String sql = "select c.oid::bigint, c.relkind, pg_catalog.pg_get_userbyid(c.relowner),"
                + " exists (select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisprimary),"
                + " pg_catalog.obj_description(c.oid, 'pg_class') from pg_catalog.pg_class c"
                + " join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = ? and c.relname = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? new Relation(
                                row.getLong(1), row.getString(2), row.getString(3), row.getBoolean(4), row.getString(5))
                        : null;
            }
        }
    }

    private static Map<String, Column> columns(Connection connection, long oid) throws SQLException {
        String sql = "select attname, pg_catalog.format_type(atttypid, atttypmod), attnotnull,"
                + " attgenerated <> '' or attidentity = 'a', pg_catalog.col_description(attrelid, attnum)"
                + " from pg_catalog.pg_attribute where attrelid = ? and attnum > 0 and not attisdropped order by attnum";
        Map<String, Column> columns = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, oid);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.put(
                            rows.getString(1),
                            new Column(rows.getString(2), rows.getBoolean(3), rows.getBoolean(4), rows.getString(5)));
                }
            }
        }
        return columns;
    }

    private static Set<String> uniqueColumns(Connection connection, long oid) throws SQLException {
        String sql = "select a.attname from pg_catalog.pg_index i join pg_catalog.pg_attribute a"
                + " on a.attrelid = i.indrelid and a.attnum = i.indkey[0] where i.indrelid = ? and i.indisunique"
                + " and i.indimmediate and i.indisvalid and i.indnkeyatts = 1 and i.indpred is null"
                + " and i.indexprs is null";
        Set<String> columns = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, oid);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.add(rows.getString(1));
                }
            }
        }
        return columns;
    }

    private static Map<String, Trigger> triggers(Connection connection, long oid) throws SQLException {
        String sql = "select t.tgname, t.tgenabled, n.nspname || '.' || p.proname, t.tgtype,"
                + " pg_catalog.encode(t.tgargs, 'hex'), t.tgqual is not null or t.tgattr::text <> '',"
                + " t.tgdeferrable and t.tginitdeferred from pg_catalog.pg_trigger t"
                + " join pg_catalog.pg_proc p on p.oid = t.tgfoid join pg_catalog.pg_namespace n on n.oid = p.pronamespace"
                + " where t.tgrelid = ? and not t.tgisinternal";
        Map<String, Trigger> triggers = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, oid);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    triggers.put(
                            rows.getString(1),
                            new Trigger(
                                    rows.getString(2),
                                    rows.getString(3),
                                    rows.getInt(4),
                                    rows.getString(5),
                                    rows.getBoolean(6),
                                    rows.getBoolean(7)));
                }
            }
        }
        return triggers;
    }

    /** As JSON, since an older installation lacks some of the columns. */
    private static @Nullable Noted noted(Connection connection, String schema, String table) throws SQLException {
        try (PreparedStatement there = connection.prepareStatement("select pg_catalog.to_regclass('penstock.tables')");
                ResultSet row = there.executeQuery()) {
            row.next();
            if (row.getString(1) == null) {
                return null;
            }
        }
        String sql = "select pg_catalog.to_jsonb(t) from penstock.tables t where schema_name = ? and table_name = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                JsonNode noted = JSON.readTree(row.getString(1));
                return new Noted(
                        noted.path("object").asText(),
                        noted.path("api").asText(),
                        texts(noted.path("columns")),
                        texts(noted.path("gone")));
            } catch (JsonProcessingException impossible) {
                throw new IllegalStateException("Postgres gave jsonb that is no JSON", impossible);
            }
        }
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new HashMap<>();
        object.properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }
}
