package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.github.GraphQl.Type;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs one operation: its fields in their order, mutations one after the other, each failure at its own path. */
final class GraphQlExecutor {
    private final GraphQlSchema schema;
    private final GraphQlInputs inputs;
    private final GraphQlResolver resolver;
    private final GraphQlMutations mutations;
    private final GraphQl.Document document;
    private final ObjectNode variables;
    private final GitHubTokens.Caller caller;
    private final Fault.@Nullable RefuseRecords refusal;
    private final ArrayNode errors = Json.array();
    private int mutationsLeft;
    private int rows;

    /** @param mostMutations how many are done before the request is cut off */
    GraphQlExecutor(
            GraphQlSchema schema,
            GraphQlResolver resolver,
            GraphQlMutations mutations,
            GraphQl.Document document,
            ObjectNode variables,
            GitHubTokens.Caller caller,
            Fault.@Nullable RefuseRecords refusal,
            int mostMutations) {
        this.schema = schema;
        this.inputs = new GraphQlInputs(schema);
        this.resolver = resolver;
        this.mutations = mutations;
        this.document = document;
        this.variables = variables;
        this.caller = caller;
        this.refusal = refusal;
        this.mutationsLeft = mostMutations;
    }

    /** The request took longer than GitHub lets one take; what was done is done. */
    static final class CutOff extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CutOff() {
            super("cut off", null, false, false);
        }
    }

    ArrayNode errors() {
        return errors;
    }

    /** How many records the operation wrote or read. */
    int rows() {
        return rows;
    }

    ObjectNode run(GraphQl.Operation operation) {
        boolean query = operation.kind().equals("query");
        String type = query ? "Query" : "Mutation";
        ObjectNode data = Json.object();
        Map<String, List<GraphQl.Field>> all = collect(type, operation.selections());
        // A wrong value is found before anything is done, whichever field has it.
        all.values().stream()
                .map(List::getFirst)
                .filter(field -> !field.name().equals("__typename"))
                .forEach(field -> inputs.arguments(field, known(type, field), variables));
        all.forEach((alias, fields) -> {
            GraphQl.Field field = fields.getFirst();
            if (!query && mutationsLeft-- <= 0) {
                throw new CutOff();
            }
            List<Object> path = new ArrayList<>(List.of(alias));
            data.set(alias, top(type, field, fields, path));
        });
        return data;
    }

    private JsonNode top(String typeName, GraphQl.Field field, List<GraphQl.Field> fields, List<Object> path) {
        if (field.name().equals("__typename")) {
            return Json.object().textNode(typeName);
        }
        GraphQlSchema.FieldType type = known(typeName, field);
        try {
            ObjectNode arguments = inputs.arguments(field, type, variables);
            if (field.name().equals("nodes")) {
                return nodes(arguments.path("ids"), fields, path);
            }
            Object value = typeName.equals("Query")
                    ? resolver.query(field.name(), arguments)
                    : mutations.run(field.name(), GraphQlMutations.input(arguments), caller, refusal);
            rows += value instanceof Issue || typeName.equals("Mutation") ? 1 : 0;
            return complete(type.type(), value, fields, path);
        } catch (GraphQlException e) {
            return failed(e, field, path);
        }
    }

    /** Each of the nodes on its own: one that is not there is null, and has an error at its index. */
    private JsonNode nodes(JsonNode ids, List<GraphQl.Field> fields, List<Object> path) {
        if (ids.size() > 100) {
            throw GraphQlException.failed(
                    "ARGUMENT_LIMIT", "You may not provide more than 100 node ids; you provided " + ids.size() + ".");
        }
        ArrayNode list = Json.array();
        for (int i = 0; i < ids.size(); i++) {
            List<Object> inner = with(path, i);
            try {
                Object node = resolver.node(ids.get(i).asText());
                rows++;
                list.add(object(node, fields, inner));
            } catch (GraphQlException e) {
                list.add(failed(e, fields.getFirst(), inner));
            }
        }
        return list;
    }

    private JsonNode failed(GraphQlException failure, GraphQl.Field field, List<Object> path) {
        ObjectNode error = Json.object();
        ObjectNode json = failure.json(field.at());
        if (json.has("type")) {
            error.set("type", json.remove("type"));
        }
        ArrayNode where = error.putArray("path");
        path.forEach(part -> {
            if (part instanceof Integer index) {
                where.add(index);
            } else {
                where.add(part.toString());
            }
        });
        error.setAll(json);
        errors.add(error);
        return error.nullNode();
    }

    private JsonNode complete(Type type, @Nullable Object value, List<GraphQl.Field> fields, List<Object> path) {
        if (value == null) {
            return Json.object().nullNode();
        }
        if (type.of() != null) {
            ArrayNode list = Json.array();
            int index = 0;
            for (Object item : (List<?>) value) {
                rows += item instanceof Issue ? 1 : 0;
                list.add(complete(type.of(), item, fields, with(path, index++)));
            }
            return list;
        }
        return switch (value) {
            case String text -> Json.object().textNode(text);
            case Integer number -> Json.object().numberNode(number);
            case Long number -> Json.object().numberNode(number);
            case Boolean flag -> Json.object().booleanNode(flag);
            default -> object(value, fields, path);
        };
    }

    private ObjectNode object(Object source, List<GraphQl.Field> parents, List<Object> path) {
        String typeName = GraphQlResolver.typeOf(source);
        List<GraphQl.Selection> selections = new ArrayList<>();
        parents.forEach(parent -> selections.addAll(parent.selections()));
        ObjectNode object = Json.object();
        collect(typeName, selections).forEach((alias, fields) -> {
            GraphQl.Field field = fields.getFirst();
            List<Object> inner = with(path, alias);
            if (field.name().equals("__typename")) {
                object.put(alias, typeName);
                return;
            }
            GraphQlSchema.FieldType type = known(typeName, field);
            try {
                Object value = resolver.field(source, field.name(), inputs.arguments(field, type, variables));
                object.set(alias, complete(type.type(), value, fields, inner));
            } catch (GraphQlException e) {
                object.set(alias, failed(e, field, inner));
            }
        });
        return object;
    }

    private GraphQlSchema.FieldType known(String typeName, GraphQl.Field field) {
        GraphQlSchema.Composite type = schema.composite(typeName);
        GraphQlSchema.FieldType known = type == null ? null : type.fields().get(field.name());
        if (known == null) {
            throw new IllegalStateException("validation let through " + typeName + "." + field.name());
        }
        return known;
    }

    /** The fields that the selections come to for an object of this type, by alias; those of one alias are merged. */
    private Map<String, List<GraphQl.Field>> collect(String typeName, List<GraphQl.Selection> selections) {
        Map<String, List<GraphQl.Field>> fields = new LinkedHashMap<>();
        collect(typeName, selections, fields);
        return fields;
    }

    private void collect(String typeName, List<GraphQl.Selection> selections, Map<String, List<GraphQl.Field>> into) {
        for (GraphQl.Selection selection : selections) {
            if (selection.directives().stream().anyMatch(this::leavesOut)) {
                continue;
            }
            switch (selection) {
                case GraphQl.Field field ->
                    into.computeIfAbsent(field.alias(), alias -> new ArrayList<>())
                            .add(field);
                case GraphQl.Inline inline -> {
                    if (inline.on() == null || GraphQlSchema.is(typeName, inline.on())) {
                        collect(typeName, inline.selections(), into);
                    }
                }
                case GraphQl.Spread spread -> {
                    GraphQl.Fragment fragment = document.fragments().get(spread.fragment());
                    if (fragment != null && GraphQlSchema.is(typeName, fragment.on())) {
                        collect(typeName, fragment.selections(), into);
                    }
                }
            }
        }
    }

    private boolean leavesOut(GraphQl.Directive directive) {
        GraphQl.Value condition = directive.arguments().get("if");
        boolean on = switch (condition) {
            case GraphQl.Reference reference ->
                variables.path(reference.variable()).asBoolean();
            case GraphQl.Literal literal -> literal.value().asBoolean();
            case null, default -> false;
        };
        return directive.name().equals("skip") ? on : directive.name().equals("include") && !on;
    }

    private static List<Object> with(List<Object> path, Object part) {
        List<Object> longer = new ArrayList<>(path);
        longer.add(part);
        return longer;
    }
}
