package io.penstock.protocol.sql;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All tokens of a text but the semicolons at its end, with the partner of every bracket, so that a reader of shapes moves over nested parts in one step and needs no
 * recursion however deep they are. Behind the last token stand some ENDs, so that looking a few tokens ahead is always allowed.
 */
final class Tokens {
    private static final int LOOK_AHEAD = 4;
    private static final TokenKind[] KINDS = TokenKind.values();
    private static final Keyword[] KEYWORDS = Keyword.values();
    private static final byte SYMBOL = (byte) TokenKind.SYMBOL.ordinal();

    private final String sql;
    private int count;
    /** Ordinals, because a long statement has millions of tokens. */
    private byte[] kinds;

    private byte[] keywords;
    private int[] starts;
    private int[] ends;
    /** For an opening bracket, the index of the closing one. */
    private int[] partners;

    private boolean wellFormed = true;

    private Tokens(String sql) {
        this.sql = sql;
        // About one token in four characters: short statements fit at once, long ones grow a few times.
        int capacity = 16 + sql.length() / 4;
        kinds = new byte[capacity];
        keywords = new byte[capacity];
        starts = new int[capacity];
        ends = new int[capacity];
        partners = new int[capacity];
    }

    static Tokens of(String sql, LexerOptions options) {
        Tokens tokens = new Tokens(sql);
        Lexer lexer = new Lexer(sql, options);
        TokenKind kind;
        do {
            kind = lexer.next();
            if (kind == TokenKind.ERROR) {
                tokens.wellFormed = false;
            }
            tokens.add(kind, lexer);
        } while (kind != TokenKind.END);
        for (int i = 1; i < LOOK_AHEAD; i++) {
            tokens.add(kind, lexer);
        }
        tokens.count -= LOOK_AHEAD;
        tokens.dropSemicolonsAtTheEnd();
        tokens.findPartners();
        return tokens;
    }

    private void dropSemicolonsAtTheEnd() {
        while (count > 0 && is(count - 1, ';')) {
            count--;
            kinds[count] = (byte) TokenKind.END.ordinal();
        }
    }

    private void add(TokenKind kind, Lexer lexer) {
        if (count == kinds.length) {
            int capacity = count * 2;
            kinds = Arrays.copyOf(kinds, capacity);
            keywords = Arrays.copyOf(keywords, capacity);
            starts = Arrays.copyOf(starts, capacity);
            ends = Arrays.copyOf(ends, capacity);
            partners = Arrays.copyOf(partners, capacity);
        }
        kinds[count] = (byte) kind.ordinal();
        keywords[count] = (byte) lexer.keyword().ordinal();
        starts[count] = lexer.start();
        ends[count] = lexer.end();
        count++;
    }

    private void findPartners() {
        int[] open = new int[16];
        int depth = 0;
        for (int i = 0; i < count; i++) {
            if (kinds[i] != SYMBOL) {
                continue;
            }
            switch (sql.charAt(starts[i])) {
                case '(', '[' -> {
                    if (depth == open.length) {
                        open = Arrays.copyOf(open, depth * 2);
                    }
                    open[depth++] = i;
                }
                case ')', ']' -> {
                    char expected = sql.charAt(starts[i]) == ')' ? '(' : '[';
                    if (depth == 0 || sql.charAt(starts[open[depth - 1]]) != expected) {
                        wellFormed = false;
                        return;
                    }
                    partners[open[--depth]] = i;
                }
                default -> {}
            }
        }
        wellFormed &= depth == 0;
    }

    /** False where Postgres will certainly call the text a syntax error: its lexer gives up, or brackets do not match. */
    boolean isWellFormed() {
        return wellFormed;
    }

    String sql() {
        return sql;
    }

    /** How many tokens there are, END not counted. */
    int count() {
        return count;
    }

    TokenKind kind(int index) {
        return KINDS[kinds[index]];
    }

    /** The key word that a token is, or NONE. */
    Keyword keyword(int index) {
        return KEYWORDS[keywords[index]];
    }

    boolean is(int index, Keyword keyword) {
        return keywords[index] == keyword.ordinal();
    }

    /** Whether the token is that one punctuation or operator character. */
    boolean is(int index, char symbol) {
        return ends[index] - starts[index] == 1 && sql.charAt(starts[index]) == symbol && mayBePunctuation(kind(index));
    }

    private static boolean mayBePunctuation(TokenKind kind) {
        return kind == TokenKind.SYMBOL || kind == TokenKind.OPERATOR;
    }

    /**
     * Whether a word that stands there is no key word for certain: it follows a dot ({@code t.from}) or the AS of a label
     * ({@code 1 AS from}).
     */
    boolean isLabel(int index) {
        return index > 0 && (is(index - 1, '.') || is(index - 1, Keyword.AS) && !(index > 1 && is(index - 2, '.')));
    }

    int start(int index) {
        return starts[index];
    }

    int end(int index) {
        return ends[index];
    }

    /** The index of what follows at the same depth: behind the partner of an opening bracket, else the next one. Only in well-formed text. */
    int after(int index) {
        return is(index, '(') || is(index, '[') ? partners[index] + 1 : index + 1;
    }

    /** The text from one token to the one before {@code to}, without white space and comments at its ends; null where there is no token. */
    @Nullable
    Span span(int from, int to) {
        return from < to ? new Span(starts[from], ends[to - 1]) : null;
    }

    boolean isIdentifier(int index) {
        return kind(index).isIdentifier();
    }

    /** The index behind an identifier and the UESCAPE that may belong to it. */
    int afterIdentifier(int index) {
        return hasEscapeClause(index) ? index + 3 : index + 1;
    }

    private boolean hasEscapeClause(int index) {
        return kind(index) == TokenKind.UNICODE_IDENTIFIER
                && is(index + 1, Keyword.UESCAPE)
                && kind(index + 2).isString();
    }

    /** An identifier as Postgres would store it; null where the token is none, or has an escape that Postgres refuses. */
    @Nullable
    String identifier(int index) {
        return switch (kind(index)) {
            case WORD -> Identifiers.fold(sql, starts[index], ends[index]);
            case QUOTED_IDENTIFIER -> Identifiers.unquote(sql, starts[index], ends[index]);
            case UNICODE_IDENTIFIER ->
                hasEscapeClause(index)
                        ? escapedIdentifier(index)
                        : Identifiers.decodeUnicode(sql, starts[index], ends[index], null);
            case STRING,
                    ESCAPE_STRING,
                    UNICODE_STRING,
                    BIT_STRING,
                    DOLLAR_STRING,
                    NUMBER,
                    PARAMETER,
                    OPERATOR,
                    SYMBOL,
                    ERROR,
                    END -> null;
        };
    }

    private @Nullable String escapedIdentifier(int index) {
        String escape = string(index + 2);
        return escape == null ? null : Identifiers.decodeUnicode(sql, starts[index], ends[index], escape);
    }

    /** The value of a string constant, or null. */
    @Nullable
    String string(int index) {
        return StringConstants.decode(sql, starts[index], ends[index], kind(index));
    }
}
