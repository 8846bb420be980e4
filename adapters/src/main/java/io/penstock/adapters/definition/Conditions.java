package io.penstock.adapters.definition;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** Texts that must stand at places of a document, all of them. Without any it holds for every document. */
record Conditions(Map<JsonPointer, String> texts) {
    static final Conditions NONE = new Conditions(Map.of());

    Conditions {
        texts = Map.copyOf(texts);
    }

    boolean hold(JsonNode json) {
        return texts.entrySet().stream()
                .allMatch(expected ->
                        expected.getValue().equals(json.at(expected.getKey()).asText()));
    }

    boolean isEmpty() {
        return texts.isEmpty();
    }
}
