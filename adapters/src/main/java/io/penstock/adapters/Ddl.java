package io.penstock.adapters;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The SQL that makes a synced table. */
public final class Ddl {
    private Ddl() {}

    /**
     * The statements that create the table, one each. Only the key is NOT NULL: what is required is the API's to say, and old rows of an API often
     * lack what it requires today.
     */
    public static List<String> createTable(TableMapping table) {
        String name = identifier(table.schema()) + "." + identifier(table.table());
        List<String> columns = new ArrayList<>();
        for (ColumnMapping column : table.columns()) {
            columns.add("    " + identifier(column.column()) + " "
                    + column.type().sql() + (column.column().equals(table.keyColumn()) ? " PRIMARY KEY" : ""));
        }
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE " + name + " (\n" + String.join(",\n", columns) + "\n)");
        comment(statements, "TABLE " + name, table.label());
        for (ColumnMapping column : table.columns()) {
            comment(statements, "COLUMN " + name + "." + identifier(column.column()), column.label());
        }
        return statements;
    }

    private static void comment(List<String> statements, String on, @Nullable String label) {
        if (label != null) {
            statements.add("COMMENT ON " + on + " IS " + literal(label));
        }
    }

    public static String identifier(String name) {
        return "\"" + name.replace("\0", "").replace("\"", "\"\"") + "\"";
    }

    /** A string constant that means the same whatever {@code standard_conforming_strings} is. */
    public static String literal(String text) {
        String quoted = "'" + text.replace("\0", "").replace("'", "''") + "'";
        return text.indexOf('\\') < 0 ? quoted : "E" + quoted.replace("\\", "\\\\");
    }
}
