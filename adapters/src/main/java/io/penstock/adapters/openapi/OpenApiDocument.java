package io.penstock.adapters.openapi;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.definition.yaml.Mistakes;
import io.penstock.adapters.definition.yaml.Yaml;
import io.penstock.adapters.definition.yaml.YamlReader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An OpenAPI document of version 3.0 or 3.1 whose references lead somewhere in itself. Strangers write such documents, so everything is bounded: its
 * length, its depth, how far references lead, and how many steps all of it may take.
 */
final class OpenApiDocument {
    /** The largest published ones have eight million characters. */
    static final int LONGEST = 32 << 20;

    private static final int DEEPEST = 200;
    private static final int MOST_REFERENCES = 50;
    /** A few lines of references to references can stand for more schemas than anybody has time for. */
    private static final int MOST_STEPS = 200_000;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxStringLength(LONGEST)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final JsonNode root;
    private int steps;

    private OpenApiDocument(JsonNode root) {
        this.root = root;
    }

    /** @throws ImportRefused where it is no such document */
    static OpenApiDocument read(String text) throws ImportRefused {
        if (text.length() > LONGEST) {
            throw new ImportRefused("the document is longer than " + (LONGEST >> 20) + " million characters");
        }
        JsonNode root = text.stripLeading().startsWith("{") ? json(text) : yaml(text);
        if (root.has("swagger")) {
            throw new ImportRefused("the document is Swagger "
                    + root.path("swagger").asText() + "; convert it to OpenAPI 3 first, as swagger2openapi does");
        }
        String version = root.path("openapi").asText();
        if (!version.matches("3\\.[01](\\..*)?")) {
            throw new ImportRefused(
                    version.isEmpty()
                            ? "the document does not say \"openapi: 3.0.x\" or 3.1.x"
                            : "OpenAPI " + OneLine.of(version) + " is not understood; 3.0 and 3.1 are");
        }
        return new OpenApiDocument(root);
    }

    private static JsonNode json(String text) throws ImportRefused {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException broken) {
            String where = broken.getLocation() == null
                    ? ""
                    : " in line " + broken.getLocation().getLineNr();
            throw new ImportRefused("the document is not JSON" + where + ": "
                    + OneLine.of(String.valueOf(broken.getOriginalMessage())));
        }
    }

    private static JsonNode yaml(String text) throws ImportRefused {
        Mistakes mistakes = new Mistakes();
        Yaml document = YamlReader.read(text, mistakes, LONGEST);
        if (document == null || !mistakes.isEmpty()) {
            throw new ImportRefused("the document cannot be read: "
                    + mistakes.all().stream().limit(5).map(Object::toString).collect(Collectors.joining("; ")));
        }
        return document.json();
    }

    JsonNode root() {
        return root;
    }

    /**
     * What the node is, or what it refers to. What stands beside a reference (a description, readOnly) holds too.
     *
     * @throws ImportRefused where the reference leads out of the document, nowhere, or back to itself
     */
    JsonNode resolved(JsonNode node) throws ImportRefused {
        JsonNode found = node;
        Set<String> seen = new HashSet<>();
        ObjectNode beside = null;
        while (found.path("$ref").isTextual()) {
            String reference = found.path("$ref").asText();
            if (!seen.add(reference) || seen.size() > MOST_REFERENCES) {
                throw new ImportRefused("the reference " + OneLine.of(reference) + " leads back to itself");
            }
            beside = beside(beside, found);
            found = target(reference);
            step();
        }
        if (beside == null || beside.isEmpty() || !(found instanceof ObjectNode object)) {
            return found;
        }
        ObjectNode both = object.objectNode();
        both.setAll(object);
        both.setAll(beside);
        return both;
    }

    private static @Nullable ObjectNode beside(@Nullable ObjectNode outer, JsonNode node) {
        if (node.size() == 1 || !(node instanceof ObjectNode object)) {
            return outer;
        }
        ObjectNode all = object.objectNode();
        all.setAll(object);
        all.remove("$ref");
        if (outer != null) {
            all.setAll(outer);
        }
        return all;
    }

    private JsonNode target(String reference) throws ImportRefused {
        if (!reference.startsWith("#")) {
            throw new ImportRefused("the document refers to another one, " + OneLine.of(reference)
                    + ", which is not fetched; put all of it into one file first, as \"redocly bundle\" does");
        }
        JsonNode target;
        try {
            target = reference.length() == 1
                    ? root
                    : root.at(JsonPointer.compile(
                            URLDecoder.decode(reference.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException noPointer) {
            target = MissingNode.getInstance();
        }
        if (target.isMissingNode()) {
            throw new ImportRefused("the reference " + OneLine.of(reference) + " leads nowhere");
        }
        return target;
    }

    /** To be taken for each schema that is looked at. */
    void step() throws ImportRefused {
        if (++steps > MOST_STEPS) {
            throw new ImportRefused("the document's schemas hold one another too often to be followed");
        }
    }
}
