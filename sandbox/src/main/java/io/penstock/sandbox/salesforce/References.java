package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.sandbox.server.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The answers of earlier subrequests, put in where later ones say {@code @{name.path[0].field}} or {@code @{name[0].id}}. */
final class References {
    private static final Pattern REFERENCE = Pattern.compile("@\\{([A-Za-z0-9_]+)((?:\\.[A-Za-z0-9_]+|\\[\\d+])*)}");
    private static final Pattern STEP = Pattern.compile("\\.([A-Za-z0-9_]+)|\\[(\\d+)]");

    private final Map<String, JsonNode> answers = new HashMap<>();

    void put(String name, JsonNode answer) {
        answers.put(name, answer);
    }

    /** The text with all its references replaced; throws PROCESSING_HALTED for one that leads nowhere. */
    String resolve(String text) {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            String name = matcher.group(1);
            JsonNode value = walk(answers.getOrDefault(name, Json.object().path("")), matcher.group(2));
            if (!value.isValueNode() || value.isNull()) {
                throw new ApiException(
                        400,
                        "PROCESSING_HALTED",
                        "Invalid reference specified. No value for " + name + matcher.group(2) + " found in " + name);
            }
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(value.asText()));
        }
        return matcher.appendTail(resolved).toString();
    }

    JsonNode resolve(JsonNode body) {
        return switch (body) {
            case TextNode text -> TextNode.valueOf(resolve(text.textValue()));
            case ArrayNode array -> {
                ArrayNode resolved = Json.array();
                array.forEach(item -> resolved.add(resolve(item)));
                yield resolved;
            }
            case ObjectNode object -> {
                ObjectNode resolved = Json.object();
                object.properties().forEach(member -> resolved.set(member.getKey(), resolve(member.getValue())));
                yield resolved;
            }
            default -> body;
        };
    }

    private static JsonNode walk(JsonNode from, String path) {
        JsonNode at = from;
        Matcher step = STEP.matcher(path);
        while (step.find()) {
            at = step.group(1) != null ? at.path(step.group(1)) : at.path(Integer.parseInt(step.group(2)));
        }
        return at;
    }
}
