package io.penstock.protocol.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a RETURNING list calls a column of the target by schema, table and column ({@code salesforce.contacts.id}), as SQLAlchemy does. Over
 * rows that are in no table yet the list can only say {@code contacts.id}, and without the schema it means the same.
 *
 * <p>The danger is a nested query: in it the shorter name could mean a table of its own FROM. Where the list has one, nothing is found.
 */
final class SchemaQualifiers {
    private SchemaQualifiers() {}

    /**
     * @param start the index of the list's first token
     * @param alias the target's; one that has it goes by no other name
     * @return the schemas with their dots, in order
     */
    static List<Span> of(Tokens tokens, int start, QualifiedName target, @Nullable String alias) {
        String schema = target.schema();
        if (schema == null || alias != null) {
            return List.of();
        }
        List<Span> found = new ArrayList<>();
        for (int i = start; i < tokens.count(); i++) {
            if (tokens.is(i, Keyword.SELECT) && !tokens.isLabel(i)) {
                return List.of();
            }
            int table = behindDot(tokens, i, schema);
            if (table > 0 && behindDot(tokens, table, target.name()) > 0 && !followsDot(tokens, i)) {
                found.add(new Span(tokens.start(i), tokens.start(table)));
            }
        }
        return found;
    }

    private static boolean followsDot(Tokens tokens, int index) {
        return index > 0 && tokens.is(index - 1, '.');
    }

    /** The index behind that name and a dot; 0 where they do not stand there. */
    private static int behindDot(Tokens tokens, int index, String name) {
        if (!name.equals(tokens.identifier(index))) {
            return 0;
        }
        int dot = tokens.afterIdentifier(index);
        return tokens.is(dot, '.') ? dot + 1 : 0;
    }
}
