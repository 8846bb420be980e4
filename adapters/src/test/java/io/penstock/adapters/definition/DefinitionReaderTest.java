package io.penstock.adapters.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.adapters.definition.yaml.Mistake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that is wrong with a definition is told at once, with its line. */
class DefinitionReaderTest {
    private static final String SMALL = """
            api: acme
            base_url: https://api.acme.test
            auth: {}
            limits:
              burst: {requests: 10, per: 1s}
            tables:
              things:
                key: {column: id, field: /id}
                columns:
                  name: {type: text, field: /name, write: true}
                insert:
                  one:
                    request: {method: POST, path: /things, body: '${columns}'}
                    result: {rows: '', complete: true}
                read_back:
                  request: {method: GET, path: '/things/${row.key}'}
                list:
                  request: {method: GET, path: /things, query: {page: '${cursor}'}}
                  rows: /data
                  next: {cursor: /next}
            """;

    static List<String> builtIn() {
        return BuiltIn.NAMES;
    }

    @ParameterizedTest
    @MethodSource("builtIn")
    void whatComesWithPenstockIsRight(String name) {
        assertThat(BuiltIn.definition(name).api()).isEqualTo(name);
    }

    @Test
    void theExampleOfTheDocumentationIsRight() throws IOException {
        String page = Files.readString(Path.of("../docs/api-definitions.md"));
        int begin = page.indexOf("```yaml") + "```yaml".length();

        assertThat(DefinitionReader.read(page.substring(begin, page.indexOf("```", begin))))
                .isInstanceOf(DefinitionReader.Outcome.Read.class);
    }

    @Test
    void aSmallDefinitionIsEnough() {
        assertThat(DefinitionReader.read(SMALL)).isInstanceOf(DefinitionReader.Outcome.Read.class);
    }

    @Test
    void allMistakesAreToldInTheOrderOfTheirLines() {
        assertThat(mistakes(SMALL.replace("base_url: https://api.acme.test", "base_ulr: ftp://x")
                        .replace("per: 1s", "per: 1 second")
                        .replace("type: text", "type: txt")
                        .replace("'${columns}'", "'${colums}'")
                        .replace("method: GET, path: /things,", "method: FETCH, path: things,")
                        .replace("rows: /data", "rows: data")))
                .containsExactly(
                        "line 1: base_url is missing",
                        "line 2: base_ulr is not a setting; did you mean base_url?",
                        "line 5: limits.burst.per is not a time such as 30s (ms, s, m, h, d)",
                        "line 10: tables.things.columns.name.type is \"txt\", and not one of text, numeric, bigint, boolean, date, time,"
                                + " timestamptz, jsonb, text[]; did you mean text?",
                        "line 13: tables.things.insert.one.request.body names ${colums}, which has no value here; known are [columns,"
                                + " mutation.id, row.key, row.key_number, row.reference, table.object]; did you mean columns?",
                        "line 18: tables.things.list.request.method is none of GET, POST, PUT, PATCH, DELETE",
                        "line 18: tables.things.list.request.path does not begin with one slash: it is relative to base_url",
                        "line 19: tables.things.list.rows has \"data\", which is no JSON pointer: it begins with /, or is empty for all");
    }

    @Test
    void whatWouldNeverWorkIsAMistake() {
        assertThat(mistakes(SMALL.replace("result: {rows: '', complete: true}", "")))
                .containsExactly(
                        "line 12: tables.things.insert has no result: the key of a new row comes from nowhere else");
        assertThat(mistakes(SMALL.replace("write: true", "write: sometimes")))
                .containsExactly(
                        "line 10: tables.things.columns.name.write has \"sometimes\", and not true, false, insert or update");
        assertThat(mistakes(SMALL.replace("one:", "many:")))
                .contains(
                        "line 12: tables.things.insert.max_rows is missing",
                        "line 14: tables.things.insert.many.result.by is missing");
        assertThat(mistakes(SMALL.replace("{requests: 10, per: 1s}", "{requests: 10}")))
                .containsExactly(
                        "line 5: limits.burst has either requests and per, or at_once for calls at the same time");
        assertThat(mistakes(SMALL.replace(
                        "tables:\n",
                        "errors:\n  rules:\n    - {class: duplicat, status: 4x}\n    - {class: rule}\ntables:\n")))
                .satisfiesExactly(
                        one -> assertThat(one)
                                .startsWith("line 8: errors.rules[0].class is \"duplicat\"")
                                .endsWith("did you mean duplicate?"),
                        two -> assertThat(two).contains("errors.rules[0].status has \"4x\""),
                        three -> assertThat(three).contains("errors.rules[1] fits every answer"));
    }

    @Test
    void aKeyThatStandsTwiceIsAMistakeAndNotTheLastOfBoth() {
        assertThat(mistakes(SMALL + "api: other\n"))
                .containsExactly("line 21: api stands here a second time; the first is in line 1");
    }

    @Test
    void anchorsAreRefusedAsAFewLinesOfThemCanFillTheMemory() {
        assertThat(mistakes(SMALL.replace("auth: {}", "auth: &a {}")).getFirst())
                .contains("line 3: auth has an anchor");
    }

    @Test
    void brokenYamlIsToldByItsLine() {
        assertThat(mistakes("api: acme\nauth: {\n"))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("line 2: this is not YAML: while parsing a flow node: expected");
        assertThat(mistakes("")).containsExactly("line 1: the document is empty");
        assertThat(mistakes("- a\n")).hasSize(1);
        assertThat(mistakes("a: ".repeat(60) + "x")).isNotEmpty();
        assertThat(mistakes("[".repeat(5000))).isNotEmpty();
    }

    private static List<String> mistakes(String yaml) {
        return ((DefinitionReader.Outcome.Wrong) DefinitionReader.read(yaml))
                .mistakes().stream().map(Mistake::toString).toList();
    }
}
