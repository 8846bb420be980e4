package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.salesforce.SoqlQuery.Condition;
import io.penstock.sandbox.salesforce.SoqlQuery.Kind;
import io.penstock.sandbox.salesforce.SoqlQuery.Literal;
import io.penstock.sandbox.salesforce.SoqlQuery.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Turns a parsed condition into a predicate on records. Text compares without regard to case, ids with it; {@code !=} and {@code NOT IN} are true for
 * null, all other comparisons with null false.
 */
final class SoqlCondition {
    private final SalesforceObject type;

    SoqlCondition(SalesforceObject type) {
        this.type = type;
    }

    Predicate<ObjectNode> compile(Condition condition) {
        return switch (condition) {
            case Condition.And(List<Condition> all) ->
                all.stream().map(this::compile).reduce(Predicate::and).orElseThrow();
            case Condition.Or(List<Condition> any) ->
                any.stream().map(this::compile).reduce(Predicate::or).orElseThrow();
            case Condition.Not(Condition negated) -> compile(negated).negate();
            case Condition.Comparison(String name, Operator operator, Literal value) ->
                comparison(filterable(name), operator, value);
            case Condition.In(String name, boolean negated, List<Literal> values) -> {
                SalesforceField field = filterable(name);
                List<Predicate<ObjectNode>> any = new ArrayList<>();
                values.forEach(value -> any.add(comparison(field, Operator.EQUAL, value)));
                Predicate<ObjectNode> in = any.stream().reduce(Predicate::or).orElseThrow();
                yield negated ? in.negate() : in;
            }
        };
    }

    /** The field, or the error of the API when there is none. */
    static SalesforceField field(SalesforceObject type, String name) {
        SalesforceField field = type.field(name);
        if (field == null) {
            throw new ApiException(
                    400,
                    "INVALID_FIELD",
                    "No such column '" + name + "' on entity '" + type.name()
                            + "'. If you are attempting to use a custom field, be sure to append the '__c' after the"
                            + " custom field name. Please reference your WSDL or the describe call for the appropriate"
                            + " names.");
        }
        return field;
    }

    private SalesforceField filterable(String name) {
        SalesforceField field = field(type, name);
        if (!field.filterable()) {
            throw new ApiException(
                    400, "INVALID_FIELD", "field '" + field.name() + "' can not be filtered in a query call");
        }
        return field;
    }

    private static Predicate<ObjectNode> comparison(SalesforceField field, Operator operator, Literal literal) {
        if (literal.kind() == Kind.NULL) {
            return switch (operator) {
                case EQUAL -> record -> record.path(field.name()).isNull();
                case NOT_EQUAL -> record -> !record.path(field.name()).isNull();
                case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL, LIKE -> record -> false;
            };
        }
        String value = checked(field, literal);
        if (operator == Operator.LIKE) {
            Pattern pattern = like(value);
            return record -> record.path(field.name()).isTextual()
                    && pattern.matcher(record.path(field.name()).textValue()).matches();
        }
        return record -> {
            JsonNode held = record.path(field.name());
            if (held.isNull()) {
                return operator == Operator.NOT_EQUAL;
            }
            return holds(operator, compare(field, held, value));
        };
    }

    private static boolean holds(Operator operator, int comparison) {
        return switch (operator) {
            case EQUAL -> comparison == 0;
            case NOT_EQUAL -> comparison != 0;
            case LESS -> comparison < 0;
            case LESS_OR_EQUAL -> comparison <= 0;
            case GREATER -> comparison > 0;
            case GREATER_OR_EQUAL -> comparison >= 0;
            case LIKE -> throw new IllegalStateException("LIKE does not compare");
        };
    }

    private static int compare(SalesforceField field, JsonNode held, String value) {
        return switch (field.type()) {
            case STRING, EMAIL, PHONE, URL, TEXTAREA, PICKLIST ->
                held.textValue().compareToIgnoreCase(value);
            case ID, REFERENCE, DATE, DATETIME -> held.textValue().compareTo(value);
            case BOOLEAN -> Boolean.compare(held.booleanValue(), Boolean.parseBoolean(value));
            case DOUBLE, CURRENCY, INT -> Double.compare(held.doubleValue(), Double.parseDouble(value));
        };
    }

    /** The literal in the form in which the field's values are held; the API's error when it is of a wrong kind. */
    private static String checked(SalesforceField field, Literal literal) {
        return switch (field.type()) {
            case STRING, EMAIL, PHONE, URL, TEXTAREA, PICKLIST -> of(Kind.TEXT, field, literal);
            case ID, REFERENCE -> {
                String text = of(Kind.TEXT, field, literal);
                String id = SalesforceId.normalize(text);
                if (id == null) {
                    throw new ApiException(400, "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: " + text);
                }
                yield id;
            }
            case BOOLEAN -> of(Kind.BOOLEAN, field, literal);
            case DOUBLE, CURRENCY, INT -> of(Kind.NUMBER, field, literal);
            case DATE -> of(Kind.DATE, field, literal);
            case DATETIME -> Objects.requireNonNull(SalesforceTime.canonical(of(Kind.DATETIME, field, literal)));
        };
    }

    private static String of(Kind kind, SalesforceField field, Literal literal) {
        if (literal.kind() != kind) {
            String soap = field.type().soapType();
            throw new ApiException(
                    400,
                    "INVALID_FIELD",
                    "value of filter criterion for field '" + field.name() + "' must be of type "
                            + soap.substring(soap.indexOf(':') + 1)
                            + (kind == Kind.TEXT
                                    ? " and should be enclosed in quotes"
                                    : literal.kind() == Kind.TEXT ? " and should not be enclosed in quotes" : ""));
        }
        return literal.text();
    }

    private static Pattern like(String pattern) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char character = pattern.charAt(i);
            if (character == '\\' && i + 1 < pattern.length()) {
                regex.append(Pattern.quote(String.valueOf(pattern.charAt(++i))));
            } else if (character == '%') {
                regex.append(".*");
            } else if (character == '_') {
                regex.append('.');
            } else {
                regex.append(Pattern.quote(String.valueOf(character)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
    }
}
