package io.penstock.sandbox.helpdesk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxResponse;
import org.jspecify.annotations.Nullable;

/** A request that is refused, always as a whole. */
final class HelpdeskException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final @Nullable String field;

    HelpdeskException(int status, String code, @Nullable String field, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.field = field;
    }

    /** A value that a field does not take. */
    static HelpdeskException of(String code, String field, String message) {
        return new HelpdeskException(422, code, field, message);
    }

    static HelpdeskException noTicket(String id) {
        return new HelpdeskException(404, "no_such_ticket", null, "There is no ticket " + id + ".");
    }

    SandboxResponse response() {
        ObjectNode error = Json.object().put("code", code).put("message", String.valueOf(getMessage()));
        if (field != null) {
            error.put("field", field);
        }
        return SandboxResponse.json(status, Json.object().set("error", error), 0);
    }
}
