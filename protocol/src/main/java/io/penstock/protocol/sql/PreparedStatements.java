package io.penstock.protocol.sql;

import org.jspecify.annotations.Nullable;

/** Reads PREPARE, EXECUTE and DEALLOCATE. */
final class PreparedStatements {
    private PreparedStatements() {}

    /**
     * The head of a PREPARE.
     *
     * @param statement the index of the first token behind AS
     */
    record Start(String name, @Nullable Span types, int statement) {}

    /** Reads {@code name [(types)] AS}; null where Postgres will call it a syntax error. */
    static @Nullable Start start(Tokens tokens, int index) {
        String name = tokens.identifier(index);
        if (name == null) {
            return null;
        }
        int at = tokens.afterIdentifier(index);
        Span types = null;
        if (tokens.is(at, '(')) {
            types = tokens.span(at + 1, tokens.after(at) - 1);
            at = tokens.after(at);
        }
        return tokens.is(at, Keyword.AS) ? new Start(name, types, at + 1) : null;
    }

    /** Reads {@code name [(arguments)]}. */
    static Classified execute(Tokens tokens, int index) {
        String name = tokens.identifier(index);
        if (name == null) {
            return Relays.of(Command.OTHER);
        }
        int at = tokens.afterIdentifier(index);
        Span arguments = null;
        if (tokens.is(at, '(')) {
            arguments = tokens.span(at + 1, tokens.after(at) - 1);
            at = tokens.after(at);
        }
        return at == tokens.count() ? new Classified.Execute(name, arguments) : Relays.of(Command.OTHER);
    }

    /** Reads {@code [PREPARE] {name | ALL}}. */
    static Classified deallocate(Tokens tokens, int index) {
        // PREPARE alone is the name of a statement.
        int at = tokens.is(index, Keyword.PREPARE) && index + 1 < tokens.count() ? index + 1 : index;
        String name = tokens.identifier(at);
        if (name == null || tokens.afterIdentifier(at) != tokens.count()) {
            return Relays.of(Command.OTHER);
        }
        return new Classified.Deallocate(tokens.is(at, Keyword.ALL) ? null : name);
    }
}
