package io.penstock.protocol.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a conflict clause that may be an {@link Upsert}. */
final class UpsertShape {
    private static final String EXCLUDED = "excluded";

    private UpsertShape() {}

    /**
     * Null where the clause is another one: an expression or a condition in it, a constraint's name, a value of its own.
     *
     * @param start of ON CONFLICT
     * @param update the UPDATE behind DO
     * @param end of the clause
     */
    static @Nullable Upsert read(Tokens tokens, int start, int update, int end) {
        int open = start + 2;
        if (!tokens.is(open, '(') || tokens.after(open) != update - 1 || !tokens.is(update + 1, Keyword.SET)) {
            return null;
        }
        List<String> columns = new ArrayList<>();
        int at = open;
        do {
            String column = tokens.identifier(at + 1);
            if (column == null) {
                return null;
            }
            columns.add(column);
            at = tokens.afterIdentifier(at + 1);
        } while (tokens.is(at, ','));
        if (at != update - 2) {
            return null;
        }
        List<String> assigned = assigned(tokens, update + 1, end);
        return assigned == null ? null : new Upsert(columns, assigned);
    }

    /** What {@code SET column = EXCLUDED.column, ...} assigns. */
    private static @Nullable List<String> assigned(Tokens tokens, int set, int end) {
        List<String> columns = new ArrayList<>();
        int at = set;
        do {
            int name = at + 1;
            String column = tokens.identifier(name);
            int equals = column == null ? name : tokens.afterIdentifier(name);
            if (column == null
                    || !tokens.is(equals, '=')
                    || !EXCLUDED.equals(tokens.identifier(equals + 1))
                    || !tokens.is(equals + 2, '.')
                    || !column.equals(tokens.identifier(equals + 3))) {
                return null;
            }
            columns.add(column);
            at = tokens.afterIdentifier(equals + 3);
        } while (at < end && tokens.is(at, ','));
        return at == end ? columns : null;
    }
}
