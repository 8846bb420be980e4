package io.penstock.protocol.sql.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Writes queries and expressions of type text and boolean that Postgres can plan. */
final class QueryGenerator {
    private static final List<String> VALUES = List.of(
            "x",
            "O'Hara",
            "a;b",
            "-- no",
            "/* no",
            "delete from salesforce.contacts",
            "$1",
            "\"",
            "\\",
            "\\'",
            "é€😀",
            "");

    private final RandomGenerator random;
    private final SqlWriter writer;
    private int aliases;

    QueryGenerator(RandomGenerator random, SqlWriter writer) {
        this.random = random;
        this.writer = writer;
    }

    boolean chance(int ofHundred) {
        return random.nextInt(100) < ofHundred;
    }

    <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** A name that is new in the statement; some are key words that need no quotes. */
    String alias() {
        aliases++;
        return switch (random.nextInt(8)) {
            case 0 -> "T " + aliases;
            case 1 -> "set_" + aliases;
            case 2 -> "é" + aliases;
            default -> "t" + aliases;
        };
    }

    TestTable anyTable() {
        return chance(50) ? pick(TestTable.SYNCED) : pick(TestTable.ORDINARY);
    }

    /** The table's name, with or without its schema: the search path finds both. */
    void relation(TestTable table) {
        if (chance(60)) {
            writer.name(table.schema()).attribute(table.name());
        } else {
            writer.name(table.name());
        }
    }

    void column(List<Scope> scopes) {
        Scope scope = pick(scopes);
        writer.name(scope.alias()).attribute(pick(scope.table().columns()));
    }

    void text(List<Scope> scopes, int depth) {
        int choice = random.nextInt(depth <= 0 ? 5 : 20);
        switch (choice) {
            case 0, 1 -> writer.literal(pick(VALUES));
            case 2, 3 -> column(scopes);
            case 4 -> writer.words("null").symbols("::").words("text");
            case 5 -> {
                writer.words("upper").symbols("(");
                text(scopes, depth - 1);
                writer.symbols(")");
            }
            case 6, 7 -> {
                text(scopes, depth - 1);
                writer.symbols("||");
                text(scopes, depth - 1);
            }
            case 8 -> {
                writer.words("case when");
                predicate(scopes, depth - 1);
                writer.words("then");
                text(scopes, depth - 1);
                writer.words("else");
                text(scopes, depth - 1);
                writer.words("end");
            }
            case 9 -> {
                writer.words("coalesce").symbols("(");
                text(scopes, depth - 1);
                writer.symbols(",");
                text(scopes, depth - 1);
                writer.symbols(")");
            }
            case 10 -> {
                writer.words("cast").symbols("(");
                text(scopes, depth - 1);
                writer.words("as text").symbols(")");
            }
            case 11 -> {
                writer.words("substring").symbols("(");
                column(scopes);
                writer.words("from").symbols("1").words("for").symbols("2 )");
            }
            case 12 -> {
                writer.words("trim").symbols("(").words("both from");
                column(scopes);
                writer.symbols(")");
            }
            case 13 -> {
                writer.words("extract").symbols("(").words("year from now").symbols("( ) )");
                writer.symbols("::").words("text");
            }
            case 14 -> {
                writer.symbols("(").words("array").symbols("[");
                text(scopes, depth - 1);
                writer.symbols(",");
                text(scopes, depth - 1);
                writer.symbols("] ) [ 1 ]");
            }
            case 15 -> {
                writer.symbols("(");
                text(scopes, depth - 1);
                writer.words("collate").name("C").symbols(")");
            }
            case 16 -> {
                writer.symbols("(");
                scalarQuery(scopes, depth - 1);
                writer.symbols(")");
            }
            case 17 -> {
                writer.words("overlay").symbols("(");
                column(scopes);
                writer.words("placing").literal("x").words("from").symbols("1 )");
            }
            case 18 ->
                writer.symbols(pick(List.of("1_000", "0x1F", ".5", "1.5e3", "- 2", "- + 3")))
                        .symbols("::")
                        .words("text");
            default -> {
                writer.symbols("(");
                text(scopes, depth - 1);
                writer.symbols(")");
            }
        }
    }

    void predicate(List<Scope> scopes, int depth) {
        switch (random.nextInt(depth <= 0 ? 4 : 13)) {
            case 0 -> compare(scopes, depth, pick(List.of("=", "<>", "!=", "<", ">=", "~", "!~")));
            case 1 -> compareWords(scopes, depth, "is distinct from");
            case 2 -> compareWords(scopes, depth, "is not distinct from");
            case 3 -> {
                column(scopes);
                writer.words(chance(50) ? "is null" : "is not null");
            }
            case 4 -> {
                column(scopes);
                writer.verbatim(chance(50) ? "in" : "NOT in")
                        .symbols("(")
                        .literal("a")
                        .symbols(",");
                text(scopes, depth - 1);
                writer.symbols(")");
            }
            case 5 -> {
                column(scopes);
                writer.words("in").symbols("(");
                scalarQuery(scopes, depth - 1);
                writer.symbols(")");
            }
            case 6 -> {
                writer.words("exists").symbols("(");
                query(scopes, 1, depth - 1);
                writer.symbols(")");
            }
            case 7 -> {
                column(scopes);
                writer.words("between");
                text(List.copyOf(scopes), 0);
                writer.words("and");
                text(List.copyOf(scopes), 0);
            }
            case 8 -> {
                writer.words("not").symbols("(");
                predicate(scopes, depth - 1);
                writer.symbols(")");
            }
            case 9, 10 -> {
                predicate(scopes, depth - 1);
                writer.words(chance(50) ? "and" : "or");
                predicate(scopes, depth - 1);
            }
            case 11 -> {
                writer.symbols("(");
                column(scopes);
                writer.symbols(",");
                column(scopes);
                writer.symbols(") = (");
                text(scopes, depth - 1);
                writer.symbols(",");
                text(scopes, depth - 1);
                writer.symbols(")");
            }
            default -> {
                column(scopes);
                // In one piece: the oracle's copy of the grammar trips over a comment behind NOT, where Postgres does
                // not.
                writer.verbatim(chance(50) ? "LIKE" : "not  like");
                text(scopes, Math.min(depth - 1, 1));
            }
        }
    }

    private void compare(List<Scope> scopes, int depth, String operator) {
        column(scopes);
        writer.symbols(operator);
        text(scopes, Math.min(depth - 1, 1));
    }

    private void compareWords(List<Scope> scopes, int depth, String words) {
        column(scopes);
        writer.words(words);
        text(scopes, Math.min(depth - 1, 1));
    }

    private void scalarQuery(List<Scope> scopes, int depth) {
        TestTable table = anyTable();
        String alias = alias();
        List<Scope> inner = new ArrayList<>(scopes);
        inner.add(new Scope(alias, table));
        writer.words("select");
        if (chance(50)) {
            writer.words("max").symbols("(");
            column(Scope.of(alias, table));
            writer.symbols(")");
            if (chance(30)) {
                writer.words("filter").symbols("(").words("where");
                predicate(Scope.of(alias, table), 0);
                writer.symbols(")");
            }
        } else {
            writer.words("max").symbols("(").literal("x").symbols(")");
            if (chance(40)) {
                // An output name that could begin a statement.
                writer.words(pick(List.of("as delete", "as update", "as from", "delete", "update", "insert")));
            }
        }
        writer.words("from");
        relation(table);
        writer.words("as").name(alias);
        if (chance(60)) {
            writer.words("where");
            predicate(inner, depth);
        }
    }

    /** A FROM list; the tables that it brings into scope. */
    List<Scope> from(int depth) {
        List<Scope> scopes = new ArrayList<>();
        scopes.add(tableReference(depth));
        int more = random.nextInt(3);
        for (int i = 0; i < more; i++) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    writer.symbols(",");
                    scopes.add(tableReference(depth));
                }
                case 1 -> {
                    writer.words("cross join");
                    scopes.add(tableReference(depth));
                }
                case 2 -> {
                    writer.words("natural left join");
                    scopes.add(tableReference(depth));
                }
                case 3 -> {
                    writer.words(pick(List.of("left", "right outer", "full"))).words("join");
                    Scope joined = tableReference(depth);
                    writer.words("using").symbols("(").name("id").symbols(")");
                    // A second join by USING would find its column twice.
                    return List.of(scopes.getLast(), joined);
                }
                default -> {
                    writer.words(chance(50) ? "join" : "inner join");
                    Scope joined = tableReference(depth);
                    writer.words("on");
                    if (joined.table().name().equals("notes") && chance(40)) {
                        writer.name("conflict").symbols("=").literal("x");
                    } else {
                        predicate(List.of(joined), Math.min(depth, 1));
                    }
                    scopes.add(joined);
                }
            }
        }
        return scopes;
    }

    private Scope tableReference(int depth) {
        TestTable table = anyTable();
        String alias = alias();
        if (depth > 0 && chance(15)) {
            writer.symbols("(").words("select");
            writer.symbols("*").words("from");
            relation(table);
            writer.symbols(")");
        } else {
            if (!table.view() && chance(10)) {
                writer.words("only");
            }
            relation(table);
        }
        if (chance(70)) {
            writer.words("as");
        }
        writer.name(alias);
        return new Scope(alias, table);
    }

    /** A query of so many text columns, which may look into the scopes around it where {@code outer} is not empty. */
    void query(List<Scope> outer, int columns, int depth) {
        if (depth > 0 && chance(10)) {
            writer.symbols("(");
            query(outer, columns, depth - 1);
            writer.symbols(")");
            return;
        }
        if (depth > 0 && chance(15)) {
            String name = alias();
            writer.words(chance(30) ? "with recursive" : "with").name(name);
            if (chance(30)) {
                writer.symbols("(").name("c1").symbols(")");
            }
            writer.words(pick(List.of("as", "as materialized", "as not materialized")))
                    .symbols("(");
            query(List.of(), 1, depth - 1);
            writer.symbols(")");
        }
        select(outer, columns, depth);
        if (depth > 0 && chance(12)) {
            writer.words(pick(List.of("union", "union all", "intersect", "except")));
            select(outer, columns, depth - 1);
        }
    }

    /** A query without a WITH of its own. */
    void select(List<Scope> outer, int columns, int depth) {
        if (chance(10)) {
            writer.words("values").symbols("(");
            list(columns, () -> writer.literal(pick(VALUES)));
            writer.symbols(")");
            return;
        }
        writer.words("select");
        if (chance(8)) {
            writer.words("distinct");
        }
        // The list comes before the tables that it speaks of, so these are written aside first.
        list(columns, () -> {
            writer.literal(pick(VALUES)).symbols("::").words("text");
            if (chance(15)) {
                writer.words("as " + pick(List.of("returning", "from", "on", "delete", "update", "x")));
            }
        });
        writer.words("from");
        List<Scope> scopes = new ArrayList<>(outer);
        scopes.addAll(from(depth));
        if (chance(60)) {
            writer.words("where");
            predicate(scopes, depth);
        }
    }

    void list(int length, Runnable item) {
        for (int i = 0; i < length; i++) {
            if (i > 0) {
                writer.symbols(",");
            }
            item.run();
        }
    }
}
