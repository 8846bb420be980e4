package io.penstock.sandbox.airtable;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A formula over one record. Values are texts, numbers, truths, times, or null for a blank. */
sealed interface Formula {
    /** A text or a number that stands in the formula. */
    record Literal(Object value) implements Formula {}

    /** The cell of a field. */
    record Cell(AirtableTable table, AirtableField field) implements Formula {}

    /** Two sides and {@code =}, {@code !=}, {@code <}, {@code <=}, {@code >}, {@code >=} or {@code &} between them. */
    record Binary(String operator, Formula left, Formula right) implements Formula {}

    /** A function by its name in upper case; the parser lets known ones through with as many arguments as they take. */
    record Function(String name, List<Formula> arguments) implements Formula {}

    /** Reads a formula; an {@link ApiException} says why it is none. */
    static Formula parse(AirtableTable table, String text) {
        return new FormulaParser(table, text).parse();
    }

    default boolean holds(AirtableRecord record) {
        return truth(value(record));
    }

    /** The value as text, as {@code &} takes it. */
    default String text(AirtableRecord record) {
        return string(value(record));
    }

    private @Nullable Object value(AirtableRecord record) {
        return switch (this) {
            case Literal(Object value) -> value;
            case Cell(AirtableTable table, AirtableField field) -> cell(field, record.value(table, field));
            case Binary(String operator, Formula left, Formula right) ->
                operator.equals("&")
                        ? left.text(record) + right.text(record)
                        : compares(operator, left.isTime() || right.isTime(), left.value(record), right.value(record));
            case Function(String name, List<Formula> arguments) -> call(name, arguments, record);
        };
    }

    private static @Nullable Object call(String name, List<Formula> arguments, AirtableRecord record) {
        return switch (name) {
            case "AND" -> arguments.stream().allMatch(each -> each.holds(record));
            case "OR" -> arguments.stream().anyMatch(each -> each.holds(record));
            case "NOT" -> !arguments.getFirst().holds(record);
            case "TRUE" -> true;
            case "FALSE" -> false;
            case "BLANK" -> null;
            case "RECORD_ID" -> record.id();
            case "CREATED_TIME" -> record.created();
            case "LAST_MODIFIED_TIME" -> record.modified();
            case "LOWER" -> arguments.getFirst().text(record).toLowerCase(Locale.ROOT);
            case "UPPER" -> arguments.getFirst().text(record).toUpperCase(Locale.ROOT);
            case "FIND" -> find(arguments, record);
            case "DATETIME_PARSE" -> time(arguments.getFirst().value(record));
            case "IS_AFTER" -> order(arguments, record) > 0;
            case "IS_BEFORE" -> order(arguments, record) < 0;
            case "IS_SAME" -> order(arguments, record) == 0;
            default -> throw new IllegalStateException("a function that the parser lets through: " + name);
        };
    }

    /** Where a text begins in another one, from 1, not before the third argument; 0 where it does not stand there. */
    private static BigDecimal find(List<Formula> arguments, AirtableRecord record) {
        int start = arguments.size() < 3
                ? 1
                : number(arguments.get(2).value(record)).intValue();
        String where = arguments.get(1).text(record);
        return BigDecimal.valueOf(where.indexOf(arguments.getFirst().text(record), Math.max(0, start - 1)) + 1L);
    }

    /** How two times stand to each other. */
    private static int order(List<Formula> arguments, AirtableRecord record) {
        Instant left = time(arguments.getFirst().value(record));
        Instant right = time(arguments.get(1).value(record));
        if (left == null || right == null) {
            throw ApiException.badFormula("Invalid formula. Please check your formula text.");
        }
        return Integer.signum(left.compareTo(right));
    }

    private static @Nullable Object cell(AirtableField field, @Nullable JsonNode value) {
        if (value == null) {
            return null;
        }
        return switch (field.type()) {
            case NUMBER -> value.decimalValue();
            case CHECKBOX -> value.booleanValue();
            case DATE, DATE_TIME, CREATED, MODIFIED -> time(value.textValue());
            case SELECTS, LINKS ->
                StreamSupport.stream(value.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.joining(", "));
            case TEXT, LONG_TEXT, EMAIL, URL, PHONE, SELECT, FORMULA -> value.asText();
        };
    }

    /** Whether it is a time wherever it is not blank. */
    private boolean isTime() {
        return switch (this) {
            case Cell(AirtableTable table, AirtableField field) ->
                Set.of(FieldType.DATE, FieldType.DATE_TIME, FieldType.CREATED, FieldType.MODIFIED)
                        .contains(field.type());
            case Function(String name, List<Formula> arguments) ->
                Set.of("CREATED_TIME", "LAST_MODIFIED_TIME", "DATETIME_PARSE").contains(name);
            case Literal literal -> false;
            case Binary binary -> false;
        };
    }

    private static boolean compares(String operator, boolean asTimes, @Nullable Object left, @Nullable Object right) {
        int order;
        if (asTimes) {
            Instant earlier = time(left);
            Instant later = time(right);
            if (earlier == null || later == null) {
                // A time and a blank are different, and neither is less; two blanks are the same.
                return operator.equals(earlier == null && later == null ? "=" : "!=");
            }
            order = earlier.compareTo(later);
        } else if (left instanceof BigDecimal || right instanceof BigDecimal) {
            order = number(left).compareTo(number(right));
        } else if (left instanceof Boolean || right instanceof Boolean) {
            order = Boolean.compare(truth(left), truth(right));
        } else {
            order = string(left).compareTo(string(right));
        }
        return switch (operator) {
            case "=" -> order == 0;
            case "!=" -> order != 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            case ">=" -> order >= 0;
            default -> throw new IllegalStateException("an operator that the parser lets through: " + operator);
        };
    }

    private static boolean truth(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Boolean truth -> truth;
            case BigDecimal number -> number.signum() != 0;
            default -> !value.toString().isEmpty();
        };
    }

    private static String string(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case BigDecimal number -> number.toPlainString();
            case Boolean truth -> truth ? "1" : "";
            case Instant time -> AirtableRecord.time(time);
            default -> value.toString();
        };
    }

    private static BigDecimal number(@Nullable Object value) {
        try {
            return value instanceof BigDecimal number ? number : new BigDecimal(string(value));
        } catch (NumberFormatException e) {
            return BigDecimal.ZERO;
        }
    }

    /** A time, a date's midnight in UTC, or the text of either; null for anything else. */
    static @Nullable Instant time(@Nullable Object value) {
        if (value instanceof Instant time) {
            return time;
        }
        String text = string(value);
        try {
            return text.length() == 10
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
