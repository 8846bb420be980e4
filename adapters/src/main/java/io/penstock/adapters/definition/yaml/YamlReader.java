package io.penstock.adapters.definition.yaml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * Reads one YAML document. Anchors and aliases are refused: nothing here needs them, and a few lines of them can stand for more values than a
 * machine has memory.
 */
public final class YamlReader {
    /** Deeper than any definition; each level is a call on the stack. */
    private static final int MAX_DEPTH = 50;
    /** Longer than any definition. */
    private static final int MAX_LENGTH = 3 << 20;

    private final YAMLParser parser;
    private final Mistakes mistakes;

    private YamlReader(YAMLParser parser, Mistakes mistakes) {
        this.parser = parser;
        this.mistakes = mistakes;
    }

    /** The document, or null where it cannot be read as YAML at all; then a mistake says where. */
    public static @Nullable Yaml read(String text, Mistakes mistakes) {
        return read(text, mistakes, MAX_LENGTH);
    }

    /** @param longest how many characters it may have */
    public static @Nullable Yaml read(String text, Mistakes mistakes, int longest) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(longest);
        try (YAMLParser parser =
                YAMLFactory.builder().loaderOptions(options).build().createParser(text)) {
            YamlReader reader = new YamlReader(parser, mistakes);
            JsonToken first = parser.nextToken();
            if (first == null) {
                mistakes.add(1, "", "the document is empty");
                return null;
            }
            Yaml document = reader.value(first, "", 0);
            if (parser.nextToken() != null) {
                mistakes.add(reader.line(), "", "a second document begins here; only one is read");
            }
            return document;
        } catch (JsonProcessingException broken) {
            int line = broken.getLocation() == null ? 1 : broken.getLocation().getLineNr();
            mistakes.add(Math.max(1, line), "", "this is not YAML: " + gist(broken.getOriginalMessage()));
            return null;
        } catch (IOException | IllegalArgumentException broken) {
            mistakes.add(1, "", "this is not YAML: " + gist(String.valueOf(broken.getMessage())));
            return null;
        }
    }

    private Yaml value(JsonToken token, String path, int depth) throws IOException {
        int line = line();
        if (depth > MAX_DEPTH) {
            throw new IOException("more than " + MAX_DEPTH + " levels deep at line " + line);
        }
        if (parser.isCurrentAlias() || parser.getObjectId() != null) {
            mistakes.add(line, path, "has an anchor or an alias, which is not understood here");
        }
        return switch (token) {
            case START_OBJECT -> mapping(line, path, depth);
            case START_ARRAY -> sequence(line, path, depth);
            case VALUE_TRUE -> new Yaml.Scalar(line, BooleanNode.TRUE);
            case VALUE_FALSE -> new Yaml.Scalar(line, BooleanNode.FALSE);
            case VALUE_NULL -> new Yaml.Scalar(line, NullNode.instance);
            case VALUE_NUMBER_INT -> new Yaml.Scalar(line, number());
            case VALUE_NUMBER_FLOAT -> new Yaml.Scalar(line, DecimalNode.valueOf(parser.getDecimalValue()));
            case VALUE_STRING -> new Yaml.Scalar(line, new TextNode(parser.getText()));
            case VALUE_EMBEDDED_OBJECT, FIELD_NAME, END_ARRAY, END_OBJECT, NOT_AVAILABLE ->
                throw new IOException("a value that is not understood at line " + line);
        };
    }

    private JsonNode number() throws IOException {
        return parser.getNumberType() == YAMLParser.NumberType.BIG_INTEGER
                ? DecimalNode.valueOf(parser.getDecimalValue())
                : LongNode.valueOf(parser.getLongValue());
    }

    private Yaml mapping(int line, String path, int depth) throws IOException {
        Map<String, Yaml.Mapping.Entry> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            int keyLine = line();
            String key = parser.currentName();
            String keyPath = path.isEmpty() ? key : path + "." + key;
            Yaml value = value(parser.nextToken(), keyPath, depth + 1);
            Yaml.Mapping.Entry before = entries.putIfAbsent(key, new Yaml.Mapping.Entry(keyLine, value));
            if (before != null) {
                mistakes.add(keyLine, keyPath, "stands here a second time; the first is in line " + before.line());
            }
        }
        return new Yaml.Mapping(line, entries);
    }

    private Yaml sequence(int line, String path, int depth) throws IOException {
        List<Yaml> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            items.add(value(token, path + "[" + items.size() + "]", depth + 1));
        }
        return new Yaml.Sequence(line, items);
    }

    private int line() {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    /** What is wrong, without the places and the piece of the document that the parser shows between. */
    private static String gist(String message) {
        return message.lines()
                .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
                .limit(2)
                .collect(Collectors.joining(": "));
    }
}
