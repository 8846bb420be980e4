package io.penstock.sandbox.github;

import io.penstock.sandbox.github.GraphQl.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds what a document says that the schema does not know. All of it is found before anything runs. */
final class GraphQlValidator {
    private final GraphQlSchema schema;
    private final GraphQl.Document document;
    private final GraphQl.Operation operation;
    private final List<GraphQlException> problems = new ArrayList<>();
    private final Set<String> used = new HashSet<>();
    private final Set<String> open = new HashSet<>();

    private GraphQlValidator(GraphQlSchema schema, GraphQl.Document document, GraphQl.Operation operation) {
        this.schema = schema;
        this.document = document;
        this.operation = operation;
    }

    static List<GraphQlException> problems(
            GraphQlSchema schema, GraphQl.Document document, GraphQl.Operation operation) {
        GraphQlValidator validator = new GraphQlValidator(schema, document, operation);
        validator.selections(operation.kind().equals("query") ? "Query" : "Mutation", operation.selections());
        validator.variables();
        return validator.problems;
    }

    private void variables() {
        String name = operation.name() == null ? "anonymous " + operation.kind() : operation.name();
        for (GraphQl.Variable variable : operation.variables()) {
            if (!used.contains(variable.name())) {
                problems.add(GraphQlException.invalid(
                        "variableNotUsed",
                        "Variable $" + variable.name() + " is declared by " + name + " but not used",
                        variable.at(),
                        "variableName",
                        variable.name()));
            }
        }
    }

    private void selections(String type, List<GraphQl.Selection> selections) {
        for (GraphQl.Selection selection : selections) {
            selection.directives().forEach(directive -> values(directive.arguments()));
            switch (selection) {
                case GraphQl.Field field -> field(type, field);
                case GraphQl.Inline inline -> selections(inline.on() == null ? type : inline.on(), inline.selections());
                case GraphQl.Spread spread -> spread(spread);
            }
        }
    }

    private void spread(GraphQl.Spread spread) {
        GraphQl.Fragment fragment = document.fragments().get(spread.fragment());
        if (fragment == null) {
            problems.add(GraphQlException.invalid(
                    "useAndDefineFragment",
                    "Fragment " + spread.fragment() + " was used, but not defined",
                    spread.at(),
                    "fragmentName",
                    spread.fragment()));
        } else if (open.add(fragment.name())) {
            selections(fragment.on(), fragment.selections());
            open.remove(fragment.name());
        } else {
            problems.add(GraphQlException.invalid(
                    "infiniteLoop",
                    "Fragment " + fragment.name() + " contains an infinite loop",
                    fragment.at(),
                    "fragmentName",
                    fragment.name()));
        }
    }

    private void field(String typeName, GraphQl.Field field) {
        values(field.arguments());
        if (field.name().equals("__typename")) {
            return;
        }
        GraphQlSchema.Composite type = schema.composite(typeName);
        if (type == null) {
            problems.add(GraphQlException.invalid(
                    "undefinedType", "No such type " + typeName + ", so it can't be a fragment condition", field.at()));
            return;
        }
        GraphQlSchema.FieldType known = type.fields().get(field.name());
        if (known == null) {
            problems.add(GraphQlException.invalid(
                    "undefinedField",
                    "Field '" + field.name() + "' doesn't exist on type '" + typeName + "'",
                    field.at(),
                    "typeName",
                    typeName,
                    "fieldName",
                    field.name()));
            return;
        }
        arguments(field, known);
        boolean composite = schema.composite(known.type().name()) != null;
        if (composite && field.selections().isEmpty()) {
            problems.add(GraphQlException.invalid(
                    "selectionMismatch",
                    "Field must have selections (field '" + field.name() + "' returns "
                            + known.type().name() + " but has no selections. Did you mean '" + field.name()
                            + " { ... }'?)",
                    field.at(),
                    "nodeName",
                    "field '" + field.name() + "'"));
        } else if (!composite && !field.selections().isEmpty()) {
            problems.add(GraphQlException.invalid(
                    "selectionMismatch",
                    "Selections can't be made on scalars (field '" + field.name() + "' returns "
                            + known.type().name() + " but has selections)",
                    field.at(),
                    "nodeName",
                    "field '" + field.name() + "'"));
        } else if (composite) {
            selections(known.type().name(), field.selections());
        }
    }

    private void arguments(GraphQl.Field field, GraphQlSchema.FieldType known) {
        for (String name : field.arguments().keySet()) {
            if (!known.arguments().containsKey(name)) {
                problems.add(GraphQlException.invalid(
                        "argumentNotAccepted",
                        "Field '" + field.name() + "' doesn't accept argument '" + name + "'",
                        field.at(),
                        "name",
                        field.name(),
                        "argumentName",
                        name));
            }
        }
        List<String> missing = known.arguments().entrySet().stream()
                .filter(argument -> argument.getValue().type().required()
                        && !field.arguments().containsKey(argument.getKey()))
                .map(Map.Entry::getKey)
                .toList();
        if (!missing.isEmpty()) {
            problems.add(GraphQlException.invalid(
                    "missingRequiredArguments",
                    "Field '" + field.name() + "' is missing required arguments: " + String.join(", ", missing),
                    field.at(),
                    "className",
                    "Field",
                    "name",
                    field.name()));
        }
    }

    private void values(Map<String, Value> arguments) {
        arguments.values().forEach(this::value);
    }

    private void value(Value value) {
        switch (value) {
            case GraphQl.Reference reference -> reference(reference);
            case GraphQl.Items items -> items.values().forEach(this::value);
            case GraphQl.Members members -> members.values().values().forEach(this::value);
            case GraphQl.Literal literal -> {}
            case GraphQl.Word word -> {}
        }
    }

    private void reference(GraphQl.Reference reference) {
        used.add(reference.variable());
        if (operation.variables().stream().noneMatch(each -> each.name().equals(reference.variable()))) {
            problems.add(GraphQlException.invalid(
                    "variableNotDefined",
                    "Variable $" + reference.variable() + " is used by "
                            + (operation.name() == null ? "anonymous " + operation.kind() : operation.name())
                            + " but not declared",
                    reference.at(),
                    "variableName",
                    reference.variable()));
        }
    }
}
