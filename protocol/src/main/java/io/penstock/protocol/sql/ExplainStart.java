package io.penstock.protocol.sql;

import io.penstock.protocol.sql.ExplainOptions.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What stands between EXPLAIN and the explained statement.
 *
 * @param statement the index of that statement's first token
 */
record ExplainStart(ExplainOptions options, int statement) {
    /** Reads {@code [ANALYZE] [VERBOSE]} or {@code (option [value], ...)}; null where Postgres will call it a syntax error. */
    static @Nullable ExplainStart read(Tokens tokens, int index) {
        if (tokens.is(index, '(') && !isQuery(tokens, index + 1)) {
            return parenthesised(tokens, index);
        }
        int at = index;
        boolean analyze = isAnalyze(tokens.keyword(at));
        at += analyze ? 1 : 0;
        boolean verbose = tokens.is(at, Keyword.VERBOSE);
        at += verbose ? 1 : 0;
        return new ExplainStart(new ExplainOptions(analyze, verbose, Format.TEXT, List.of()), at);
    }

    private static boolean isAnalyze(Keyword keyword) {
        return keyword == Keyword.ANALYZE || keyword == Keyword.ANALYSE;
    }

    /** {@code EXPLAIN (SELECT ...)} has no options. */
    private static boolean isQuery(Tokens tokens, int index) {
        return switch (tokens.keyword(index)) {
            case SELECT, WITH, TABLE -> true;
            case VALUES -> tokens.is(index + 1, '(');
            default -> tokens.is(index, '(');
        };
    }

    private static @Nullable ExplainStart parenthesised(Tokens tokens, int open) {
        int close = tokens.after(open) - 1;
        boolean analyze = false;
        boolean verbose = false;
        Format format = Format.TEXT;
        List<String> others = new ArrayList<>();
        int item = open + 1;
        while (item < close) {
            int behind = item;
            while (behind < close && !tokens.is(behind, ',')) {
                behind++;
            }
            String option = tokens.identifier(item);
            if (option == null) {
                return null;
            }
            String value = value(tokens, tokens.afterIdentifier(item), behind);
            switch (option) {
                case "analyze", "analyse" -> analyze = isTrue(value);
                case "verbose" -> verbose = isTrue(value);
                case "format" -> format = format(value);
                default -> {
                    Span other = tokens.span(item, behind);
                    others.add(other == null ? option : other.of(tokens.sql()));
                }
            }
            item = behind + 1;
        }
        return new ExplainStart(new ExplainOptions(analyze, verbose, format, others), close + 1);
    }

    /** The option's value in lower case, or null where it has none. */
    private static @Nullable String value(Tokens tokens, int start, int end) {
        Span span = tokens.span(start, end);
        if (span == null) {
            return null;
        }
        String text = tokens.string(start);
        return (text == null ? span.of(tokens.sql()) : text).toLowerCase(Locale.ROOT);
    }

    /** As Postgres reads it; of a word that it refuses we may think what we like. */
    private static boolean isTrue(@Nullable String value) {
        return value == null || value.equals("true") || value.equals("on") || value.equals("1");
    }

    private static Format format(@Nullable String value) {
        return switch (value) {
            case "text" -> Format.TEXT;
            case "xml" -> Format.XML;
            case "json" -> Format.JSON;
            case "yaml" -> Format.YAML;
            case null, default -> Format.UNKNOWN;
        };
    }
}
