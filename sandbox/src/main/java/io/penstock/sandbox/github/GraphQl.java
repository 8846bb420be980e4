package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A GraphQL document as a tree, and the types that one may name. */
final class GraphQl {
    private GraphQl() {}

    /** Where something stands, both from 1. */
    record Position(int line, int column) {}

    record Document(List<Operation> operations, Map<String, Fragment> fragments) {}

    /** @param kind {@code query} or {@code mutation} */
    record Operation(
            String kind, @Nullable String name, List<Variable> variables, List<Selection> selections, Position at) {}

    record Variable(String name, Type type, @Nullable Value preset, Position at) {}

    record Fragment(String name, String on, List<Selection> selections, Position at) {}

    /** What stands between braces. */
    sealed interface Selection {
        List<Directive> directives();

        Position at();
    }

    /** @param alias the name itself where there is no other */
    record Field(
            String alias,
            String name,
            Map<String, Value> arguments,
            List<Directive> directives,
            List<Selection> selections,
            Position at)
            implements Selection {}

    record Spread(String fragment, List<Directive> directives, Position at) implements Selection {}

    record Inline(@Nullable String on, List<Directive> directives, List<Selection> selections, Position at)
            implements Selection {}

    /** {@code @skip} or {@code @include}. */
    record Directive(String name, Map<String, Value> arguments) {}

    /** What an argument may be. */
    sealed interface Value {}

    record Reference(String variable, Position at) implements Value {}

    /** A text, a number, true, false or null. */
    record Literal(JsonNode value) implements Value {}

    record Word(String name) implements Value {}

    record Items(List<Value> values) implements Value {}

    record Members(Map<String, Value> values) implements Value {}

    /**
     * A type as it is written, such as {@code [ID!]!}.
     *
     * @param name of the innermost type
     * @param of the type of the elements, for a list
     */
    record Type(String name, @Nullable Type of, boolean required) {
        @Override
        public String toString() {
            return (of == null ? name : "[" + of + "]") + (required ? "!" : "");
        }
    }
}
