package io.penstock.sandbox.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.sandbox.server.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Turns a form into values, or refuses the first thing that is wrong. What was left out is left out of the values; what was unset is
 * null in them.
 */
final class ParameterReader {
    private static final int MOST_KEYS = 50;
    private static final int LONGEST_KEY = 40;
    private static final int LONGEST_VALUE = 500;
    private static final Set<String> BOUNDS = Set.of("gt", "gte", "lt", "lte");

    private ParameterReader() {}

    static ObjectNode read(List<StripeParameter> known, ObjectNode given) {
        return read(known, given, "");
    }

    /** @param outer the name of the parameter around these, empty at the top */
    private static ObjectNode read(List<StripeParameter> known, ObjectNode given, String outer) {
        List<String> unknown = given.properties().stream()
                .map(Map.Entry::getKey)
                .filter(name ->
                        known.stream().noneMatch(parameter -> parameter.name().equals(name)))
                .map(name -> path(outer, name))
                .toList();
        if (!unknown.isEmpty()) {
            throw StripeException.invalid(
                    "parameter_unknown",
                    "Received unknown parameter" + (unknown.size() > 1 ? "s: " : ": ") + String.join(", ", unknown),
                    unknown.getFirst());
        }
        ObjectNode values = Json.object();
        for (StripeParameter parameter : known) {
            String path = path(outer, parameter.name());
            JsonNode value = given.get(parameter.name());
            if (value == null) {
                if (parameter.presence() == StripeParameter.Presence.REQUIRED) {
                    throw StripeException.invalid("parameter_missing", "Missing required param: " + path + ".", path);
                }
            } else if (value.isTextual() && value.textValue().isEmpty()) {
                if (parameter.presence() != StripeParameter.Presence.CLEARABLE) {
                    throw StripeException.invalid(
                            "parameter_invalid_empty",
                            "You passed an empty string for '" + path
                                    + "'. We assume empty values are an attempt to unset a parameter; however '" + path
                                    + "' cannot be unset. You should remove '" + path
                                    + "' from your request or supply a non-empty value.",
                            path);
                }
                values.set(parameter.name(), NullNode.getInstance());
            } else {
                values.set(parameter.name(), value(parameter.kind(), value, path));
            }
        }
        return values;
    }

    private static String path(String outer, String name) {
        return outer.isEmpty() ? name : outer + "[" + name + "]";
    }

    private static JsonNode value(StripeParameter.Kind kind, JsonNode given, String path) {
        return switch (kind) {
            case StripeParameter.Text(int longest) -> text(scalar(given, path), longest, path);
            case StripeParameter.Email email -> email(scalar(given, path), path);
            case StripeParameter.Whole(long least, long most) -> whole(scalar(given, path), least, most, path);
            case StripeParameter.Decimal decimal -> decimal(scalar(given, path), path);
            case StripeParameter.Flag flag -> flag(scalar(given, path), path);
            case StripeParameter.Choice(List<String> values) -> choice(scalar(given, path), values, path);
            case StripeParameter.Texts texts -> texts(given, path);
            case StripeParameter.Metadata metadata -> metadata(given, path);
            case StripeParameter.Group(List<StripeParameter> members) -> read(members, object(given, path), path);
            case StripeParameter.Range range -> range(given, path);
            case StripeParameter.NotHere notHere ->
                throw StripeException.invalid(
                        "sandbox_unsupported", "Stripe has the parameter " + path + "; this sandbox has not.", path);
        };
    }

    private static String scalar(JsonNode given, String path) {
        if (given.isTextual()) {
            return given.textValue();
        }
        throw StripeException.invalid(null, "Invalid string: " + given, path);
    }

    private static ObjectNode object(JsonNode given, String path) {
        if (given instanceof ObjectNode object) {
            return object;
        }
        throw StripeException.invalid(null, "Invalid object", path);
    }

    private static JsonNode text(String given, int longest, String path) {
        int length = given.codePointCount(0, given.length());
        if (length > longest) {
            throw StripeException.invalid(
                    null,
                    "Invalid string: " + given.substring(0, 10) + "..." + given.substring(given.length() - 6)
                            + "; must be at most " + longest + " characters",
                    path);
        }
        return TextNode.valueOf(given);
    }

    private static JsonNode email(String given, String path) {
        if (!given.matches("[^@\\s]+@[^@\\s.]+(\\.[^@\\s.]+)+")) {
            throw StripeException.invalid("email_invalid", "Invalid email address: " + given, path);
        }
        return text(given, 512, path);
    }

    private static JsonNode whole(String given, long least, long most, String path) {
        if (!given.matches("[+-]?\\d{1,18}")) {
            throw StripeException.invalid("parameter_invalid_integer", "Invalid integer: " + given, path);
        }
        long number = Long.parseLong(given);
        if (number < least) {
            throw StripeException.invalid(
                    "parameter_invalid_integer", "This value must be greater than or equal to " + least + ".", path);
        }
        if (number > most) {
            throw StripeException.invalid(
                    "parameter_invalid_integer",
                    "This value must be less than or equal to " + most + " (it currently is '" + number + "').",
                    path);
        }
        return LongNode.valueOf(number);
    }

    private static JsonNode decimal(String given, String path) {
        if (!given.matches("-?\\d{1,18}(\\.\\d{1,12})?")) {
            throw StripeException.invalid(null, "Invalid decimal: " + given, path);
        }
        return TextNode.valueOf(given);
    }

    private static JsonNode flag(String given, String path) {
        return switch (given.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> BooleanNode.TRUE;
            case "false", "0" -> BooleanNode.FALSE;
            default -> throw StripeException.invalid(null, "Invalid boolean: " + given, path);
        };
    }

    private static JsonNode choice(String given, List<String> values, String path) {
        if (!values.contains(given)) {
            throw StripeException.invalid(null, "Invalid " + path + ": must be one of " + or(values), path);
        }
        return TextNode.valueOf(given);
    }

    private static String or(List<String> values) {
        int last = values.size() - 1;
        return switch (values.size()) {
            case 1 -> values.getFirst();
            case 2 -> values.getFirst() + " or " + values.getLast();
            default -> String.join(", ", values.subList(0, last)) + ", or " + values.get(last);
        };
    }

    private static JsonNode texts(JsonNode given, String path) {
        if (!(given instanceof ObjectNode object)
                || object.properties().stream().anyMatch(each -> !each.getKey().matches("\\d+"))) {
            throw StripeException.invalid(null, "Invalid array", path);
        }
        ArrayNode list = Json.array();
        object.forEach(element -> list.add(scalar(element, path)));
        return list;
    }

    private static JsonNode metadata(JsonNode given, String path) {
        ObjectNode pairs = object(given, path);
        for (Map.Entry<String, JsonNode> pair : pairs.properties()) {
            String key = pair.getKey();
            String value = scalar(pair.getValue(), path(path, key));
            if (key.length() > LONGEST_KEY) {
                throw StripeException.invalid(
                        null,
                        "Metadata keys can have up to 40 characters, but you passed a key that is " + key.length()
                                + " characters. Invalid key: " + key,
                        path);
            }
            if (key.contains("[") || key.contains("]")) {
                throw StripeException.invalid(
                        null, "Metadata keys can't contain square brackets. Invalid key: " + key, path);
            }
            if (value.length() > LONGEST_VALUE) {
                throw StripeException.invalid(
                        null,
                        "Metadata values can have up to 500 characters, but you passed in a value that is "
                                + value.length() + " characters. Invalid value: " + value,
                        path);
            }
        }
        return pairs;
    }

    /** Fails when an object would have more keys than it may. */
    static void checkKeys(JsonNode metadata) {
        if (metadata.size() > MOST_KEYS) {
            throw StripeException.invalid(
                    null,
                    "You can only set up to 50 metadata keys on an object. You tried to set " + metadata.size() + ".",
                    "metadata");
        }
    }

    private static JsonNode range(JsonNode given, String path) {
        ObjectNode bounds = Json.object();
        if (given.isTextual()) {
            JsonNode exact = whole(given.textValue(), 0, Long.MAX_VALUE, path);
            bounds.set("gte", exact);
            bounds.set("lte", exact);
            return bounds;
        }
        given.properties().forEach(bound -> {
            String name = path(path, bound.getKey());
            if (!BOUNDS.contains(bound.getKey())) {
                throw StripeException.invalid("parameter_unknown", "Received unknown parameter: " + name, name);
            }
            bounds.set(bound.getKey(), whole(scalar(bound.getValue(), name), 0, Long.MAX_VALUE, name));
        });
        return bounds;
    }
}
