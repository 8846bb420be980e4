package io.penstock.sandbox.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stripe's search language: clauses joined all by AND or all by OR.
 *
 * <pre>
 * email:'a@b.c'   name~'par'   -phone:null   metadata['key']:'value'   created&gt;=1700000000
 * </pre>
 */
record SearchQuery(List<Clause> clauses, boolean any) {
    private static final int MOST_CLAUSES = 10;
    private static final int SHORTEST_PART = 3;
    private static final Pattern CLAUSE =
            Pattern.compile("\\s*(?<not>-)?(?<field>\\w+)(\\[(?<kq>[\"'])(?<key>.*?)\\k<kq>])?"
                    + "\\s*(?<operator>:|~|>=|<=|>|<)\\s*"
                    + "((?<vq>[\"'])(?<text>(?:\\\\.|(?!\\k<vq>).)*)\\k<vq>|(?<bare>[\\w.-]+))");
    private static final Pattern JOIN = Pattern.compile("\\s+(and|or)\\s+", Pattern.CASE_INSENSITIVE);

    /** @param value null stands for the word null: the member is there or not */
    record Clause(
            boolean not,
            String field,
            @Nullable String key,
            String operator,
            @Nullable String value) {
        boolean matches(ObjectNode record) {
            JsonNode found = record.path(field);
            return holds(key == null ? found : found.path(key)) != not;
        }

        private boolean holds(JsonNode found) {
            if (value == null) {
                return found.isNull() || found.isMissingNode();
            }
            if (found.isNull() || found.isMissingNode()) {
                return false;
            }
            String text = found.asText().toLowerCase(Locale.ROOT);
            String wanted = value.toLowerCase(Locale.ROOT);
            return switch (operator) {
                case ":" -> text.equals(wanted);
                case "~" -> text.contains(wanted);
                case ">" -> found.asLong() > Long.parseLong(value);
                case ">=" -> found.asLong() >= Long.parseLong(value);
                case "<" -> found.asLong() < Long.parseLong(value);
                default -> found.asLong() <= Long.parseLong(value);
            };
        }
    }

    boolean matches(ObjectNode record) {
        return any
                ? clauses.stream().anyMatch(clause -> clause.matches(record))
                : clauses.stream().allMatch(clause -> clause.matches(record));
    }

    /** @param fields the fields of the type, with whether they are numbers; metadata is always one */
    static SearchQuery parse(String text, Map<String, Boolean> fields) {
        List<Clause> clauses = new ArrayList<>();
        String joined = "";
        int at = 0;
        while (true) {
            Matcher clause = CLAUSE.matcher(text).region(at, text.length());
            if (!clause.lookingAt()) {
                throw unreadable(text);
            }
            clauses.add(clause(clause, fields));
            at = clause.end();
            if (text.substring(at).isBlank()) {
                break;
            }
            Matcher join = JOIN.matcher(text).region(at, text.length());
            if (!join.lookingAt()) {
                throw unreadable(text);
            }
            String word = join.group(1).toLowerCase(Locale.ROOT);
            if (!joined.isEmpty() && !joined.equals(word)) {
                throw invalid("You can't combine AND and OR in the same query.");
            }
            joined = word;
            at = join.end();
        }
        if (clauses.size() > MOST_CLAUSES) {
            throw invalid("A query can have at most " + MOST_CLAUSES + " clauses.");
        }
        return new SearchQuery(clauses, joined.equals("or"));
    }

    private static Clause clause(Matcher clause, Map<String, Boolean> fields) {
        String field = clause.group("field");
        String key = clause.group("key");
        String operator = clause.group("operator");
        boolean metadata = field.equals("metadata") && key != null;
        if (!metadata && !fields.containsKey(field)) {
            throw invalid("Field `" + field + "` is an unsupported search field.");
        }
        boolean number = fields.getOrDefault(field, false);
        String text = clause.group("text");
        String bare = clause.group("bare");
        String value = text == null ? bare : text.replaceAll("\\\\(.)", "$1");
        boolean none = text == null && "null".equals(bare);
        if (operator.equals("~") && (number || metadata || value.length() < SHORTEST_PART)) {
            throw invalid("The substring match `~` takes a text field and at least " + SHORTEST_PART + " characters.");
        }
        if (number && !none && !value.matches("\\d{1,18}")
                || !number && !operator.equals(":") && !operator.equals("~")) {
            throw invalid("Field `" + field + "` does not support the value or operator of this clause.");
        }
        return new Clause(clause.group("not") != null, field, key, operator, none ? null : value);
    }

    private static StripeException unreadable(String text) {
        return invalid("We were unable to parse your search query: " + text);
    }

    private static StripeException invalid(String message) {
        return StripeException.invalid(null, message, "query");
    }
}
