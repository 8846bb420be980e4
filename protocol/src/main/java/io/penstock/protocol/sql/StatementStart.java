package io.penstock.protocol.sql;

import org.jspecify.annotations.Nullable;

/** Tells the command from the first words of a statement. */
final class StatementStart {
    private StatementStart() {}

    /** The command of a statement that can write to no table and asks nothing of the session but this; else null: take a closer look. */
    static @Nullable Command commandOfHarmless(String sql, LexerOptions options) {
        Lexer lexer = new Lexer(sql, options);
        TokenKind kind = lexer.next();
        while (kind == TokenKind.SYMBOL && lexer.isSymbol(';')) {
            kind = lexer.next();
        }
        if (kind == TokenKind.END) {
            return Command.EMPTY;
        }
        if (kind == TokenKind.SYMBOL && lexer.isSymbol('(')) {
            return mentionsWrite(lexer) ? null : Command.SELECT;
        }
        Keyword first = lexer.keyword();
        if (needsCloserLook(first)) {
            return null;
        }
        // The words that tell ROLLBACK from ROLLBACK TO and the like stand at the very start.
        lexer.next();
        Keyword second = lexer.keyword();
        if (isWrite(second)) {
            return null;
        }
        lexer.next();
        Keyword third = lexer.keyword();
        return isWrite(third) || mentionsWrite(lexer) ? null : command(first, second, third);
    }

    private static boolean needsCloserLook(Keyword first) {
        return switch (first) {
            case INSERT,
                    UPDATE,
                    DELETE,
                    MERGE,
                    EXPLAIN,
                    PREPARE,
                    EXECUTE,
                    DEALLOCATE,
                    COPY,
                    TRUNCATE,
                    SET,
                    RESET,
                    SHOW -> true;
            default -> false;
        };
    }

    private static boolean mentionsWrite(Lexer lexer) {
        while (lexer.next() != TokenKind.END) {
            if (isWrite(lexer.keyword())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWrite(Keyword keyword) {
        return keyword == Keyword.INSERT
                || keyword == Keyword.UPDATE
                || keyword == Keyword.DELETE
                || keyword == Keyword.MERGE;
    }

    /** The command that a statement with these first words is, whatever else it says. */
    static Command command(Keyword first, Keyword second, Keyword third) {
        return switch (first) {
            case SELECT, VALUES, TABLE, WITH -> Command.SELECT;
            case INSERT -> Command.INSERT;
            case UPDATE -> Command.UPDATE;
            case DELETE -> Command.DELETE;
            case MERGE -> Command.MERGE;
            case BEGIN, START -> Command.BEGIN;
            case COMMIT -> second == Keyword.PREPARED ? Command.COMMIT_PREPARED : Command.COMMIT;
            case END -> Command.COMMIT;
            case ROLLBACK -> {
                if (second == Keyword.PREPARED) {
                    yield Command.ROLLBACK_PREPARED;
                }
                yield second == Keyword.TO || third == Keyword.TO ? Command.ROLLBACK_TO : Command.ROLLBACK;
            }
            case ABORT -> Command.ROLLBACK;
            case SAVEPOINT -> Command.SAVEPOINT;
            case RELEASE -> Command.RELEASE;
            case SET -> Command.SET;
            case RESET -> second == Keyword.ALL ? Command.RESET_ALL : Command.RESET;
            case SHOW -> Command.SHOW;
            case DISCARD -> second == Keyword.ALL ? Command.DISCARD_ALL : Command.DISCARD;
            case PREPARE -> Command.PREPARE;
            case DECLARE -> Command.DECLARE;
            case FETCH, MOVE -> Command.FETCH;
            case CLOSE -> Command.CLOSE;
            case COPY -> Command.COPY;
            case LISTEN -> Command.LISTEN;
            case UNLISTEN -> Command.UNLISTEN;
            case NOTIFY -> Command.NOTIFY;
            case LOCK -> Command.LOCK;
            case EXPLAIN -> Command.EXPLAIN;
            case TRUNCATE -> Command.TRUNCATE;
            case CREATE -> Command.CREATE;
            case ALTER -> Command.ALTER;
            case DROP -> Command.DROP;
            case DO -> Command.DO;
            case CALL -> Command.CALL;
            default -> Command.OTHER;
        };
    }
}
