package io.penstock.sandbox.salesforce;

import io.penstock.sandbox.salesforce.SoqlQuery.Condition;
import io.penstock.sandbox.salesforce.SoqlQuery.Kind;
import io.penstock.sandbox.salesforce.SoqlQuery.Literal;
import io.penstock.sandbox.salesforce.SoqlQuery.Operator;
import io.penstock.sandbox.salesforce.SoqlQuery.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses the part of SOQL that clients of records use: one object, a WHERE of comparisons, IN and LIKE, ORDER BY, LIMIT, OFFSET. What is beyond it is
 * refused as MALFORMED_QUERY, never ignored. As in the original, AND and OR may not be mixed without parentheses.
 */
final class SoqlParser {
    private static final Pattern TOKEN = Pattern.compile("\\s*+(?:"
            + "(?<datetime>\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d++)?(?:Z|[+-]\\d{2}:?\\d{2}))"
            + "|(?<date>\\d{4}-\\d{2}-\\d{2})"
            + "|(?<number>[+-]?\\d++(?:\\.\\d++)?)"
            + "|(?<text>'(?:[^'\\\\]++|\\\\.)*+')"
            + "|(?<word>[A-Za-z_][A-Za-z0-9_.]*+)"
            + "|(?<symbol>!=|<>|<=|>=|[=<>(),]))");

    private record Token(@Nullable Kind literal, String text) {
        boolean is(String expected) {
            return literal == null && text.equalsIgnoreCase(expected);
        }
    }

    private static final Token END = new Token(null, "<EOF>");

    private final List<Token> tokens;
    private int next;

    private SoqlParser(List<Token> tokens) {
        this.tokens = tokens;
    }

    /** Throws an {@link ApiException} with MALFORMED_QUERY. */
    static SoqlQuery parse(String soql) {
        return new SoqlParser(tokens(soql)).query();
    }

    private static List<Token> tokens(String soql) {
        List<Token> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(soql);
        int at = 0;
        while (at < soql.length() && !soql.substring(at).isBlank()) {
            if (!matcher.find(at) || matcher.start() != at) {
                throw malformed(
                        "unexpected token: '" + soql.substring(at).strip().charAt(0) + "'");
            }
            tokens.add(token(matcher));
            at = matcher.end();
        }
        return tokens;
    }

    private static Token token(Matcher matcher) {
        String text = matcher.group("text");
        if (text != null) {
            return new Token(Kind.TEXT, unescape(text.substring(1, text.length() - 1)));
        }
        String word = matcher.group("word");
        if (word != null) {
            return switch (word.toLowerCase(Locale.ROOT)) {
                case "null" -> new Token(Kind.NULL, word);
                case "true", "false" -> new Token(Kind.BOOLEAN, word.toLowerCase(Locale.ROOT));
                default -> new Token(null, word);
            };
        }
        if (matcher.group("datetime") != null) {
            return new Token(Kind.DATETIME, matcher.group("datetime"));
        }
        if (matcher.group("date") != null) {
            return new Token(Kind.DATE, matcher.group("date"));
        }
        return matcher.group("number") != null
                ? new Token(Kind.NUMBER, matcher.group("number"))
                : new Token(null, matcher.group("symbol"));
    }

    /** {@code \%} and {@code \_} keep their backslash, because LIKE has to see it. */
    private static String unescape(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character != '\\' || i + 1 == text.length()) {
                plain.append(character);
                continue;
            }
            char escaped = text.charAt(++i);
            switch (escaped) {
                case 'n', 'N' -> plain.append('\n');
                case 'r', 'R' -> plain.append('\r');
                case 't', 'T' -> plain.append('\t');
                case 'b', 'B' -> plain.append('\b');
                case 'f', 'F' -> plain.append('\f');
                case '%', '_' -> plain.append('\\').append(escaped);
                case '\'', '"', '\\' -> plain.append(escaped);
                default -> throw malformed("Illegal character sequence '\\" + escaped + "'");
            }
        }
        return plain.toString();
    }

    private SoqlQuery query() {
        expect("SELECT");
        List<String> fields = new ArrayList<>();
        if (peek().is("COUNT")) {
            take();
            expect("(");
            expect(")");
        } else {
            do {
                String field = name();
                if (field.equalsIgnoreCase("FIELDS") && accept("(")) {
                    field = "FIELDS(" + name() + ")";
                    expect(")");
                }
                fields.add(field);
            } while (accept(","));
        }
        expect("FROM");
        String from = name();
        Condition where = accept("WHERE") ? condition() : null;
        List<Order> order = accept("ORDER") ? order() : List.of();
        int limit = accept("LIMIT") ? number() : -1;
        int offset = accept("OFFSET") ? number() : 0;
        if (next < tokens.size()) {
            throw unexpected(peek());
        }
        return new SoqlQuery(List.copyOf(fields), from, where, order, limit, offset);
    }

    private List<Order> order() {
        expect("BY");
        List<Order> order = new ArrayList<>();
        do {
            String field = name();
            boolean descending = accept("DESC");
            if (!descending) {
                accept("ASC");
            }
            boolean nullsLast = false;
            if (accept("NULLS")) {
                nullsLast = accept("LAST");
                if (!nullsLast) {
                    expect("FIRST");
                }
            }
            order.add(new Order(field, descending, nullsLast));
        } while (accept(","));
        return order;
    }

    private Condition condition() {
        Condition first = single();
        String connective = peek().is("AND") ? "AND" : "OR";
        if (!peek().is(connective)) {
            return first;
        }
        List<Condition> parts = new ArrayList<>(List.of(first));
        while (accept(connective)) {
            parts.add(single());
        }
        if (peek().is("AND") || peek().is("OR")) {
            throw unexpected(peek());
        }
        return connective.equals("AND") ? new Condition.And(parts) : new Condition.Or(parts);
    }

    private Condition single() {
        if (accept("NOT")) {
            return new Condition.Not(single());
        }
        if (accept("(")) {
            Condition inner = condition();
            expect(")");
            return inner;
        }
        String field = name();
        boolean negated = accept("NOT");
        if (negated || peek().is("IN")) {
            expect("IN");
            expect("(");
            List<Literal> values = new ArrayList<>();
            do {
                values.add(literal());
            } while (accept(","));
            expect(")");
            return new Condition.In(field, negated, values);
        }
        Token operator = take();
        return new Condition.Comparison(field, operator(operator), literal());
    }

    private static Operator operator(Token token) {
        return switch (token.literal() == null ? token.text().toUpperCase(Locale.ROOT) : "") {
            case "=" -> Operator.EQUAL;
            case "!=", "<>" -> Operator.NOT_EQUAL;
            case "<" -> Operator.LESS;
            case "<=" -> Operator.LESS_OR_EQUAL;
            case ">" -> Operator.GREATER;
            case ">=" -> Operator.GREATER_OR_EQUAL;
            case "LIKE" -> Operator.LIKE;
            default -> throw unexpected(token);
        };
    }

    private Literal literal() {
        Token token = take();
        if (token.literal() == null) {
            throw unexpected(token);
        }
        return new Literal(token.literal(), token.text());
    }

    private String name() {
        Token token = take();
        if (token.literal() != null
                || !Character.isJavaIdentifierStart(token.text().charAt(0))) {
            throw unexpected(token);
        }
        return token.text();
    }

    private int number() {
        Token token = take();
        try {
            return Integer.parseInt(token.text());
        } catch (NumberFormatException e) {
            throw unexpected(token);
        }
    }

    private Token peek() {
        return next < tokens.size() ? tokens.get(next) : END;
    }

    private Token take() {
        Token token = peek();
        next++;
        return token;
    }

    private boolean accept(String word) {
        boolean is = peek().is(word);
        if (is) {
            next++;
        }
        return is;
    }

    private void expect(String word) {
        Token token = take();
        if (!token.is(word)) {
            throw unexpected(token);
        }
    }

    private static ApiException unexpected(Token token) {
        return malformed("unexpected token: '" + token.text() + "'");
    }

    private static ApiException malformed(String message) {
        return new ApiException(400, "MALFORMED_QUERY", message);
    }
}
