package io.penstock.adapters.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.adapters.definition.DefinitionReader;
import io.penstock.adapters.definition.yaml.Mistake;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Drafts of definitions. What is expected stands beside each document; {@code -Ddrafts=write} writes it anew, for a person to read. */
class OpenApiImportTest {
    private static final Path RESOURCES = Path.of("src/test/resources/openapi");

    @ParameterizedTest
    @CsvSource({"contacts.yaml, /contacts", "invoices.json, /invoices/", "deals.yaml,    /accounts/{accountId}/deals"})
    void aDraftIsADefinitionThatCanBeRead(String file, String path) throws IOException, ImportRefused {
        OpenApiImport.Draft draft = OpenApiImport.draft(resource(file), path);

        assertExpected(file, draft);
        assertThat(mistakes(draft)).as(draft.yaml()).isEmpty();
        assertThat(draft.decisions())
                .isEqualTo((int) draft.yaml()
                        .lines()
                        .filter(line -> line.contains("# decide: "))
                        .count())
                .isPositive();
    }

    @Test
    void whatTheDocumentDoesNotHaveIsTold() throws IOException, ImportRefused {
        OpenApiImport.Draft draft = OpenApiImport.draft(resource("readings.yaml"), "/readings");

        assertExpected("readings.yaml", draft);
        assertThat(mistakes(draft))
                .as("without the GET of a single record there is no draft that works")
                .singleElement()
                .satisfies(mistake -> assertThat(mistake.toString()).contains("read_back is missing"));
        assertThat(draft.yaml()).contains("decide: read_back").contains("base_url: 'https://api.example.com'");
    }

    @Test
    void theExampleBecomesADefinitionWithItsColumns() throws IOException, ImportRefused {
        String document = Files.readString(Path.of("../docs/examples/helpdesk-openapi.yaml"));

        OpenApiImport.Draft draft = OpenApiImport.draft(document, "/v2/tickets");

        assertThat(mistakes(draft)).as(draft.yaml()).isEmpty();
        assertThat(draft.yaml())
                .contains("auth: {header: X-Api-Key, value: '${token}'}")
                .contains("row: {id: '${row.key_number}', changes: '${columns}'}")
                .contains("due_on: {type: date, field: /due_on, write: true}")
                .contains("modified: changed_at")
                .contains("next: {last_key: /id, has_more: /more}");
    }

    @Test
    void aWrongPathIsAnsweredWithThoseThatAreThere() throws IOException {
        String document = resource("contacts.yaml");

        assertRefused(document, "/people", "no path /people; it has /contacts");
        assertRefused(document, null, "--path with one of /contacts");
        assertRefused(document, "/contacts/{contactId}x", "it has /contacts");
    }

    @Test
    void whatIsNoOpenApiDocumentIsRefused() {
        assertRefused("", "/a", "empty");
        assertRefused("just: text", "/a", "openapi: 3.0.x");
        assertRefused("swagger: '2.0'", "/a", "convert it");
        assertRefused("openapi: 4.0.0", "/a", "OpenAPI 4.0.0 is not understood");
        assertRefused("openapi: [", "/a", "line 1");
        assertRefused("{\"openapi\": \"3.0.0\",", "/a", "not JSON in line 1");
        assertRefused("{\"openapi\": \"3.0.0\"} {}", "/a", "not JSON");
        assertRefused("openapi: 3.0.0", "/a", "no path that lists anything");
    }

    @Test
    void referencesThatLeadNowhereOrOutOrInACircleAreRefused() {
        assertRefused(withSchema("{$ref: '#/components/schemas/None'}", ""), "/a", "leads nowhere");
        assertRefused(withSchema("{$ref: 'other.yaml#/Thing'}", ""), "/a", "another one, other.yaml#/Thing");
        assertRefused(
                withSchema("{$ref: 'https://evil.example/'}", ""), "/a", "https://evil.example/, which is not fetched");
        assertRefused(
                withSchema(
                        "{$ref: '#/components/schemas/A'}",
                        "A: {$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}"),
                "/a",
                "leads back to itself");
        assertRefused(
                withSchema("{$ref: '#/components/schemas/A'}", "A: {allOf: [{$ref: '#/components/schemas/A'}]}"),
                "/a",
                "made of itself");
    }

    @Test
    void aSchemaThatHoldsItselfIsNoTrouble() throws ImportRefused {
        String tree = withSchema(
                "{$ref: '#/components/schemas/Node'}",
                "Node: {type: object, properties: {id: {type: string}, children: {type: array, items: {$ref:"
                        + " '#/components/schemas/Node'}}, parent: {$ref: '#/components/schemas/Node'}}}");

        assertThat(OpenApiImport.draft(tree, "/a").yaml())
                .contains("parent: {type: jsonb")
                .contains("children: {type: jsonb");
    }

    @Test
    void documentsThatGrowWhileTheyAreReadAreRefused() {
        StringBuilder laughs = new StringBuilder("L0: {type: object, properties: {id: {type: string}}}");
        for (int i = 1; i < 25; i++) {
            String before = "{$ref: '#/components/schemas/L" + (i - 1) + "'}";
            laughs.append(", L")
                    .append(i)
                    .append(": {allOf: [")
                    .append(before)
                    .append(", ")
                    .append(before)
                    .append("]}");
        }
        assertRefused(
                withSchema("{$ref: '#/components/schemas/L24'}", laughs.toString()),
                "/a",
                "hold one another too often");
        assertRefused("openapi: 3.0.0\na: &a [x, x]\nb: [*a, *a]", "/a", "anchor or an alias");
        assertRefused("{\"openapi\":" + "[".repeat(100_000), "/a", "not JSON");
        assertRefused("openapi: 3.0.0\nx: " + "[".repeat(5_000), "/a", "levels deep");
        assertRefused(" ".repeat(OpenApiDocument.LONGEST + 1), "/a", "longer than 32 million");
    }

    @Test
    void whatAStrangerWroteStaysInItsPlace() throws ImportRefused {
        String evil = "x\\nsneaky: true\\n# ' } ] ${token} \\u0007\\u2028y: z";
        String document = """
            {"openapi": "3.0.0",
             "info": {"title": "EVIL"},
             "servers": [{"url": "https://a.example/EVIL"}],
             "paths": {"/a": {"get": {
               "parameters": [{"name": "EVIL", "in": "query", "required": true, "schema": {"default": "EVIL"}}],
               "responses": {"200": {"content": {"application/json": {"schema":
               {"type": "object", "properties": {"EVIL": {"type": "array", "items":
                 {"type": "object", "title": "EVIL", "properties": {
                   "id": {"type": "string"},
                   "EVIL": {"type": "string", "description": "EVIL", "enum": ["EVIL"]}}}}}}}}}}},
               "post": {"requestBody": {"content": {"application/json": {"schema":
                 {"type": "object", "properties": {"EVIL": {"type": "string"}}}}}},
                 "responses": {"201": {"content": {"application/json": {"schema": {"type": "object", "properties":
                   {"id": {"type": "string"}}}}}}}}},
               "/a/{EVIL}": {"get": {"responses": {}}, "delete": {}, "put": {"requestBody": {}}}},
             "components": {"securitySchemes": {"EVIL": {"type": "apiKey", "in": "header", "name": "EVIL"}}}}
            """.replace("EVIL", evil);

        OpenApiImport.Draft draft = OpenApiImport.draft(document, "/a");

        assertThat(draft.yaml().lines())
                .allSatisfy(line ->
                        assertThat(line.strip()).doesNotStartWith("sneaky").doesNotStartWith("y: z"));
        assertThat(mistakes(draft))
                .as(draft.yaml())
                .noneSatisfy(mistake -> assertThat(mistake.message()).contains("is not YAML"))
                .noneSatisfy(mistake -> assertThat(mistake.path()).startsWith("sneaky"));
    }

    private static String withSchema(String schema, String schemas) {
        return """
            openapi: 3.0.0
            paths:
              /a:
                get:
                  responses:
                    '200': {description: all, content: {application/json: {schema: {type: array, items: %s}}}}
            components:
              schemas: {%s}
            """.formatted(schema, schemas);
    }

    private static void assertRefused(String document, @Nullable String path, String reason) {
        assertThatThrownBy(() -> OpenApiImport.draft(document, path))
                .isInstanceOf(ImportRefused.class)
                .hasMessageContaining(reason);
    }

    private static void assertExpected(String file, OpenApiImport.Draft draft) throws IOException {
        Path expected = RESOURCES.resolve(file.replaceFirst("\\..*", ".expected.yaml"));
        if ("write".equals(System.getProperty("drafts"))) {
            Files.writeString(expected, draft.yaml());
        }
        assertThat(draft.yaml()).isEqualTo(Files.readString(expected));
    }

    private static List<Mistake> mistakes(OpenApiImport.Draft draft) {
        return switch (DefinitionReader.read(draft.yaml())) {
            case DefinitionReader.Outcome.Read _ -> List.of();
            case DefinitionReader.Outcome.Wrong(List<Mistake> mistakes) -> mistakes;
        };
    }

    private static String resource(String file) throws IOException {
        try (InputStream in = OpenApiImportTest.class.getResourceAsStream("/openapi/" + file)) {
            return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
