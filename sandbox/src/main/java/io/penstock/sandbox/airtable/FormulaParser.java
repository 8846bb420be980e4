package io.penstock.sandbox.airtable;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * Reads the part of Airtable's formula language that filters need.
 *
 * <pre>
 * comparison := joined [("=" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=") joined]
 * joined     := term {"&amp;" term}
 * term       := 'text' | "text" | number | {field} | NAME "(" [comparison {"," comparison}] ")" | "(" comparison ")" | field
 * </pre>
 */
final class FormulaParser {
    private static final String INVALID = "Invalid formula. Please check your formula text.";
    /** How many arguments each function takes at least and at most. */
    private static final Map<String, int[]> FUNCTIONS = Map.ofEntries(
            Map.entry("AND", new int[] {1, 100}),
            Map.entry("OR", new int[] {1, 100}),
            Map.entry("NOT", new int[] {1, 1}),
            Map.entry("TRUE", new int[] {0, 0}),
            Map.entry("FALSE", new int[] {0, 0}),
            Map.entry("BLANK", new int[] {0, 0}),
            Map.entry("RECORD_ID", new int[] {0, 0}),
            Map.entry("CREATED_TIME", new int[] {0, 0}),
            Map.entry("LAST_MODIFIED_TIME", new int[] {0, 0}),
            Map.entry("LOWER", new int[] {1, 1}),
            Map.entry("UPPER", new int[] {1, 1}),
            Map.entry("FIND", new int[] {2, 3}),
            Map.entry("DATETIME_PARSE", new int[] {1, 1}),
            Map.entry("IS_AFTER", new int[] {2, 2}),
            Map.entry("IS_BEFORE", new int[] {2, 2}),
            Map.entry("IS_SAME", new int[] {2, 2}));
    /** A formula is nested by hand; deeper ones are made to hurt. */
    private static final int DEEPEST = 100;

    private final AirtableTable table;
    private final String text;
    private final TreeSet<String> unknown = new TreeSet<>();
    private int at;
    private int depth;

    FormulaParser(AirtableTable table, String text) {
        this.table = table;
        this.text = text;
    }

    Formula parse() {
        Formula formula = comparison();
        skip();
        if (at < text.length()) {
            throw invalid();
        }
        if (!unknown.isEmpty()) {
            throw ApiException.badFormula("Unknown field names: " + String.join(", ", unknown));
        }
        return formula;
    }

    private Formula comparison() {
        if (++depth > DEEPEST) {
            throw invalid();
        }
        Formula left = joined();
        for (String operator : List.of("!=", "<=", ">=", "=", "<", ">")) {
            if (take(operator)) {
                left = new Formula.Binary(operator, left, joined());
                break;
            }
        }
        depth--;
        return left;
    }

    private Formula joined() {
        Formula left = term();
        while (take("&")) {
            left = new Formula.Binary("&", left, term());
        }
        return left;
    }

    private Formula term() {
        skip();
        if (at == text.length()) {
            throw invalid();
        }
        char first = text.charAt(at);
        if (first == '\'' || first == '"') {
            return new Formula.Literal(quoted(first));
        }
        if (first == '{') {
            int end = text.indexOf('}', at);
            if (end < 0) {
                throw invalid();
            }
            String name = text.substring(at + 1, end);
            at = end + 1;
            return cell(name);
        }
        if (take("(")) {
            Formula inner = comparison();
            expect(")");
            return inner;
        }
        if (Character.isDigit(first) || first == '-') {
            return new Formula.Literal(number());
        }
        String word = word();
        return take("(") ? function(word.toUpperCase(Locale.ROOT)) : cell(word);
    }

    private Formula function(String name) {
        List<Formula> arguments = new ArrayList<>();
        if (!take(")")) {
            do {
                arguments.add(comparison());
            } while (take(","));
            expect(")");
        }
        int[] bounds = FUNCTIONS.get(name);
        if (bounds == null || arguments.size() < bounds[0] || arguments.size() > bounds[1]) {
            throw invalid();
        }
        return new Formula.Function(name, arguments);
    }

    private Formula cell(String name) {
        AirtableField field = table.field(name);
        if (field == null) {
            unknown.add(name.toLowerCase(Locale.ROOT));
            return new Formula.Literal("");
        }
        return new Formula.Cell(table, field);
    }

    private String quoted(char quote) {
        StringBuilder value = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char next = text.charAt(at);
            if (next == quote) {
                at++;
                return value.toString();
            }
            if (next == '\\' && at + 1 < text.length()) {
                at++;
                char escaped = text.charAt(at);
                value.append(escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped);
            } else {
                value.append(next);
            }
        }
        throw invalid();
    }

    private BigDecimal number() {
        int start = at++;
        while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
        try {
            return new BigDecimal(text.substring(start, at));
        } catch (NumberFormatException e) {
            throw invalid();
        }
    }

    private String word() {
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        if (at == start) {
            throw invalid();
        }
        return text.substring(start, at);
    }

    private boolean take(String token) {
        skip();
        if (!text.startsWith(token, at)) {
            return false;
        }
        at += token.length();
        return true;
    }

    private void expect(String token) {
        if (!take(token)) {
            throw invalid();
        }
    }

    private void skip() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private static ApiException invalid() {
        return ApiException.badFormula(INVALID);
    }
}
