package io.penstock.adapters.definition.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of a YAML document and the line where it begins. */
public sealed interface Yaml {
    /** From 1. */
    int line();

    /** The same value without its place. */
    JsonNode json();

    /** A text, number, truth value or null. */
    record Scalar(int line, JsonNode json) implements Yaml {}

    /** Values in order. */
    record Sequence(int line, List<Yaml> items) implements Yaml {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public JsonNode json() {
            ArrayNode array = Json.array();
            items.forEach(item -> array.add(item.json()));
            return array;
        }
    }

    /** Values by key, in the order of the document. */
    record Mapping(int line, Map<String, Entry> entries) implements Yaml {
        /** A value and the line of its key, which may be another than that of the value. */
        public record Entry(int line, Yaml value) {}

        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        @Override
        public JsonNode json() {
            ObjectNode object = Json.object();
            entries.forEach((key, entry) -> object.set(key, entry.value().json()));
            return object;
        }
    }
}
