package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a record as the API's deserializer does, before any record is looked at: what it cannot read refuses the whole request.
 *
 * <p>Text is trimmed and an empty one is null, which is how canonical rows come to differ from what was sent.
 */
final class RecordInput {
    private RecordInput() {}

    /** The values by field. {@code attributes} is left out, and so is the id when {@code idAllowed}. */
    static Map<SalesforceField, JsonNode> read(SalesforceObject type, ObjectNode json, boolean idAllowed) {
        Map<SalesforceField, JsonNode> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> member : json.properties()) {
            String name = member.getKey();
            if (name.equals("attributes")) {
                continue;
            }
            if (name.equalsIgnoreCase("id")) {
                if (idAllowed) {
                    continue;
                }
                throw new ApiException(
                        400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.");
            }
            SalesforceField field = type.field(name);
            if (field == null) {
                throw new ApiException(
                        400, "INVALID_FIELD", "No such column '" + name + "' on sobject of type " + type.name());
            }
            values.put(field, value(field, member.getValue()));
        }
        return values;
    }

    private static JsonNode value(SalesforceField field, JsonNode json) {
        if (json.isNull()) {
            return NullNode.instance;
        }
        JsonNode value = switch (field.type()) {
            case STRING, EMAIL, PHONE, URL, TEXTAREA, PICKLIST, ID, REFERENCE -> text(json);
            case BOOLEAN -> bool(json);
            case DOUBLE, CURRENCY -> number(json, field.scale());
            case INT -> integer(json);
            case DATE -> json.isTextual() ? textOrNull(SalesforceTime.canonicalDate(json.textValue())) : null;
            case DATETIME -> json.isTextual() ? textOrNull(SalesforceTime.canonical(json.textValue())) : null;
        };
        if (value == null) {
            throw new ApiException(
                    400,
                    "JSON_PARSER_ERROR",
                    "Cannot deserialize instance of " + field.type().describedAs() + " from " + token(json) + " value "
                            + json.asText() + " or request may be missing a required field at [line:1, column:1]");
        }
        return value;
    }

    private static @Nullable JsonNode text(JsonNode json) {
        if (!json.isTextual()) {
            return null;
        }
        String trimmed = json.textValue().strip();
        return trimmed.isEmpty() ? NullNode.instance : TextNode.valueOf(trimmed);
    }

    private static @Nullable JsonNode textOrNull(@Nullable String text) {
        return text == null ? null : TextNode.valueOf(text);
    }

    private static @Nullable JsonNode bool(JsonNode json) {
        if (json.isBoolean()) {
            return json;
        }
        return switch (json.isTextual() ? json.textValue() : "") {
            case "true" -> BooleanNode.TRUE;
            case "false" -> BooleanNode.FALSE;
            default -> null;
        };
    }

    private static @Nullable JsonNode number(JsonNode json, int scale) {
        BigDecimal number = decimal(json);
        return number == null
                ? null
                : DoubleNode.valueOf(
                        number.setScale(scale, RoundingMode.HALF_UP).doubleValue());
    }

    private static @Nullable JsonNode integer(JsonNode json) {
        BigDecimal number = decimal(json);
        try {
            return number == null ? null : IntNode.valueOf(number.intValueExact());
        } catch (ArithmeticException e) {
            return null;
        }
    }

    private static @Nullable BigDecimal decimal(JsonNode json) {
        try {
            return json.isNumber() || json.isTextual() ? new BigDecimal(json.asText()) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static String token(JsonNode json) {
        return switch (json.getNodeType()) {
            case STRING -> "VALUE_STRING";
            case NUMBER -> json.isIntegralNumber() ? "VALUE_NUMBER_INT" : "VALUE_NUMBER_FLOAT";
            case BOOLEAN -> json.booleanValue() ? "VALUE_TRUE" : "VALUE_FALSE";
            case ARRAY -> "START_ARRAY";
            case OBJECT, POJO -> "START_OBJECT";
            case NULL, MISSING, BINARY -> "VALUE_NULL";
        };
    }
}
