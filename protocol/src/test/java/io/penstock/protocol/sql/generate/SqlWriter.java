package io.penstock.protocol.sql.generate;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Writes tokens one after another and puts between them, at random, whatever Postgres does not care about: the case of words, quotes
 * around names, Unicode escapes, white space of every kind and comments that hold SQL.
 */
final class SqlWriter {
    private static final List<String> SPACES = List.of(
            " ",
            "\n",
            "\t",
            "\r\n",
            "\f",
            "\u000B",
            "   ",
            "/* c */",
            "/**/",
            " -- delete from salesforce.contacts; '\n",
            "--\r",
            "/* ; /* nested ' \" */ update contacts set x = 1 -- */",
            "\n/* $$ */ ");
    /** Key words that stand here as the names of columns and may do so only in quotes, except behind a dot. */
    private static final Set<String> RESERVED = Set.of("returning", "from", "where", "on");

    private final RandomGenerator random;
    private final int noise;
    private final StringBuilder text = new StringBuilder();

    /** @param noise how many of a hundred tokens are written oddly */
    SqlWriter(RandomGenerator random, int noise) {
        this.random = random;
        this.noise = noise;
    }

    String text() {
        return text.toString();
    }

    private boolean oddly() {
        return random.nextInt(100) < noise;
    }

    /** Key words, separated by blanks in the argument. */
    SqlWriter words(String words) {
        for (String word : words.split(" ", -1)) {
            append(oddly() ? mixedCase(word) : word.toLowerCase(Locale.ROOT));
        }
        return this;
    }

    /** Punctuation, operators and numbers, as they are; the tokens separated by blanks in the argument. */
    SqlWriter symbols(String symbols) {
        for (String symbol : symbols.split(" ", -1)) {
            append(symbol);
        }
        return this;
    }

    /** Text with white space of its own. */
    SqlWriter verbatim(String sql) {
        append(sql);
        return this;
    }

    SqlWriter name(String name) {
        boolean plain = name.matches("[a-z_][a-z0-9_]*") && !RESERVED.contains(name);
        return writeName(name, plain);
    }

    /** A name behind a dot, where also reserved words need no quotes. */
    SqlWriter attribute(String name) {
        symbols(".");
        return writeName(name, name.matches("[a-z_][a-z0-9_]*"));
    }

    private SqlWriter writeName(String name, boolean plain) {
        if (plain && !oddly()) {
            append(name);
            return this;
        }
        switch (random.nextInt(plain ? 4 : 3)) {
            case 0 -> append('"' + name.replace("\"", "\"\"") + '"');
            case 1 -> append("U&\"" + escaped(name, '\\') + '"');
            case 2 -> {
                // In one piece: the oracle's copy of the grammar trips over a comment around UESCAPE, where Postgres
                // does not.
                append((random.nextBoolean() ? "u&\"" : "U&\"")
                        + escaped(name, '!')
                        + '"'
                        + (random.nextBoolean() ? "uescape\n" : " UEScape ")
                        + (random.nextBoolean() ? "'!'" : "$$!$$"));
            }
            default -> append(mixedCase(name));
        }
        return this;
    }

    private String escaped(String name, char escape) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '"') {
                escaped.append("\"\"");
            } else if (c == escape) {
                escaped.append(c).append(c);
            } else {
                switch (random.nextInt(4)) {
                    case 0 -> escaped.append(escape).append(String.format(Locale.ROOT, "%04x", (int) c));
                    case 1 -> escaped.append(escape).append(String.format(Locale.ROOT, "+%06X", (int) c));
                    default -> escaped.append(c);
                }
            }
        }
        return escaped.toString();
    }

    /** A string constant in one of its forms. */
    SqlWriter literal(String value) {
        String doubled = value.replace("'", "''");
        int form = oddly() ? random.nextInt(7) : 0;
        append(
                switch (form) {
                    case 1 -> "E'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
                    case 2 -> "$$" + value.replace("$", "") + "$$";
                    case 3 -> "$tag$" + value + " $$ $tag $1$ '$tag$";
                    case 4 -> "U&'" + doubled.replace("\\", "\\\\") + "\\0027'";
                    case 5 -> "N'" + doubled + "'";
                    case 6 -> "'" + doubled + "' \n \t'" + doubled + "'";
                    default -> "'" + doubled + "'";
                });
        return this;
    }

    private String mixedCase(String word) {
        StringBuilder mixed = new StringBuilder();
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            mixed.append(random.nextBoolean() ? Character.toUpperCase(c) : Character.toLowerCase(c));
        }
        return mixed.toString();
    }

    private void append(String token) {
        if (!text.isEmpty()) {
            separate(text.charAt(text.length() - 1), token.charAt(0));
        } else if (oddly()) {
            text.append(SPACES.get(random.nextInt(SPACES.size())));
        }
        text.append(token);
    }

    private void separate(char last, char next) {
        boolean needed =
                !isBracket(last) && !isBracket(next) && (last != '.' && next != '.' || isDigit(last) || isDigit(next));
        if (oddly()) {
            String space = SPACES.get(random.nextInt(SPACES.size()));
            // Two minus signs would begin the comment too early, a line break between strings would join them.
            if (last == '-' && space.charAt(0) == '-') {
                text.append(' ');
            }
            text.append(space);
        } else if (needed || random.nextBoolean() && next != '.' && last != '.') {
            text.append(' ');
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isBracket(char c) {
        return "(),;[]".indexOf(c) >= 0;
    }
}
