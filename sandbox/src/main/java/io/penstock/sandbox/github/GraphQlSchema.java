package io.penstock.sandbox.github;

import io.penstock.sandbox.github.GraphQl.Type;
import io.penstock.sandbox.github.GraphQl.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The types that the sandbox knows, read from {@code schema.graphql}. */
final class GraphQlSchema {
    private static final Map<String, Set<String>> POSSIBLE = Map.of(
            "Node", Set.of("Repository", "Issue", "PullRequest", "Label", "Milestone", "User"),
            "Actor", Set.of("User"),
            "RepositoryOwner", Set.of("User"));

    /** @param preset what is taken when the argument is left out */
    record Argument(Type type, @Nullable Value preset) {}

    record FieldType(Type type, Map<String, Argument> arguments) {}

    /** An object or an interface. */
    record Composite(String name, Map<String, FieldType> fields) {}

    private final Map<String, Composite> composites = new LinkedHashMap<>();
    private final Map<String, Map<String, Argument>> inputs = new LinkedHashMap<>();
    private final Map<String, Set<String>> enums = new LinkedHashMap<>();

    private GraphQlSchema(String source) {
        GraphQlParser parser = new GraphQlParser(source);
        while (!parser.atEnd()) {
            String kind = parser.name();
            String name = parser.name();
            parser.expect("{");
            switch (kind) {
                case "type", "interface" -> composites.put(name, new Composite(name, fields(parser)));
                case "input" -> inputs.put(name, arguments(parser, "}"));
                default -> {
                    Set<String> values = new HashSet<>();
                    while (!parser.accept("}")) {
                        values.add(parser.name());
                    }
                    enums.put(name, values);
                }
            }
        }
    }

    static GraphQlSchema read() {
        try (InputStream stream =
                Objects.requireNonNull(GraphQlSchema.class.getResourceAsStream("schema.graphql"), "schema.graphql")) {
            return new GraphQlSchema(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, FieldType> fields(GraphQlParser parser) {
        Map<String, FieldType> fields = new LinkedHashMap<>();
        while (!parser.accept("}")) {
            String field = parser.name();
            Map<String, Argument> arguments = parser.accept("(") ? arguments(parser, ")") : Map.of();
            parser.expect(":");
            fields.put(field, new FieldType(parser.type(), arguments));
        }
        return fields;
    }

    private static Map<String, Argument> arguments(GraphQlParser parser, String end) {
        Map<String, Argument> arguments = new LinkedHashMap<>();
        while (!parser.accept(end)) {
            String name = parser.name();
            parser.expect(":");
            arguments.put(name, new Argument(parser.type(), GraphQlParser.constant(parser)));
        }
        return arguments;
    }

    /** Null for a scalar, an enum, and what is not known. */
    @Nullable
    Composite composite(String name) {
        return composites.get(name);
    }

    @Nullable
    Map<String, Argument> input(String name) {
        return inputs.get(name);
    }

    @Nullable
    Set<String> enumeration(String name) {
        return enums.get(name);
    }

    /** Whether an object of this type is one of what the condition names. */
    static boolean is(String type, String condition) {
        return type.equals(condition)
                || POSSIBLE.getOrDefault(condition, Set.of()).contains(type);
    }
}
