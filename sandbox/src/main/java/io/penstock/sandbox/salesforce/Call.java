package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Fault;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call of the REST API, its own request or a part of a composite one.
 *
 * @param base the path up to the version, such as {@code /services/data/v62.0}
 * @param path what follows the version, in parts
 * @param body missing when there is none
 */
record Call(
        String method,
        String base,
        List<String> path,
        Map<String, String> query,
        Map<String, String> headers,
        JsonNode body,
        Fault.@Nullable RefuseRecords refusal) {

    boolean is(String wanted) {
        return method.equals(wanted);
    }

    /** The n-th part after the version; empty when there is none. */
    String part(int n) {
        return n < path.size() ? path.get(n) : "";
    }

    ObjectNode object() {
        if (body instanceof ObjectNode object) {
            return object;
        }
        throw new ApiException(
                400, "JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body.");
    }

    boolean flag(String name) {
        return Boolean.parseBoolean(query.getOrDefault(name, "false"));
    }
}
