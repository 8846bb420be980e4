package io.penstock.protocol.sql;

/** Finds where the query of an INSERT ends: at its ON CONFLICT, at its RETURNING, or at the end of the statement. */
final class InsertQuery {
    private InsertQuery() {}

    /**
     * The index behind the query that starts at that token. The danger is {@code a JOIN b ON conflict (a.x)}, which is a join: Postgres reads
     * ON as the condition of a join as long as there is a join without one.
     */
    static int end(Tokens tokens, int start) {
        int joinsWithoutCondition = 0;
        int index = start;
        while (index < tokens.count()) {
            if (!tokens.isLabel(index)) {
                switch (tokens.keyword(index)) {
                    case RETURNING -> {
                        return index;
                    }
                    case JOIN -> joinsWithoutCondition += takesCondition(tokens, index) ? 1 : 0;
                    case USING -> joinsWithoutCondition = Math.max(0, joinsWithoutCondition - 1);
                    case ON -> {
                        if (isConflictClause(tokens, index, joinsWithoutCondition)) {
                            return index;
                        }
                        joinsWithoutCondition = Math.max(0, joinsWithoutCondition - 1);
                    }
                    default -> {}
                }
            }
            index = tokens.after(index);
        }
        return index;
    }

    private static boolean isConflictClause(Tokens tokens, int on, int joinsWithoutCondition) {
        if (!tokens.is(on + 1, Keyword.CONFLICT)) {
            return false;
        }
        // DO is reserved, and so is the CONSTRAINT of ON CONFLICT ON CONSTRAINT: no condition goes on like this.
        return joinsWithoutCondition == 0
                || tokens.is(on + 2, Keyword.DO)
                || tokens.is(on + 2, Keyword.ON) && tokens.is(on + 3, Keyword.CONSTRAINT);
    }

    private static boolean takesCondition(Tokens tokens, int join) {
        int before = join - 1;
        while (isJoinType(tokens.keyword(before))) {
            before--;
        }
        return !tokens.is(before, Keyword.NATURAL) && !tokens.is(before, Keyword.CROSS);
    }

    private static boolean isJoinType(Keyword keyword) {
        return keyword == Keyword.LEFT
                || keyword == Keyword.RIGHT
                || keyword == Keyword.FULL
                || keyword == Keyword.INNER
                || keyword == Keyword.OUTER;
    }
}
