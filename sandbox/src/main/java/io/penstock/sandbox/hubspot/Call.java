package io.penstock.sandbox.hubspot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.SandboxRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call about objects of one type.
 *
 * @param rest the path behind the type
 * @param body missing when there is none
 */
record Call(SandboxRequest request, HubSpotObject type, List<String> rest, JsonNode body) {
    boolean is(String method) {
        return request.method().equals(method);
    }

    ObjectNode object() {
        if (body instanceof ObjectNode object) {
            return object;
        }
        throw ApiException.badInput("the request body must be a JSON object");
    }

    /** The names of properties to read, given once with commas or many times; null when there are none. */
    @Nullable
    List<String> properties() {
        List<String> names = new ArrayList<>();
        for (String value : request.values("properties")) {
            for (String name : value.split(",")) {
                names.add(name.strip());
            }
        }
        return names.isEmpty() ? null : names;
    }

    boolean archived() {
        return Boolean.parseBoolean(request.query().getOrDefault("archived", "false"));
    }

    int number(String name, int usual) {
        String given = request.query().get(name);
        try {
            return given == null ? usual : Integer.parseInt(given);
        } catch (NumberFormatException e) {
            throw new ApiException(400, "VALIDATION_ERROR", name + " must be a number, not " + given);
        }
    }
}
