package io.penstock.adapters.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.penstock.adapters.definition.yaml.Mistakes;
import io.penstock.adapters.definition.yaml.Yaml;
import io.penstock.adapters.definition.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The published JSON Schema takes what the reader takes, so that an editor does not call a good definition wrong. */
class DefinitionSchemaTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final List<String> NAMES = BuiltIn.NAMES;

    @ParameterizedTest
    @FieldSource("NAMES")
    void aBuiltInDefinitionFits(String name) throws IOException {
        assertThat(violations(BuiltIn.text(name))).isEmpty();
    }

    @Test
    void theExampleFitsBoth() throws IOException {
        String example = Files.readString(DOCS.resolve("examples").resolve("helpdesk.yaml"));

        assertThat(DefinitionReader.read(example)).isInstanceOf(DefinitionReader.Outcome.Read.class);
        assertThat(violations(example)).isEmpty();
    }

    @Test
    void whatIsNoKeyOrNoClassIsAViolation() throws IOException {
        String example = Files.readString(DOCS.resolve("examples").resolve("helpdesk.yaml"));

        assertThat(violations(example.replace("read_back:", "readback:"))).isNotEmpty();
        assertThat(violations(example.replace("class: revoked", "class: revokd")))
                .isNotEmpty();
        assertThat(violations(example.replace("per: 1s", "per: 1"))).isNotEmpty();
    }

    private static List<Error> violations(String definition) throws IOException {
        Yaml document = Objects.requireNonNull(YamlReader.read(definition, new Mistakes()), "no YAML");
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(DOCS.resolve("api-definition.schema.json")), InputFormat.JSON);
        return schema.validate(document.json().toString(), InputFormat.JSON);
    }
}
