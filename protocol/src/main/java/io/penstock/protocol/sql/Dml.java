package io.penstock.protocol.sql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shape of one INSERT, UPDATE or DELETE. Every span is an offset into the text of that statement alone, also where it came wrapped in
 * EXPLAIN or PREPARE.
 *
 * @param only UPDATE or DELETE of {@code ONLY} the named table
 * @param alias the target's alias, decoded
 * @param insertColumns the column list of an INSERT, decoded, without indirection; empty where it has none
 * @param assignedColumns the columns that the SET clause of an UPDATE assigns, decoded, without indirection, in order, repeats kept
 * @param with the WITH clause in front, with its keyword
 * @param from the list after FROM of an UPDATE or after USING of a DELETE
 * @param where the condition after WHERE, or {@code CURRENT OF cursor}
 * @param whereCurrentOf whether the condition is {@code CURRENT OF cursor}
 * @param onConflictSpan the whole clause, with ON CONFLICT
 * @param upsert what the conflict clause says, where it is of the form that an API can do; else null
 * @param returning the list after RETURNING, without Postgres 18's {@code WITH (OLD AS o, NEW AS n)}
 * @param returningQualifiers where that list puts the target's schema in front of the target's name: the schema and its dot, which may be left out
 * @param returningUsesOldNew whether that list asks for OLD or NEW, or names them by WITH
 * @param targetSpan the target's name as written, without ONLY, {@code *} and alias
 * @param insertSource {@code DEFAULT VALUES}, {@code VALUES ...} or a query, with a WITH of its own; null for UPDATE and DELETE
 */
public record Dml(
        Operation operation,
        QualifiedName target,
        boolean only,
        @Nullable String alias,
        List<String> insertColumns,
        List<String> assignedColumns,
        @Nullable Span with,
        @Nullable Span from,
        @Nullable Span where,
        boolean whereCurrentOf,
        OnConflict onConflict,
        @Nullable Span onConflictSpan,
        @Nullable Upsert upsert,
        @Nullable Span returning,
        List<Span> returningQualifiers,
        boolean returningUsesOldNew,
        Span targetSpan,
        @Nullable Span insertSource) {
    public Dml {
        insertColumns = List.copyOf(insertColumns);
        assignedColumns = List.copyOf(assignedColumns);
        returningQualifiers = List.copyOf(returningQualifiers);
        if ((operation == Operation.INSERT) != (insertSource != null)) {
            throw new IllegalArgumentException("exactly an INSERT has a source of rows");
        }
        if (upsert != null && onConflict != OnConflict.DO_UPDATE) {
            throw new IllegalArgumentException("only DO UPDATE updates");
        }
        if (whereCurrentOf && where == null) {
            throw new IllegalArgumentException("CURRENT OF stands in a WHERE clause");
        }
    }

    /** The list after RETURNING with its columns named as if the target had no schema; null where there is none. */
    public @Nullable String unqualifiedReturning(String sql) {
        if (returning == null) {
            return null;
        }
        StringBuilder list = new StringBuilder();
        int from = returning.start();
        for (Span qualifier : returningQualifiers) {
            list.append(sql, from, qualifier.start());
            from = qualifier.end();
        }
        return list.append(sql, from, returning.end()).toString();
    }

    /** The statement's text without its conflict clause: the rows that it proposes, whichever of them are there already. */
    public String withoutConflictClause(String text) {
        return onConflictSpan == null
                ? text
                : text.substring(0, onConflictSpan.start()) + text.substring(onConflictSpan.end());
    }
}
