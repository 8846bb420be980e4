package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that is refused as a whole: an HTTP status and an array with one error, whose code is called {@code errorCode}. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final @Nullable List<String> fields;

    ApiException(int status, String code, String message) {
        this(status, code, message, null);
    }

    /** @param fields null leaves the member out, as most of the API does */
    ApiException(int status, String code, String message, @Nullable List<String> fields) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.fields = fields;
    }

    static ApiException notFound() {
        return new ApiException(404, "NOT_FOUND", "The requested resource does not exist");
    }

    static ApiException methodNotAllowed(String method) {
        return new ApiException(
                405,
                "METHOD_NOT_ALLOWED",
                "HTTP Method '" + method + "' not allowed. Allowed are GET, HEAD, POST, PATCH, DELETE");
    }

    int status() {
        return status;
    }

    ArrayNode body() {
        ArrayNode errors = Json.array();
        ObjectNode error = errors.addObject().put("message", getMessage()).put("errorCode", code);
        if (fields != null) {
            ArrayNode names = error.putArray("fields");
            fields.forEach(names::add);
        }
        return errors;
    }

    SandboxResponse response() {
        return SandboxResponse.json(status, body(), 0);
    }
}
