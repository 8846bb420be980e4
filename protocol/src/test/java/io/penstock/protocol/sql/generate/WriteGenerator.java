package io.penstock.protocol.sql.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Writes INSERT, UPDATE, DELETE and MERGE with all their clauses. */
final class WriteGenerator {
    private final RandomGenerator random;
    private final SqlWriter writer;
    private final QueryGenerator queries;
    /** Whether also what Postgres's grammar takes, but its analysis refuses, may be written. */
    private final boolean beyondPlans;

    WriteGenerator(RandomGenerator random, SqlWriter writer, QueryGenerator queries, boolean beyondPlans) {
        this.random = random;
        this.writer = writer;
        this.queries = queries;
        this.beyondPlans = beyondPlans;
    }

    /** @param nesting how many levels of WITH may hold writes of their own */
    void write(int nesting) {
        boolean with = queries.chance(25);
        if (with) {
            with(nesting);
        }
        if (queries.chance(10)) {
            merge();
        } else {
            plainWrite();
        }
    }

    /** What may also be the action of a rule: anything but MERGE. */
    void plainWrite() {
        switch (random.nextInt(3)) {
            case 0 -> insert();
            case 1 -> update();
            default -> delete();
        }
    }

    /** A WITH clause; where {@code nesting} is more than zero, with writes in it. */
    void with(int nesting) {
        writer.words(queries.chance(20) ? "with recursive" : "with");
        int parts = 1 + random.nextInt(3);
        queries.list(parts, () -> {
            writer.name(queries.alias());
            if (queries.chance(20)) {
                writer.symbols("(").name("c1").symbols(")");
            }
            writer.words(queries.pick(List.of("as", "as", "as materialized", "as not materialized")));
            writer.symbols("(");
            if (nesting > 0 && queries.chance(50)) {
                write(nesting - 1);
            } else {
                queries.query(List.of(), 1, 1);
            }
            writer.symbols(")");
            if (beyondPlans && queries.chance(8)) {
                writer.words("search depth first by")
                        .name("c1")
                        .symbols(",")
                        .name("set")
                        .words("set")
                        .name("ord");
            }
            if (beyondPlans && queries.chance(8)) {
                writer.words("cycle").name("c1").words("set").name("looped");
                if (queries.chance(50)) {
                    writer.words("to").literal("y").words("default").literal("n");
                }
                writer.words("using").name("path");
            }
        });
    }

    private void insert() {
        TestTable table = queries.anyTable();
        String alias = table.name();
        writer.words("insert into");
        relation(table);
        if (queries.chance(30)) {
            alias = queries.alias();
            writer.words("as").name(alias);
        }
        int columns = 1 + random.nextInt(table.columns().size());
        boolean listed = queries.chance(75);
        if (listed) {
            writer.symbols("(");
            List<String> names = table.columns().subList(0, columns);
            queries.list(columns, new Names(names));
            if (table.structured() && beyondPlans && queries.chance(20)) {
                writer.symbols(",")
                        .name("address")
                        .attribute("city")
                        .symbols(",")
                        .name("tags")
                        .symbols("[ 1 ]");
            }
            writer.symbols(")");
        }
        if (listed && beyondPlans && queries.chance(10)) {
            writer.words(queries.chance(50) ? "overriding system value" : "overriding user value");
        }
        switch (random.nextInt(listed ? 1 : 0, beyondPlans ? 8 : 7)) {
            case 0 -> writer.words("default values");
            case 1, 2, 3 -> {
                writer.words("values");
                queries.list(1 + random.nextInt(3), () -> {
                    writer.symbols("(");
                    queries.list(columns, this::value);
                    writer.symbols(")");
                });
            }
            case 4 -> {
                writer.symbols("(");
                queries.query(List.of(), columns, 1);
                writer.symbols(")");
            }
            case 5, 6 -> queries.query(List.of(), columns, 2);
            default -> writer.words("table").name("orders");
        }
        if (!table.view() && queries.chance(30)) {
            onConflict(alias, table);
        }
        returning(alias, table);
    }

    private void value() {
        switch (random.nextInt(4)) {
            case 0 -> writer.words("default");
            case 1 -> {
                writer.symbols("(")
                        .words("select max")
                        .symbols("(")
                        .name("id")
                        .symbols(")")
                        .words("from");
                writer.name("orders").symbols(")");
            }
            default -> writer.literal("v").symbols("||").literal("; insert into contacts");
        }
    }

    private void onConflict(String alias, TestTable table) {
        writer.words("on conflict");
        boolean target = queries.chance(70);
        if (target) {
            writer.symbols("(").name("id");
            if (queries.chance(20)) {
                writer.words("collate").name("C");
            }
            writer.symbols(")");
            if (beyondPlans && queries.chance(20)) {
                writer.words("where");
                queries.predicate(Scope.of(alias, table), 0);
            }
        } else if (beyondPlans && queries.chance(30)) {
            writer.words("on constraint").name(table.name() + "_pkey");
        }
        if (!target || queries.chance(60)) {
            writer.words("do nothing");
            return;
        }
        writer.words("do update set");
        assignments(table, Scope.of(alias, table));
        if (queries.chance(40)) {
            writer.words("where");
            queries.predicate(Scope.of(alias, table), 1);
        }
    }

    private void update() {
        TestTable table = queries.anyTable();
        writer.words("update");
        String alias = inherited(table);
        writer.words("set");
        List<Scope> scopes = new ArrayList<>(Scope.of(alias, table));
        assignments(table, scopes);
        if (queries.chance(30)) {
            writer.words("from");
            scopes.addAll(queries.from(1));
        }
        where(scopes);
        returning(alias, table);
    }

    private void assignments(TestTable table, List<Scope> scopes) {
        List<String> columns = table.columns();
        int assigned = 1 + random.nextInt(Math.min(3, columns.size()));
        boolean multiple = queries.chance(20);
        if (multiple) {
            writer.symbols("(");
            queries.list(assigned, new Names(columns.subList(0, assigned)));
            writer.symbols(") =");
            switch (random.nextInt(3)) {
                case 0 -> {
                    writer.symbols("(");
                    queries.query(scopes, assigned, 0);
                    writer.symbols(")");
                }
                case 1 -> {
                    writer.words("row").symbols("(");
                    queries.list(assigned, () -> queries.text(scopes, 1));
                    writer.symbols(")");
                }
                default -> {
                    writer.symbols("(");
                    queries.list(assigned, () -> queries.text(scopes, 1));
                    writer.symbols(")");
                }
            }
        } else {
            Names names = new Names(columns.subList(0, assigned));
            queries.list(assigned, () -> {
                names.run();
                writer.symbols("=");
                if (queries.chance(10)) {
                    writer.words("default");
                } else {
                    queries.text(scopes, 2);
                }
            });
        }
        if (table.structured() && queries.chance(20)) {
            writer.symbols(",").name("tags").symbols("[ 1 ] =").literal("t");
            writer.symbols(",").name("address").attribute("city").symbols("=");
            queries.text(scopes, 1);
        }
    }

    private void delete() {
        TestTable table = queries.anyTable();
        writer.words("delete from");
        String alias = inherited(table);
        List<Scope> scopes = new ArrayList<>(Scope.of(alias, table));
        if (queries.chance(30)) {
            writer.words("using");
            scopes.addAll(queries.from(1));
        }
        where(scopes);
        returning(alias, table);
    }

    private void merge() {
        TestTable table = queries.anyTable();
        writer.words("merge into");
        if (queries.chance(20)) {
            writer.words("only");
        }
        relation(table);
        String alias = queries.alias();
        String source = queries.alias();
        writer.words("as").name(alias).words("using");
        TestTable from = queries.anyTable();
        relation(from);
        writer.words("as").name(source).words("on").name(alias).attribute("id").symbols("=");
        writer.name(source).attribute("id");
        if (queries.chance(70)) {
            writer.words("when matched");
            if (queries.chance(40)) {
                writer.words("and");
                queries.predicate(Scope.of(source, from), 0);
            }
            if (queries.chance(50)) {
                writer.words("then delete");
            } else {
                writer.words("then update set").name("id").symbols("=").literal("m");
            }
        }
        writer.words("when not matched then insert")
                .symbols("(")
                .name("id")
                .symbols(")")
                .words("values");
        writer.symbols("(").literal("n").symbols(")");
    }

    /** {@code [ONLY] table [*] [[AS] alias]}; the name by which expressions call it. */
    private String inherited(TestTable table) {
        boolean only = !table.view() && queries.chance(20);
        boolean parenthesised = only && queries.chance(40);
        if (only) {
            writer.words("only");
        }
        if (parenthesised) {
            writer.symbols("(");
        }
        relation(table);
        if (parenthesised) {
            writer.symbols(")");
        } else if (!only && queries.chance(10)) {
            writer.symbols("*");
        }
        return switch (random.nextInt(4)) {
            case 0 -> {
                String alias = queries.chance(20) ? "set" : queries.alias();
                writer.words("as").name(alias);
                yield alias;
            }
            case 1 -> {
                String alias = queries.alias();
                writer.name(alias);
                yield alias;
            }
            default -> table.name();
        };
    }

    private void relation(TestTable table) {
        if (beyondPlans && queries.chance(5)) {
            writer.name("postgres").attribute(table.schema()).attribute(table.name());
        } else {
            queries.relation(table);
        }
    }

    private void where(List<Scope> scopes) {
        if (beyondPlans && queries.chance(5)) {
            writer.words("where current of").name("my_cursor");
        } else if (queries.chance(75)) {
            writer.words("where");
            queries.predicate(scopes, 2);
        }
    }

    private void returning(String alias, TestTable table) {
        if (!queries.chance(40)) {
            return;
        }
        writer.words("returning");
        String old = "old";
        if (beyondPlans && queries.chance(15)) {
            old = "before";
            writer.words("with")
                    .symbols("(")
                    .words("old as")
                    .name(old)
                    .symbols(",")
                    .words("new as")
                    .name("after");
            writer.symbols(")");
        }
        String oldName = old;
        queries.list(1 + random.nextInt(3), () -> {
            switch (random.nextInt(beyondPlans ? 9 : 7)) {
                case 0 -> writer.symbols("*");
                case 1 -> writer.name(alias).attribute(queries.pick(table.columns()));
                case 2 -> {
                    queries.text(Scope.of(alias, table), 1);
                    writer.words("as").name(queries.pick(List.of("old", "returning", "x", "from")));
                }
                case 3 -> {
                    queries.column(Scope.of(alias, table));
                    writer.name(queries.pick(List.of("x", "y")));
                }
                case 7 -> writer.name(oldName).attribute(queries.pick(table.columns()));
                case 8 -> {
                    writer.literal("a").symbols("||");
                    writer.name(oldName.equals("old") ? "new" : "after").attribute("id");
                }
                default -> queries.text(Scope.of(alias, table), 1);
            }
        });
    }

    /** Writes the names one after another, one a call. */
    private final class Names implements Runnable {
        private final List<String> names;
        private int next;

        private Names(List<String> names) {
            this.names = names;
        }

        @Override
        public void run() {
            writer.name(names.get(next++));
        }
    }
}
