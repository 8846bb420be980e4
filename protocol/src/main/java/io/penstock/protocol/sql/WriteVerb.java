package io.penstock.protocol.sql;

import org.jspecify.annotations.Nullable;

/**
 * An INSERT, UPDATE, DELETE or MERGE at a place where Postgres's grammar lets a statement begin.
 *
 * @param verb which of the four
 * @param verbIndex the index of its token
 * @param with the index of the WITH in front of it, or {@code verbIndex}
 */
record WriteVerb(Keyword verb, int verbIndex, int with, Target target) {
    /** What the statement that begins there writes to; null where it is no such statement. */
    static @Nullable WriteVerb at(Tokens tokens, int index) {
        int verb = WithClause.skip(tokens, index);
        if (verb < 0) {
            return null;
        }
        Target target = switch (tokens.keyword(verb)) {
            case INSERT -> tokens.is(verb + 1, Keyword.INTO) ? Target.plain(tokens, verb + 2) : null;
            case UPDATE -> Target.inherited(tokens, verb + 1);
            case DELETE -> tokens.is(verb + 1, Keyword.FROM) ? Target.inherited(tokens, verb + 2) : null;
            case MERGE -> tokens.is(verb + 1, Keyword.INTO) ? Target.inherited(tokens, verb + 2) : null;
            default -> null;
        };
        return target == null ? null : new WriteVerb(tokens.keyword(verb), verb, index, target);
    }

    /**
     * The next statement that lies within another one and writes to a table, from the token at {@code from} on: the query of a WITH, of a
     * COPY, an action of a rule, a statement in the body of an SQL function, or one behind a semicolon. Null where there is none.
     */
    static @Nullable WriteVerb nested(Tokens tokens, int from, boolean rule) {
        for (int i = from; i < tokens.count(); i++) {
            if (beginsStatement(tokens, i, rule)) {
                WriteVerb found = at(tokens, i);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private static boolean beginsStatement(Tokens tokens, int index, boolean rule) {
        Keyword keyword = tokens.keyword(index);
        if (keyword != Keyword.WITH
                        && keyword != Keyword.INSERT
                        && keyword != Keyword.UPDATE
                        && keyword != Keyword.DELETE
                        && keyword != Keyword.MERGE
                || index == 0) {
            return false;
        }
        int before = index - 1;
        if (tokens.is(before, ';') || tokens.is(before, Keyword.ATOMIC)) {
            return true;
        }
        if (tokens.is(before, '(') && before > 0) {
            Keyword owner = tokens.keyword(before - 1);
            return owner == Keyword.AS
                    || owner == Keyword.MATERIALIZED
                    || owner == Keyword.COPY
                    || rule && isRuleAction(owner);
        }
        return rule && isRuleAction(tokens.keyword(before));
    }

    private static boolean isRuleAction(Keyword keyword) {
        return keyword == Keyword.DO || keyword == Keyword.ALSO || keyword == Keyword.INSTEAD;
    }
}
