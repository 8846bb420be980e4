package io.penstock.node.apis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.penstock.sandbox.server.ReceivedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Compares requests as they arrived with an OpenAPI document: method and path, each parameter of the query, and the body, JSON or form. What the document
 * does not know is a violation. Ours are in {@code src/test/resources/requests}, written by hand from the APIs' documentation;
 * {@code -Dpublished.<api>=FILE} takes a published one instead.
 *
 * <p>Of a request that the API refused, a user's value may be wrong or missing (its length, its choice); its shape may not be.
 */
public final class RequestCheck {
    private static final Path OURS = Path.of("src/test/resources/requests");
    private static final Set<String> OF_VALUES = Set.of(
            "required",
            "enum",
            "const",
            "maxLength",
            "minLength",
            "minimum",
            "maximum",
            "pattern",
            "format",
            "multipleOf");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final SchemaRegistry STRICT = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    /** Forms and queries have nothing but texts. */
    private static final SchemaRegistry TEXTS = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().typeLoose(true).build()));

    private final JsonNode document;
    private final List<Operation> operations = new ArrayList<>();
    private final Map<JsonNode, Schema> schemas = new HashMap<>();

    /** @param parameters of the path in the order of their groups */
    private record Operation(
            String method, Pattern path, List<String> pathParameters, JsonNode item, JsonNode operation) {}

    private RequestCheck(JsonNode document) {
        this.document = nullable(document);
        this.document
                .path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(operation ->
                                add(path.getKey(), path.getValue(), operation.getKey(), operation.getValue())));
        // What is named is meant before what is a parameter.
        operations.sort(Comparator.comparing(each -> each.pathParameters().size()));
    }

    public static RequestCheck of(String api) {
        String published = System.getProperty("published." + api);
        return of(published == null ? OURS.resolve(api + ".yaml") : Path.of(published));
    }

    static RequestCheck of(Path document) {
        try {
            return new RequestCheck(new YAMLMapper().readTree(Files.readString(document)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void add(String path, JsonNode item, String method, JsonNode operation) {
        if (!Set.of("get", "post", "put", "patch", "delete").contains(method)) {
            return;
        }
        List<String> parameters = new ArrayList<>();
        StringBuilder pattern = new StringBuilder();
        Matcher parts = Pattern.compile("\\{([^}]+)}|[^{]+").matcher(path);
        while (parts.find()) {
            if (parts.group(1) == null) {
                pattern.append(Pattern.quote(parts.group()));
            } else {
                parameters.add(parts.group(1));
                pattern.append("([^/]+)");
            }
        }
        operations.add(new Operation(
                method.toUpperCase(java.util.Locale.ROOT),
                Pattern.compile(pattern.toString()),
                parameters,
                item,
                operation));
    }

    /** What is wrong with them, each with the request that it is about. */
    public List<String> violations(List<ReceivedRequest> requests) {
        return requests.stream()
                .flatMap(request -> violations(request).stream()
                        .map(violation -> "request " + request.number() + ", " + request.method() + " " + request.path()
                                + ": " + violation))
                .toList();
    }

    List<String> violations(ReceivedRequest request) {
        for (Operation operation : operations) {
            Matcher path = operation.path().matcher(request.path());
            if (operation.method().equals(request.method()) && path.matches()) {
                List<String> found = new ArrayList<>();
                inPath(request, operation, path, found);
                inQuery(request, operation, found);
                inBody(request, operation, found);
                return found;
            }
        }
        return List.of("the document has no such operation");
    }

    private List<JsonNode> parameters(Operation operation, String in) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode list : List.of(
                operation.item().path("parameters"), operation.operation().path("parameters"))) {
            for (JsonNode parameter : list) {
                JsonNode whole = resolved(parameter);
                if (whole.path("in").asText().equals(in)) {
                    found.add(whole);
                }
            }
        }
        return found;
    }

    private JsonNode resolved(JsonNode node) {
        String reference = node.path("$ref").asText();
        return reference.isEmpty() ? node : resolved(document.at(reference.substring(1)));
    }

    private void inPath(ReceivedRequest request, Operation operation, Matcher path, List<String> found) {
        for (JsonNode parameter : parameters(operation, "path")) {
            int group =
                    operation.pathParameters().indexOf(parameter.path("name").asText()) + 1;
            if (group > 0) {
                check(
                        TEXTS,
                        parameter.path("schema"),
                        new TextNode(Forms.decode(path.group(group))),
                        request,
                        "path ",
                        found);
            }
        }
    }

    private void inQuery(ReceivedRequest request, Operation operation, List<String> found) {
        int question = request.target().indexOf('?');
        ObjectNode given = Forms.tree(question < 0 ? "" : request.target().substring(question + 1));
        for (JsonNode parameter : parameters(operation, "query")) {
            String name = parameter.path("name").asText().replaceFirst("\\[]$", "");
            JsonNode value = given.remove(name);
            JsonNode schema = resolved(parameter.path("schema"));
            if (value == null) {
                if (parameter.path("required").asBoolean()) {
                    found.add("the parameter " + name + " is missing");
                }
                continue;
            }
            if (schema.path("type").asText().equals("array") && value.isTextual()) {
                ArrayNode items = JsonNodeFactory.instance.arrayNode();
                for (String item : value.asText().split(",", -1)) {
                    items.add(item);
                }
                value = items;
            }
            check(TEXTS, schema, value, request, "parameter " + name + " ", found);
        }
        given.fieldNames().forEachRemaining(name -> found.add("the parameter " + name + " is not known"));
    }

    private void inBody(ReceivedRequest request, Operation operation, List<String> found) {
        if (operation.operation().path("x-secret").asBoolean()) {
            // The sandbox keeps no such body.
            return;
        }
        JsonNode body = resolved(operation.operation().path("requestBody"));
        if (request.body().length == 0) {
            if (body.path("required").asBoolean()) {
                found.add("there is no body");
            }
            return;
        }
        JsonNode json = body.path("content").path("application/json").path("schema");
        JsonNode form =
                body.path("content").path("application/x-www-form-urlencoded").path("schema");
        if (!json.isMissingNode()) {
            try {
                check(STRICT, json, JSON.readTree(request.body()), request, "", found);
            } catch (IOException broken) {
                found.add("the body is not JSON");
            }
        } else if (!form.isMissingNode()) {
            check(TEXTS, form, Forms.tree(request.bodyText()), request, "", found);
        } else {
            found.add("there is a body, and the document knows of none");
        }
    }

    private void check(
            SchemaRegistry registry,
            JsonNode schema,
            JsonNode value,
            ReceivedRequest request,
            String where,
            List<String> found) {
        if (schema.isMissingNode()) {
            return;
        }
        boolean refused = request.status() >= 400 && request.status() < 500;
        for (Error error : schema(registry, schema).validate(value)) {
            boolean ofValue = OF_VALUES.contains(error.getKeyword())
                    || error.getKeyword().equals("type") && error.getMessage().contains("null found");
            if (!(refused && ofValue)) {
                found.add(where + error.getInstanceLocation() + " " + error.getMessage());
            }
        }
    }

    /** With all that it may refer to beside it. */
    private synchronized Schema schema(SchemaRegistry registry, JsonNode schema) {
        return schemas.computeIfAbsent(schema, each -> {
            ObjectNode whole = JsonNodeFactory.instance.objectNode();
            whole.setAll((ObjectNode) each);
            whole.set("components", document.path("components"));
            return registry.getSchema(whole);
        });
    }

    /** JSON Schema has no {@code nullable}, as OpenAPI 3.0 has. */
    private static JsonNode nullable(JsonNode node) {
        if (node.isArray()) {
            ArrayNode items = JsonNodeFactory.instance.arrayNode();
            node.forEach(item -> items.add(nullable(item)));
            return items;
        }
        if (!(node instanceof ObjectNode object)) {
            return node;
        }
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        object.properties().forEach(entry -> whole.set(entry.getKey(), nullable(entry.getValue())));
        if (whole.path("nullable").isBoolean()
                && whole.path("nullable").asBoolean()
                && whole.path("type").isTextual()) {
            whole.putArray("type").add(object.path("type").asText()).add("null");
            if (whole.path("enum") instanceof ArrayNode words) {
                words.addNull();
            }
        }
        return whole;
    }

    /** All that a sandbox has received: it has to be whole, and nothing of it may be wrong. Prints how many there were. */
    static void assertValid(String api, RequestCheck check, List<ReceivedRequest> requests) {
        if (requests.isEmpty() || requests.getFirst().number() != 1) {
            throw new AssertionError("the log does not begin with the first request");
        }
        List<String> violations = check.violations(requests);
        System.out.println(
                "requests to " + api + " checked: " + requests.size() + ", violations: " + violations.size());
        if (!violations.isEmpty()) {
            throw new AssertionError(violations.stream().limit(20).collect(Collectors.joining("\n")));
        }
    }
}
