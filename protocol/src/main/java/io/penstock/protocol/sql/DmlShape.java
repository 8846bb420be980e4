package io.penstock.protocol.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the clauses of one INSERT, UPDATE or DELETE from left to right. Clauses are found by their reserved key words outside of all
 * brackets; what stands in an expression is never read.
 */
final class DmlShape {
    private final Tokens tokens;
    private final WriteVerb write;
    private int at;
    private @Nullable String alias;
    private List<String> insertColumns = List.of();
    private List<String> assignedColumns = List.of();
    private @Nullable Span from;
    private @Nullable Span where;
    private boolean whereCurrentOf;
    private OnConflict onConflict = OnConflict.NONE;
    private @Nullable Span onConflictSpan;
    private @Nullable Upsert upsert;
    private @Nullable Span returning;
    private List<Span> returningQualifiers = List.of();
    private boolean returningUsesOldNew;
    private @Nullable Span insertSource;

    private DmlShape(Tokens tokens, WriteVerb write) {
        this.tokens = tokens;
        this.write = write;
        this.at = write.target().after();
    }

    /** Null where the text cannot be such a statement: Postgres will call it a syntax error. Only in well-formed text. */
    static @Nullable Dml read(Tokens tokens, WriteVerb write) {
        DmlShape shape = new DmlShape(tokens, write);
        return switch (write.verb()) {
            case INSERT -> shape.insert() ? shape.dml(Operation.INSERT) : null;
            case UPDATE -> shape.update() ? shape.dml(Operation.UPDATE) : null;
            case DELETE -> shape.delete() ? shape.dml(Operation.DELETE) : null;
            default -> null;
        };
    }

    private @Nullable Dml dml(Operation operation) {
        Target target = write.target();
        Span targetSpan = tokens.span(target.first(), target.last());
        if (targetSpan == null) {
            return null;
        }
        return new Dml(
                operation,
                target.name(),
                target.only(),
                alias,
                insertColumns,
                assignedColumns,
                tokens.span(write.with(), write.verbIndex()),
                from,
                where,
                whereCurrentOf,
                onConflict,
                onConflictSpan,
                upsert,
                returning,
                returningQualifiers,
                returningUsesOldNew,
                targetSpan,
                insertSource);
    }

    private boolean insert() {
        if (tokens.is(at, Keyword.AS) && !alias(at + 1)) {
            return false;
        }
        if (tokens.is(at, '(') && !beginsQuery(at)) {
            int close = tokens.after(at);
            insertColumns = columns(at + 1, close - 1);
            if (insertColumns.isEmpty()) {
                return false;
            }
            at = close;
        }
        if (tokens.is(at, Keyword.OVERRIDING) && at + 3 <= tokens.count()) {
            at += 3;
        }
        return insertSource() && conflict() && returningAndEnd();
    }

    private boolean insertSource() {
        int start = at;
        if (tokens.is(at, Keyword.DEFAULT)) {
            at += 1;
            if (!tokens.is(at, Keyword.VALUES)) {
                return false;
            }
            at += 1;
        } else if (beginsQuery(at - 1)) {
            at = InsertQuery.end(tokens, at);
        }
        insertSource = tokens.span(start, at);
        return insertSource != null;
    }

    /** Whether what follows that token is a query, and not a list of columns. */
    private boolean beginsQuery(int index) {
        int first = index + 1;
        while (tokens.is(first, '(')) {
            first++;
        }
        return switch (tokens.keyword(first)) {
            case SELECT, WITH, TABLE -> true;
            // A column may be called values.
            case VALUES -> tokens.is(first + 1, '(');
            default -> false;
        };
    }

    private boolean conflict() {
        if (!tokens.is(at, Keyword.ON)) {
            return true;
        }
        int start = at;
        while (at < tokens.count() && (!tokens.is(at, Keyword.DO) || tokens.isLabel(at))) {
            at = tokens.after(at);
        }
        if (at == tokens.count()) {
            return false;
        }
        at++;
        if (tokens.is(at, Keyword.NOTHING)) {
            onConflict = OnConflict.DO_NOTHING;
            at++;
        } else if (tokens.is(at, Keyword.UPDATE)) {
            onConflict = OnConflict.DO_UPDATE;
            int clause = at;
            at = clauseEnd(clause, Keyword.RETURNING);
            upsert = UpsertShape.read(tokens, start, clause, at);
        } else {
            return false;
        }
        onConflictSpan = tokens.span(start, at);
        return true;
    }

    private boolean update() {
        if (tokens.is(at, Keyword.AS)) {
            if (!alias(at + 1)) {
                return false;
            }
        } else if (!tokens.is(at, Keyword.SET) && !alias(at)) {
            return false;
        }
        if (!tokens.is(at, Keyword.SET)) {
            return false;
        }
        int start = at + 1;
        at = clauseEnd(start, Keyword.FROM);
        assignedColumns = assignments(start, at);
        return !assignedColumns.isEmpty() && fromClause(Keyword.FROM) && whereClause() && returningAndEnd();
    }

    private boolean delete() {
        if (tokens.is(at, Keyword.AS)) {
            if (!alias(at + 1)) {
                return false;
            }
        } else if (tokens.isIdentifier(at)
                && !tokens.is(at, Keyword.USING)
                && !tokens.is(at, Keyword.WHERE)
                && !tokens.is(at, Keyword.RETURNING)
                && !alias(at)) {
            return false;
        }
        return fromClause(Keyword.USING) && whereClause() && returningAndEnd();
    }

    private boolean alias(int index) {
        alias = tokens.identifier(index);
        if (alias == null) {
            return false;
        }
        at = tokens.afterIdentifier(index);
        return true;
    }

    private boolean fromClause(Keyword keyword) {
        if (!tokens.is(at, keyword)) {
            return true;
        }
        int start = at + 1;
        // Only joins may say USING within the list, so that the list of a DELETE does not end there.
        at = clauseEnd(start, Keyword.WHERE);
        from = tokens.span(start, at);
        return from != null;
    }

    private boolean whereClause() {
        if (!tokens.is(at, Keyword.WHERE)) {
            return true;
        }
        int start = at + 1;
        at = clauseEnd(start, Keyword.RETURNING);
        where = tokens.span(start, at);
        whereCurrentOf = where != null && tokens.is(start, Keyword.CURRENT) && tokens.is(start + 1, Keyword.OF);
        return where != null;
    }

    private boolean returningAndEnd() {
        if (!tokens.is(at, Keyword.RETURNING)) {
            return at == tokens.count();
        }
        int start = at + 1;
        if (tokens.is(start, Keyword.WITH) && tokens.is(start + 1, '(')) {
            returningUsesOldNew = true;
            start = tokens.after(start + 1);
        }
        returning = tokens.span(start, tokens.count());
        String named = alias == null ? write.target().name().name() : alias;
        returningQualifiers = SchemaQualifiers.of(tokens, start, write.target().name(), alias);
        returningUsesOldNew |= OldNew.isUsed(tokens, start, named);
        return returning != null;
    }

    /** The index of the first clause from that one on in the order FROM, WHERE, RETURNING, or the end. */
    private int clauseEnd(int start, Keyword first) {
        int index = start;
        while (index < tokens.count() && !beginsClause(index, first)) {
            index = tokens.after(index);
        }
        return index;
    }

    private boolean beginsClause(int index, Keyword first) {
        return switch (tokens.keyword(index)) {
            case FROM -> first == Keyword.FROM && !tokens.isLabel(index) && !isDistinctFrom(index);
            case WHERE -> first != Keyword.RETURNING && !tokens.isLabel(index);
            case RETURNING -> !tokens.isLabel(index);
            default -> false;
        };
    }

    /** {@code IS [NOT] DISTINCT FROM} is an operator. */
    private boolean isDistinctFrom(int index) {
        return tokens.is(index - 1, Keyword.DISTINCT) && !tokens.is(index - 2, '.');
    }

    /** The columns that a SET clause assigns; empty where it is none. */
    private List<String> assignments(int start, int end) {
        List<String> columns = new ArrayList<>();
        int item = start;
        while (item < end) {
            if (tokens.is(item, '(')) {
                List<String> several = columns(item + 1, tokens.after(item) - 1);
                if (several.isEmpty()) {
                    return several;
                }
                columns.addAll(several);
            } else {
                String column = tokens.identifier(item);
                if (column == null) {
                    return List.of();
                }
                columns.add(column);
            }
            item = behindComma(item, end);
        }
        return columns;
    }

    /** The columns of a list between parentheses, without their indirection; empty where it is no such list. */
    private List<String> columns(int start, int end) {
        List<String> columns = new ArrayList<>();
        int item = start;
        while (item < end) {
            String column = tokens.identifier(item);
            if (column == null) {
                return List.of();
            }
            columns.add(column);
            item = behindComma(item, end);
        }
        return columns;
    }

    private int behindComma(int start, int end) {
        int index = start;
        while (index < end && !tokens.is(index, ',')) {
            index = tokens.after(index);
        }
        return index + 1;
    }
}
