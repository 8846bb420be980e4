package io.penstock.protocol.sql;

/** Says whether a RETURNING list asks for {@code OLD} or {@code NEW} (Postgres 18). In doubt it says yes: such a statement is refused. */
final class OldNew {
    private OldNew() {}

    /**
     * @param start the index of the list's first token
     * @param targetName the name by which the statement calls its target; one that is called old hides OLD
     */
    static boolean isUsed(Tokens tokens, int start, String targetName) {
        for (int i = start; i < tokens.count(); i++) {
            if (isOldOrNew(tokens, i, targetName) && !isOutputName(tokens, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOldOrNew(Tokens tokens, int index, String targetName) {
        if (tokens.kind(index) == TokenKind.WORD && !tokens.is(index, Keyword.OLD) && !tokens.is(index, Keyword.NEW)) {
            return false;
        }
        String name = tokens.identifier(index);
        return name != null && !name.equals(targetName) && (name.equals("old") || name.equals("new"));
    }

    /** {@code t.old}, {@code x AS old} and {@code x old} name a column. */
    private static boolean isOutputName(Tokens tokens, int index) {
        if (tokens.isLabel(index)) {
            return true;
        }
        int following = tokens.afterIdentifier(index);
        boolean last = following == tokens.count() || tokens.is(following, ',');
        return last && endsExpression(tokens, index - 1);
    }

    private static boolean endsExpression(Tokens tokens, int index) {
        return switch (tokens.keyword(index)) {
            case FROM, NOT, RETURNING, DISTINCT, CASE, SELECT, ALL -> false;
            default ->
                !tokens.is(index, '(')
                        && !tokens.is(index, ',')
                        && !tokens.is(index, '[')
                        && tokens.kind(index) != TokenKind.OPERATOR;
        };
    }
}
