package io.penstock.protocol.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits the text of a simple query at the semicolons that end statements: those outside of strings, comments, parentheses and the
 * {@code BEGIN ATOMIC ... END} body of an SQL function.
 */
public final class StatementSplitter {
    private final Lexer lexer;
    private int parentheses;
    /** How many words of the statement were read, and whether they are CREATE [OR REPLACE] {FUNCTION | PROCEDURE} so far. */
    private int words;

    private boolean createsRoutine;
    private boolean inBody;
    private int casesInBody;
    private Keyword before = Keyword.NONE;
    private boolean behindDot;

    private StatementSplitter(String sql, LexerOptions options) {
        this.lexer = new Lexer(sql, options);
    }

    /** The statements' texts without their semicolons; empty statements are left out. */
    public static List<String> split(String sql, LexerOptions options) {
        List<Span> spans = spans(sql, options);
        if (spans.size() == 1) {
            Span only = spans.getFirst();
            return List.of(only.start() == 0 && only.end() == sql.length() ? sql : only.of(sql));
        }
        return spans.stream().map(span -> span.of(sql)).toList();
    }

    /** Where the statements lie: each from behind the semicolon before it, with the comments there, to its own or to the end of the text. */
    public static List<Span> spans(String sql, LexerOptions options) {
        return new StatementSplitter(sql, options).run(sql.length());
    }

    private List<Span> run(int length) {
        List<Span> spans = new ArrayList<>(1);
        int start = 0;
        boolean empty = true;
        while (true) {
            TokenKind kind = lexer.next();
            if (kind == TokenKind.END) {
                if (!empty) {
                    spans.add(new Span(start, length));
                }
                return spans;
            }
            if (kind == TokenKind.SYMBOL && lexer.isSymbol(';') && parentheses == 0 && !inBody) {
                if (!empty) {
                    spans.add(new Span(start, lexer.start()));
                }
                start = lexer.end();
                empty = true;
                words = 0;
                createsRoutine = false;
            } else {
                empty = false;
                follow(kind);
            }
        }
    }

    private void follow(TokenKind kind) {
        Keyword keyword = lexer.keyword();
        if (kind == TokenKind.SYMBOL) {
            if (lexer.isSymbol('(')) {
                parentheses++;
            } else if (lexer.isSymbol(')') && parentheses > 0) {
                parentheses--;
            }
        } else if (kind == TokenKind.WORD && parentheses == 0) {
            beginning(keyword);
            // A label may be any word: SELECT 1 AS end, t.case.
            if (createsRoutine && !behindDot && before != Keyword.AS) {
                body(keyword);
            }
        }
        behindDot = kind == TokenKind.SYMBOL && lexer.isSymbol('.');
        before = keyword;
    }

    private void beginning(Keyword keyword) {
        words++;
        switch (words) {
            case 1 -> createsRoutine = keyword == Keyword.CREATE;
            case 2 -> createsRoutine &= keyword == Keyword.OR || isRoutine(keyword);
            case 3 -> createsRoutine &= before != Keyword.OR || keyword == Keyword.REPLACE;
            case 4 -> createsRoutine &= before != Keyword.REPLACE || isRoutine(keyword);
            default -> {}
        }
    }

    private static boolean isRoutine(Keyword keyword) {
        return keyword == Keyword.FUNCTION || keyword == Keyword.PROCEDURE;
    }

    private void body(Keyword keyword) {
        if (!inBody) {
            inBody = keyword == Keyword.ATOMIC && before == Keyword.BEGIN;
        } else if (keyword == Keyword.CASE) {
            casesInBody++;
        } else if (keyword == Keyword.END) {
            if (casesInBody > 0) {
                casesInBody--;
            } else {
                inBody = false;
            }
        }
    }
}
