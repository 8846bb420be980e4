package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.sandbox.github.GraphQl.Type;
import io.penstock.sandbox.github.GraphQl.Value;
import io.penstock.sandbox.server.Json;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns arguments and variables into JSON of the types that the schema wants, or says what is wrong with them. */
final class GraphQlInputs {
    private final GraphQlSchema schema;

    GraphQlInputs(GraphQlSchema schema) {
        this.schema = schema;
    }

    /** What is wrong with a value, and where in it. */
    private static final class Unfit extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String path;

        Unfit(String path, String explanation) {
            super(explanation, null, false, false);
            this.path = path;
        }
    }

    /** The variables of an operation with those that were given; one that was not given and has no preset is left out. */
    ObjectNode variables(GraphQl.Operation operation, JsonNode given) {
        ObjectNode variables = Json.object();
        for (GraphQl.Variable variable : operation.variables()) {
            JsonNode value = given.path(variable.name());
            if (value.isMissingNode() && variable.preset() != null) {
                variables.set(variable.name(), literal(variable.preset(), Json.object()));
                continue;
            }
            if (value.isMissingNode() && !variable.type().required()) {
                continue;
            }
            try {
                JsonNode known = value.isMissingNode() ? NullNode.getInstance() : value;
                variables.set(variable.name(), fit(variable.type(), known, ""));
            } catch (Unfit e) {
                throw invalid(variable, value, e);
            }
        }
        return variables;
    }

    private static GraphQlException invalid(GraphQl.Variable variable, JsonNode value, Unfit unfit) {
        ObjectNode extensions = Json.object();
        extensions.set("value", value.isMissingNode() ? NullNode.getInstance() : value);
        ObjectNode problem = extensions.putArray("problems").addObject();
        ArrayNode path = problem.putArray("path");
        if (!unfit.path.isEmpty()) {
            Set.of(unfit.path).forEach(path::add);
        }
        problem.put("explanation", unfit.getMessage());
        String where = unfit.path.isEmpty() ? "" : " for " + unfit.path;
        return GraphQlException.invalid(
                extensions,
                "Variable $" + variable.name() + " of type " + variable.type() + " was provided invalid value" + where
                        + " (" + unfit.getMessage() + ")",
                variable.at());
    }

    /** The arguments of a field, with presets for those that were left out. */
    ObjectNode arguments(GraphQl.Field field, GraphQlSchema.FieldType type, ObjectNode variables) {
        ObjectNode arguments = Json.object();
        type.arguments().forEach((name, argument) -> {
            Value value = field.arguments().get(name);
            JsonNode given = value == null ? null : literal(value, variables);
            if (given == null) {
                if (argument.preset() != null) {
                    arguments.set(name, literal(argument.preset(), variables));
                }
                return;
            }
            try {
                arguments.set(name, fit(argument.type(), given, ""));
            } catch (Unfit e) {
                throw GraphQlException.invalid(
                        "argumentLiteralsIncompatible",
                        "Argument '" + name + "' on Field '" + field.name() + "' has an invalid value (" + given
                                + "). Expected type '" + argument.type() + "'.",
                        field.at(),
                        "typeName",
                        "Field",
                        "argumentName",
                        name);
            }
        });
        return arguments;
    }

    /** The value as JSON; null when it is a variable that was not given. */
    private static @Nullable JsonNode literal(Value value, ObjectNode variables) {
        return switch (value) {
            case GraphQl.Reference reference -> variables.get(reference.variable());
            case GraphQl.Literal(JsonNode node) -> node;
            case GraphQl.Word(String name) -> TextNode.valueOf(name);
            case GraphQl.Items items -> {
                ArrayNode list = Json.array();
                for (Value each : items.values()) {
                    JsonNode item = literal(each, variables);
                    list.add(item == null ? NullNode.getInstance() : item);
                }
                yield list;
            }
            case GraphQl.Members members -> {
                ObjectNode object = Json.object();
                members.values().forEach((name, each) -> {
                    JsonNode member = literal(each, variables);
                    if (member != null) {
                        object.set(name, member);
                    }
                });
                yield object;
            }
        };
    }

    private JsonNode fit(Type type, JsonNode value, String path) {
        if (value.isNull()) {
            if (type.required()) {
                throw new Unfit(path, "Expected value to not be null");
            }
            return value;
        }
        if (type.of() != null) {
            ArrayNode list = Json.array();
            // A single value stands for a list of one.
            Iterable<JsonNode> items = value.isArray() ? value : Set.of(value);
            for (JsonNode item : items) {
                list.add(fit(type.of(), item, path));
            }
            return list;
        }
        Map<String, GraphQlSchema.Argument> members = schema.input(type.name());
        if (members != null) {
            return object(type, members, value);
        }
        Set<String> words = schema.enumeration(type.name());
        boolean fits = words != null
                ? value.isTextual() && words.contains(value.textValue())
                : switch (type.name()) {
                    case "Int" -> value.isInt();
                    case "Boolean" -> value.isBoolean();
                    case "ID" -> value.isTextual() || value.isIntegralNumber();
                    default -> value.isTextual();
                };
        if (!fits) {
            throw new Unfit(
                    path,
                    words != null
                            ? "Expected \"" + value.asText() + "\" to be one of: "
                                    + String.join(", ", words.stream().sorted().toList())
                            : "Could not coerce value " + value + " to " + type.name());
        }
        return value;
    }

    private JsonNode object(Type type, Map<String, GraphQlSchema.Argument> members, JsonNode value) {
        if (!value.isObject()) {
            throw new Unfit("", "Expected " + value + " to be a key-value object.");
        }
        ObjectNode object = Json.object();
        value.properties().forEach(member -> {
            if (!members.containsKey(member.getKey())) {
                throw new Unfit(member.getKey(), "Field is not defined on " + type.name());
            }
        });
        members.forEach((name, member) -> {
            JsonNode given = value.path(name);
            if (!given.isMissingNode()) {
                object.set(name, fit(member.type(), given, name));
            } else if (member.type().required()) {
                throw new Unfit(name, "Expected value to not be null");
            }
        });
        return object;
    }
}
