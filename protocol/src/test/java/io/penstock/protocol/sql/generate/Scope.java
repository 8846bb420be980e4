package io.penstock.protocol.sql.generate;

import java.util.List;

/** A table under the name by which the expressions of a statement call it. */
record Scope(String alias, TestTable table) {
    static List<Scope> of(String alias, TestTable table) {
        return List.of(new Scope(alias, table));
    }
}
