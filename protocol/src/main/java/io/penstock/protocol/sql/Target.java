package io.penstock.protocol.sql;

import org.jspecify.annotations.Nullable;

/**
 * A relation's name where a statement writes to it, and the indexes of the tokens around it.
 *
 * @param only whether ONLY stands before it
 * @param first the index of the name's first token
 * @param last the index behind the name's last token
 * @param after the index of what follows, behind a closing parenthesis of {@code ONLY (name)} and behind {@code *}
 */
record Target(QualifiedName name, boolean only, int first, int last, int after) {
    /** Reads {@code [database.][schema.]name}; null where no such thing stands there. */
    static @Nullable Target plain(Tokens tokens, int index) {
        String name = tokens.identifier(index);
        String schema = null;
        int at = tokens.isIdentifier(index) ? tokens.afterIdentifier(index) : index;
        for (int parts = 1; name != null && parts < 3 && tokens.is(at, '.'); parts++) {
            schema = name;
            name = tokens.identifier(at + 1);
            at = tokens.isIdentifier(at + 1) ? tokens.afterIdentifier(at + 1) : at + 1;
        }
        return name == null ? null : new Target(new QualifiedName(schema, name), false, index, at, at);
    }

    /** Reads {@code [ONLY] name [*]} or {@code ONLY (name)}, as UPDATE, DELETE, MERGE and TRUNCATE take it. */
    static @Nullable Target inherited(Tokens tokens, int index) {
        boolean only = tokens.is(index, Keyword.ONLY);
        boolean parenthesised = only && tokens.is(index + 1, '(');
        Target plain = plain(tokens, index + (only ? 1 : 0) + (parenthesised ? 1 : 0));
        if (plain == null) {
            return null;
        }
        int after = plain.after;
        if (parenthesised) {
            if (!tokens.is(after, ')')) {
                return null;
            }
            after++;
        } else if (!only && tokens.is(after, '*')) {
            after++;
        }
        return new Target(plain.name, only, plain.first, plain.last, after);
    }
}
