package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with an issue.
 *
 * @param code {@code missing_field}, {@code invalid}, {@code custom} ...
 * @param value what was given, where that helps
 * @param message of a custom code, and what GraphQL says
 */
record IssueProblem(String field, String code, @Nullable String value, String message) {
    ObjectNode json() {
        ObjectNode error = Json.object();
        if (value != null) {
            error.put("value", value);
        }
        error.put("resource", "Issue").put("field", field).put("code", code);
        if (code.equals("custom")) {
            error.put("message", message);
        }
        return error;
    }
}
