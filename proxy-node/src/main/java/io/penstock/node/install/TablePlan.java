package io.penstock.node.install;

import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.Ddl;
import io.penstock.adapters.TableMapping;
import io.penstock.node.install.StandingTable.Column;
import io.penstock.node.install.StandingTable.Noted;
import io.penstock.node.install.StandingTable.Relation;
import io.penstock.node.install.StandingTable.Trigger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What makes a table in Postgres what its API describes today, and what differs and is left to a person. Pure: the same description and the
 * same catalog always give the same plan, and once it is carried out the next one is empty.
 *
 * <pre>
 * what differs                                             what is done
 * -------------------------------------------------------  -------------------------------------------------------
 * schema, table, column, key or guard is missing           made; also by a node when it starts
 * owner is not penstock, or it may not use the schema      mended; also by a node when it starts
 * the API takes longer texts or larger numbers             the column's type is widened
 * a label is not the column's comment                      the comment becomes the label
 * a field is gone at the API                               told; dropped where that is asked for by name
 * a field has another type at the API                      told
 * a column is NOT NULL where the API may have no value     told
 * a column takes more than the API                         noted
 * a column is nobody's but the user's                      noted
 * </pre>
 */
public record TablePlan(List<Change> changes, List<Difference> differences) {
    /** What the guard's triggers are: function and the bits of pg_trigger.tgtype. */
    private static final Map<String, Expected> GUARD = new TreeMap<>(Map.of(
            "~penstock_guard_row", new Expected("penstock.guard_row", 31, false),
            "~penstock_guard_capture", new Expected("penstock.guard_capture", 29, false),
            "~penstock_guard_commit", new Expected("penstock.guard_commit", 29, true),
            "~penstock_guard_truncate", new Expected("penstock.guard_truncate", 34, false)));

    private record Expected(String function, int type, boolean deferred) {}

    /** Why something is changed. */
    public enum Kind {
        SCHEMA,
        TABLE,
        COLUMN,
        KEY,
        OWNER,
        PRIVILEGE,
        GUARD,
        TYPE,
        COMMENT,
        DROP;

        /** Whether a node cannot work without it, and so does it by itself when it starts. */
        boolean isNeeded() {
            return this != TYPE && this != COMMENT && this != DROP;
        }
    }

    /**
     * One thing to do.
     *
     * @param remark what a person should know of it; may be empty
     */
    public record Change(Kind kind, String remark, List<String> sql) {
        public Change {
            sql = List.copyOf(sql);
        }
    }

    /**
     * Something that is left as it is.
     *
     * @param matters rows may be refused, or a column no longer holds what the API has
     */
    public record Difference(boolean matters, String text) {}

    public TablePlan {
        changes = List.copyOf(changes);
        differences = List.copyOf(differences);
    }

    /** Those without which a node cannot work. */
    List<Change> needed() {
        return changes.stream().filter(change -> change.kind().isNeeded()).toList();
    }

    /** Whether a node that runs has to be started again to know of it. */
    public boolean concernsRunningNodes() {
        return changes.stream()
                .map(Change::kind)
                .anyMatch(kind -> kind == Kind.COLUMN || kind == Kind.TYPE || kind == Kind.DROP);
    }

    /** @param drops columns that may be dropped if the API had them once and describes them no more */
    static TablePlan of(TableMapping described, String api, StandingTable standing, Collection<String> drops) {
        return new Making(described, api, standing, Set.copyOf(drops)).plan();
    }

    /** A plan while it is made. */
    private static final class Making {
        private final TableMapping described;
        private final String api;
        private final StandingTable standing;
        private final Set<String> drops;
        private final String name;
        private final List<Change> changes = new ArrayList<>();
        private final List<Difference> differences = new ArrayList<>();

        Making(TableMapping described, String api, StandingTable standing, Set<String> drops) {
            this.described = described;
            this.api = api;
            this.standing = standing;
            this.drops = drops;
            this.name = Ddl.identifier(described.schema()) + "." + Ddl.identifier(described.table());
        }

        TablePlan plan() {
            Relation relation = standing.relation();
            if (relation != null
                    && !relation.kind().equals("r")
                    && !relation.kind().equals("p")) {
                differs(
                        "the name belongs to something that is no table: rename it, or give the synced table another name");
                return new TablePlan(changes, differences);
            }
            source();
            if (!standing.schemaExists()) {
                String schema = Ddl.identifier(described.schema());
                change(Kind.SCHEMA, "", "CREATE SCHEMA " + schema + " AUTHORIZATION penstock");
            }
            if (relation == null) {
                changes.add(new Change(Kind.TABLE, "", Ddl.createTable(described)));
            } else {
                described.columns().forEach(this::column);
                key(relation);
                comment("TABLE " + name, described.label(), relation.comment());
                others();
            }
            if (relation == null || !relation.owner().equals("penstock")) {
                String remark = relation == null ? "" : "is owned by " + relation.owner();
                change(Kind.OWNER, remark, "ALTER TABLE " + name + " OWNER TO penstock");
            }
            if (!standing.schemaUsable() && standing.schemaExists()) {
                // The owner needs the schema as well, also where the schema is the user's own.
                String schema = Ddl.identifier(described.schema());
                change(Kind.PRIVILEGE, "", "GRANT USAGE ON SCHEMA " + schema + " TO penstock");
            }
            guard(relation != null);
            return new TablePlan(changes, differences);
        }

        private void change(Kind kind, String remark, String... sql) {
            changes.add(new Change(kind, remark, List.of(sql)));
        }

        private void differs(String text) {
            differences.add(new Difference(true, text));
        }

        private void note(String text) {
            differences.add(new Difference(false, text));
        }

        private void source() {
            Noted noted = standing.noted();
            if (noted != null && !noted.object().equals(described.object())) {
                differs("holds " + noted.object() + " until now, and the configuration says " + described.object());
            }
            if (noted != null && !noted.api().equals(api)) {
                differs("holds rows of account " + noted.api() + " until now, and the configuration says " + api);
            }
        }

        private void column(ColumnMapping column) {
            String quoted = Ddl.identifier(column.column());
            Column stands = standing.columns().get(column.column());
            if (stands == null) {
                List<String> sql = new ArrayList<>();
                sql.add("ALTER TABLE " + name + " ADD COLUMN " + quoted + " "
                        + column.type().sql());
                if (column.label() != null) {
                    sql.add("COMMENT ON COLUMN " + name + "." + quoted + " IS " + Ddl.literal(column.label()));
                }
                changes.add(new Change(Kind.COLUMN, "", sql));
                return;
            }
            type(column, quoted, stands);
            if (stands.generated()) {
                differs("column " + column.column()
                        + " is generated here, so that nothing of the API can be stored in it");
            } else if (stands.notNull() && !isKey(column) && column.nullable()) {
                differs("column " + column.column()
                        + " is NOT NULL here, and the API may have no value: such a row would be refused");
            } else if (stands.notNull() && !isKey(column)) {
                note("column " + column.column() + " is NOT NULL here");
            }
            comment("COLUMN " + name + "." + quoted, column.label(), stands.comment());
        }

        private void type(ColumnMapping column, String quoted, Column stands) {
            String sql = column.type().sql();
            switch (TypeFit.of(column.type(), stands.type())) {
                case SAME -> {
                    // nothing to say
                }
                case WIDENS ->
                    change(
                            Kind.TYPE,
                            "is " + stands.type() + " until now",
                            "ALTER TABLE " + name + " ALTER COLUMN " + quoted + " TYPE " + sql);
                case ROOMIER ->
                    note("column " + column.column() + " is " + stands.type() + ", and the API takes " + sql
                            + ": what is more the API refuses");
                case OTHER ->
                    differs("column " + column.column() + " is " + stands.type() + ", and the API's field "
                            + column.field() + " is " + sql + " now: rows that do not fit are refused");
            }
        }

        private boolean isKey(ColumnMapping column) {
            return column.column().equals(described.keyColumn());
        }

        /** Rows are stored by their key, so it has to be unique. */
        private void key(Relation relation) {
            String key = described.keyColumn();
            if (!standing.uniqueColumns().contains(key)) {
                change(
                        Kind.KEY,
                        "is not unique until now",
                        "ALTER TABLE " + name + " ADD " + (relation.hasPrimaryKey() ? "UNIQUE" : "PRIMARY KEY") + " ("
                                + Ddl.identifier(key) + ")");
            }
        }

        /** A column that the API names shows what people there call it. */
        private void comment(String on, @Nullable String label, @Nullable String stands) {
            // An empty comment is none, and no text of Postgres has a zero byte.
            String text = label == null ? "" : label.replace("\0", "");
            if (!text.isEmpty() && !text.equals(stands)) {
                String remark = stands == null ? "" : "is " + Ddl.literal(stands) + " until now";
                change(Kind.COMMENT, remark, "COMMENT ON " + on + " IS " + Ddl.literal(text));
            }
        }

        /** Columns that the API does not describe. */
        private void others() {
            Noted noted = standing.noted();
            Map<String, String> were = new TreeMap<>(noted == null ? Map.of() : noted.gone());
            if (noted != null) {
                were.putAll(noted.columns());
            }
            Set<String> own = new TreeSet<>();
            for (String column : standing.columns().keySet()) {
                if (described.column(column) != null) {
                    continue;
                }
                String field = were.get(column);
                if (field == null) {
                    own.add(column);
                } else if (drops.contains(column)) {
                    change(
                            Kind.DROP,
                            "held the field " + field,
                            "ALTER TABLE " + name + " DROP COLUMN " + Ddl.identifier(column),
                            "UPDATE penstock.tables SET columns = columns - " + Ddl.literal(column) + ", gone = gone - "
                                    + Ddl.literal(column) + " WHERE schema_name = " + Ddl.literal(described.schema())
                                    + " AND table_name = " + Ddl.literal(described.table()));
                } else {
                    differs("column " + column + " held the field " + field + ", which the API describes no more;"
                            + " it stays as a column of your own until: sync apply --drop " + described.schema() + "."
                            + described.table() + "." + column);
                }
            }
            for (String column : drops) {
                if (described.column(column) != null) {
                    differs("column " + column + " is not dropped: the API has it");
                } else if (own.contains(column)) {
                    differs("column " + column + " is not dropped: it is your own, and yours to drop as role penstock");
                } else if (!standing.columns().containsKey(column)) {
                    note("there is no column " + column + " to drop");
                }
            }
            if (!own.isEmpty()) {
                note((own.size() == 1 ? "column " : "columns ") + String.join(", ", own)
                        + (own.size() == 1 ? " is" : " are") + " your own: never sent, never read");
            }
        }

        private void guard(boolean existed) {
            List<String> wrong = new ArrayList<>();
            List<String> sql = new ArrayList<>();
            GUARD.forEach((trigger, expected) -> {
                Trigger stands = standing.triggers().get(trigger);
                if (stands == null || !stands.enabled().equals("A") || !isAsExpected(stands, expected)) {
                    wrong.add(trigger.substring("~penstock_".length()));
                    if (stands != null && !isAsExpected(stands, expected)) {
                        sql.add("DROP TRIGGER " + Ddl.identifier(trigger) + " ON " + name);
                    }
                }
            });
            if (wrong.isEmpty()) {
                return;
            }
            if (existed && standing.noted() != null) {
                differs("the guard was missing or switched off (" + String.join(", ", wrong)
                        + "): rows may have been written past the proxy, and the API has not heard of them");
            }
            sql.add("SET LOCAL ROLE penstock");
            sql.add("SELECT penstock.guard_table(" + Ddl.literal(name) + "::regclass, "
                    + Ddl.literal(described.keyColumn()) + ")");
            sql.add("RESET ROLE");
            changes.add(new Change(Kind.GUARD, "", sql));
        }

        private boolean isAsExpected(Trigger stands, Expected expected) {
            boolean row = expected.function().equals("penstock.guard_row");
            return stands.function().equals(expected.function())
                    && stands.type() == expected.type()
                    && stands.deferred() == expected.deferred()
                    && !stands.conditional()
                    && stands.arguments().equals(row ? StandingTable.argument(described.keyColumn()) : "");
        }
    }
}
