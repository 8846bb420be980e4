package io.penstock.protocol.sql.generate;

import io.penstock.protocol.sql.Lexer;
import io.penstock.protocol.sql.LexerOptions;
import io.penstock.protocol.sql.TokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Makes odd texts out of right ones, and texts out of nothing but the characters that a lexer may stumble over. */
public final class TextMutator {
    private static final List<String> TOKENS = List.of(
            "as",
            "with",
            "recursive",
            "insert",
            "into",
            "update",
            "delete",
            "from",
            "only",
            "set",
            "where",
            "returning",
            "using",
            "on",
            "conflict",
            "do",
            "nothing",
            "select",
            "values",
            "default",
            "join",
            "natural",
            "distinct",
            "is",
            "not",
            "materialized",
            "contacts",
            "salesforce",
            ".",
            "(",
            ")",
            ",",
            ";",
            "*",
            "=",
            "old",
            "new",
            "'x'",
            "$1",
            "1",
            "merge",
            "copy",
            "table",
            "current",
            "of",
            "[",
            "]",
            "overriding",
            "value",
            "case",
            "end",
            "begin",
            "atomic",
            "search",
            "cycle",
            "::",
            "-");

    private static final List<String> FRAGMENTS = List.of(
            "'", "''", "\"", "\"\"", "\\", "E'", "e'", "U&'", "u&\"", "N'", "b'01'", "X'", "$", "$$", "$a$", "$1",
            "$é$", "/*", "*/", "--", "-", "+", "*", "/", "=", "<", ">", "@", "|", "?", "~", "!", ":", "::", ":=", ".",
            "..", "1", "0x1F", "0b", "1_0", "1e5", "1e", ".5", "a", "é", "\u00A0", "uescape", "n", "x", "u", "&", "_",
            " ", "\n", "\r", "\t", "\f", "(", ")", "[", "]", ",", ";", "{", "#", "%", "^", "`");

    private final SplittableRandom random;

    public TextMutator(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** The text with a token or two dropped, doubled, swapped or replaced. */
    public String mutate(String text) {
        List<String> tokens = tokens(text);
        int changes = random.nextInt(4) == 0 ? 2 : 1;
        for (int i = 0; i < changes && !tokens.isEmpty(); i++) {
            int at = random.nextInt(tokens.size());
            switch (random.nextInt(6)) {
                case 0 -> tokens.remove(at);
                case 1 -> tokens.add(at, tokens.get(at));
                case 2 -> tokens.add(at, tokens.get(random.nextInt(tokens.size())));
                case 3 -> tokens.set(at, TOKENS.get(random.nextInt(TOKENS.size())));
                case 4 -> {
                    String other = tokens.set(random.nextInt(tokens.size()), tokens.get(at));
                    tokens.set(at, other);
                }
                default -> tokens.add(at, TOKENS.get(random.nextInt(TOKENS.size())));
            }
        }
        return String.join(" ", tokens);
    }

    private static List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        Lexer lexer = new Lexer(text, LexerOptions.DEFAULT);
        while (lexer.next() != TokenKind.END) {
            tokens.add(text.substring(lexer.start(), lexer.end()));
        }
        return tokens;
    }

    /** Characters without sense. */
    public String soup() {
        StringBuilder soup = new StringBuilder();
        int fragments = 1 + random.nextInt(12);
        for (int i = 0; i < fragments; i++) {
            soup.append(FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
        }
        return soup.toString();
    }
}
