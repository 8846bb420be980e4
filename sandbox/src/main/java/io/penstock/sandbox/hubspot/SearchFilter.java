package io.penstock.sandbox.hubspot;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One condition of a search.
 *
 * @param high the upper bound of BETWEEN
 * @param values those of IN and NOT_IN
 */
record SearchFilter(HubSpotProperty property, String operator, String value, String high, List<String> values) {
    private static final Set<String> OPERATORS = Set.of(
            "EQ",
            "NEQ",
            "LT",
            "LTE",
            "GT",
            "GTE",
            "BETWEEN",
            "IN",
            "NOT_IN",
            "HAS_PROPERTY",
            "NOT_HAS_PROPERTY",
            "CONTAINS_TOKEN",
            "NOT_CONTAINS_TOKEN");

    static SearchFilter read(HubSpotObject type, JsonNode json) {
        String name = json.path("propertyName").asText();
        HubSpotProperty property = type.property(name);
        if (property == null) {
            throw new ApiException(400, "VALIDATION_ERROR", "Property \"" + name + "\" does not exist");
        }
        String operator = json.path("operator").asText();
        if (!OPERATORS.contains(operator)) {
            throw ApiException.badInput(
                    "operator must be one of " + OPERATORS.stream().sorted().toList());
        }
        List<String> values = new ArrayList<>();
        json.path("values").forEach(value -> values.add(value.asText()));
        return new SearchFilter(
                property,
                operator,
                json.path("value").asText(),
                json.path("highValue").asText(),
                values);
    }

    boolean matches(HubSpotRecord record) {
        String actual = record.properties().get(property.name());
        return switch (operator) {
            case "HAS_PROPERTY" -> actual != null;
            case "NOT_HAS_PROPERTY" -> actual == null;
            case "EQ" -> equal(actual, value);
            case "NEQ" -> !equal(actual, value);
            case "IN" -> values.stream().anyMatch(each -> equal(actual, each));
            case "NOT_IN" -> values.stream().noneMatch(each -> equal(actual, each));
            case "CONTAINS_TOKEN" -> contains(actual);
            case "NOT_CONTAINS_TOKEN" -> !contains(actual);
            case "LT" -> actual != null && compare(property, actual, value) < 0;
            case "LTE" -> actual != null && compare(property, actual, value) <= 0;
            case "GT" -> actual != null && compare(property, actual, value) > 0;
            case "GTE" -> actual != null && compare(property, actual, value) >= 0;
            case "BETWEEN" ->
                actual != null && compare(property, actual, value) >= 0 && compare(property, actual, high) <= 0;
            default -> throw new IllegalStateException("an operator that read() lets through: " + operator);
        };
    }

    private boolean equal(@Nullable String actual, String wanted) {
        return actual != null && compare(property, actual, wanted) == 0;
    }

    /** Tokens are words; an asterisk stands for any characters of one. */
    private boolean contains(@Nullable String actual) {
        if (actual == null) {
            return false;
        }
        String pattern = ("\\Q" + value.toLowerCase(Locale.ROOT) + "\\E").replace("*", "\\E.*\\Q");
        String text = actual.toLowerCase(Locale.ROOT);
        if (text.matches(pattern)) {
            return true;
        }
        for (String token : text.split("[\\s@.,;]+")) {
            if (token.matches(pattern)) {
                return true;
            }
        }
        return false;
    }

    /** As the property's type compares: numbers and times by their value, text whatever its case. */
    static int compare(HubSpotProperty property, String left, String right) {
        try {
            return switch (property.type()) {
                case NUMBER -> new BigDecimal(left).compareTo(new BigDecimal(right.strip()));
                case DATE, DATETIME -> PropertyType.dateTime(left).compareTo(PropertyType.dateTime(right));
                case STRING, EMAIL, PHONE, TEXTAREA, ENUMERATION, CHECKBOXES, BOOLEAN ->
                    left.compareToIgnoreCase(right);
            };
        } catch (NumberFormatException | PropertyType.InvalidValue e) {
            throw new ApiException(
                    400, "VALIDATION_ERROR", "Value " + right + " is not valid for property " + property.name());
        }
    }
}
