package io.penstock.sandbox.github;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a REST request, and the members that it must not get wrong. Members that nobody knows are ignored, as GitHub does. */
record RestBody(ObjectNode object) {

    static RestBody of(SandboxRequest request) {
        return new RestBody(read(request));
    }

    static ObjectNode read(SandboxRequest request) {
        try {
            if (Json.parse(request.body()) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw new GitHubException(400, "Problems parsing JSON");
        }
        throw new GitHubException(400, "Body should be a JSON object");
    }

    /** The text, or null when it is left out or null. */
    @Nullable
    String text(String name) {
        JsonNode value = object.path(name);
        if (value.isTextual() || value.isIntegralNumber() && name.equals("title")) {
            return value.asText();
        }
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        throw GitHubException.invalidRequest("For 'properties/" + name + "', " + value + " is not a string.");
    }

    String required(String name) {
        if (!object.has(name)) {
            throw GitHubException.invalidRequest("\"" + name + "\" wasn't supplied.");
        }
        String text = text(name);
        if (text == null) {
            throw GitHubException.invalidRequest("For 'properties/" + name + "', nil is not a string or integer.");
        }
        return text;
    }

    /** One of the words, or null when it is left out or null. */
    @Nullable
    String word(String name, List<String> words) {
        String word = text(name);
        if (word != null && !words.contains(word)) {
            throw GitHubException.invalidRequest(
                    "For 'properties/" + name + "', " + object.path(name) + " is not a member of "
                            + words.stream().map(each -> "\"" + each + "\"").toList() + ".");
        }
        return word;
    }

    /** Texts, or the {@code name} of objects; null when it is left out or null. */
    @Nullable
    List<String> texts(String name) {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode each : value) {
            JsonNode text = each.isObject() ? each.path("name") : each;
            if (!text.isTextual()) {
                throw GitHubException.invalidRequest("For 'properties/" + name + "', " + each + " is not a string.");
            }
            texts.add(text.textValue());
        }
        if (!value.isArray()) {
            throw GitHubException.invalidRequest("For 'properties/" + name + "', " + value + " is not an array.");
        }
        return texts;
    }

    /** Fails for what GitHub has and this sandbox has not. */
    void refuse(String... names) {
        for (String name : names) {
            if (object.hasNonNull(name)) {
                throw GitHubException.invalidRequest("GitHub has the parameter " + name + "; this sandbox has not.");
            }
        }
    }
}
