package io.penstock.sandbox.airtable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * A call about the records of one table.
 *
 * @param rest the path behind the table
 * @param body empty when there is none
 */
record Call(SandboxRequest request, AirtableBase base, AirtableTable table, List<String> rest, ObjectNode body) {
    static ObjectNode body(SandboxRequest request) {
        if (request.body().length == 0) {
            return Json.object();
        }
        ApiException unreadable = new ApiException(422, "INVALID_REQUEST_BODY", "Could not parse request body");
        if (!request.headers().getOrDefault("content-type", "").startsWith("application/json")) {
            throw unreadable;
        }
        try {
            if (Json.parse(request.body()) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw unreadable;
        }
        throw ApiException.badRequest();
    }

    boolean is(String method) {
        return request.method().equals(method);
    }

    /** A flag of the body, or of the query; a text is none. */
    boolean flag(String name) {
        JsonNode given = body.path(name);
        if (!given.isMissingNode() && !given.isBoolean()) {
            throw ApiException.badRequest();
        }
        return given.asBoolean(Boolean.parseBoolean(request.query().getOrDefault(name, "false")));
    }

    /** A list that the query gives as {@code name=}, {@code name[]=} or {@code name[0]=}. */
    List<String> list(String name) {
        List<String> values = new ArrayList<>(request.values(name));
        values.addAll(request.values(name + "[]"));
        for (int i = 0; request.query().containsKey(name + "[" + i + "]"); i++) {
            values.add(request.query().get(name + "[" + i + "]"));
        }
        return values;
    }
}
