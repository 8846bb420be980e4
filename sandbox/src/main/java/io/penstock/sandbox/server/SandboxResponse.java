package io.penstock.sandbox.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One answer of an API core.
 *
 * @param rows how many records the request wrote or read, for the page that a person reads
 */
public record SandboxResponse(int status, String contentType, Map<String, String> headers, byte[] body, int rows) {
    private static final String JSON = "application/json;charset=UTF-8";

    public static SandboxResponse json(int status, JsonNode body, int rows) {
        return new SandboxResponse(status, JSON, Map.of(), Json.bytes(body), rows);
    }

    public static SandboxResponse empty(int status, int rows) {
        return new SandboxResponse(status, "", Map.of(), new byte[0], rows);
    }

    public static SandboxResponse text(int status, String contentType, String body) {
        return new SandboxResponse(status, contentType, Map.of(), body.getBytes(StandardCharsets.UTF_8), 0);
    }

    public SandboxResponse withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new SandboxResponse(status, contentType, more, body, rows);
    }

    public SandboxResponse withBody(String otherContentType, byte[] otherBody) {
        return new SandboxResponse(status, otherContentType, headers, otherBody, rows);
    }
}
