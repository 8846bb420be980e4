package io.penstock.protocol.sql;

/** Finds the statement behind a WITH clause. */
final class WithClause {
    private WithClause() {}

    /**
     * The index of the verb behind {@code WITH [RECURSIVE] name [(columns)] AS [[NOT] MATERIALIZED] (...) [SEARCH ...] [CYCLE ...], ...},
     * or {@code index} itself where no WITH stands, or -1 where the clause is not what Postgres's grammar allows. Only in well-formed text.
     */
    static int skip(Tokens tokens, int index) {
        if (!tokens.is(index, Keyword.WITH)) {
            return index;
        }
        int at = index + 1;
        // RECURSIVE may also be the name of the first query: WITH recursive AS (...).
        if (tokens.is(at, Keyword.RECURSIVE) && tokens.isIdentifier(at + 1) && !tokens.is(at + 1, Keyword.AS)) {
            at++;
        }
        while (true) {
            at = skipQuery(tokens, at);
            if (at < 0 || !tokens.is(at, ',')) {
                return at;
            }
            at++;
        }
    }

    private static int skipQuery(Tokens tokens, int index) {
        if (!tokens.isIdentifier(index)) {
            return -1;
        }
        int at = tokens.afterIdentifier(index);
        if (tokens.is(at, '(')) {
            at = tokens.after(at);
        }
        if (!tokens.is(at, Keyword.AS)) {
            return -1;
        }
        at++;
        if (tokens.is(at, Keyword.NOT)) {
            at++;
        }
        if (tokens.is(at, Keyword.MATERIALIZED)) {
            at++;
        }
        if (!tokens.is(at, '(')) {
            return -1;
        }
        at = tokens.after(at);
        if (tokens.is(at, Keyword.SEARCH)) {
            // SEARCH {DEPTH | BREADTH} FIRST BY columns SET column
            at = skipColumnsAndSet(tokens, at + 4);
        }
        if (at >= 0 && tokens.is(at, Keyword.CYCLE)) {
            at = skipColumnsAndSet(tokens, at + 1);
            // [TO constant DEFAULT constant] USING column; USING is reserved, so no constant holds it.
            while (at >= 0 && at < tokens.count() && !tokens.is(at, Keyword.USING)) {
                at = tokens.after(at);
            }
            at = at >= 0 && at < tokens.count() && tokens.isIdentifier(at + 1) ? tokens.afterIdentifier(at + 1) : -1;
        }
        return at;
    }

    private static int skipColumnsAndSet(Tokens tokens, int index) {
        int at = index;
        while (at < tokens.count() && tokens.isIdentifier(at)) {
            at = tokens.afterIdentifier(at);
            if (tokens.is(at, ',')) {
                at++;
            } else if (tokens.is(at, Keyword.SET) && tokens.isIdentifier(at + 1)) {
                return tokens.afterIdentifier(at + 1);
            } else {
                return -1;
            }
        }
        return -1;
    }
}
