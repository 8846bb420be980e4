package io.penstock.adapters.definition;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request, with placeholders.
 *
 * @param path relative to the base URL; what a placeholder puts into it is encoded and stays within its part between two slashes
 * @param query by name; what is not known at the time is left out
 * @param body null where there is none
 * @param row what {@code ${rows}} repeats for each row; null where it is not used
 * @param costs permits by bucket, beside those that every request takes
 */
record RequestRule(
        String method,
        Template path,
        Map<String, JsonNode> query,
        Encoding encoding,
        @Nullable JsonNode body,
        @Nullable JsonNode row,
        Map<String, Integer> costs) {
    static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");

    RequestRule {
        query = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(query));
        costs = Map.copyOf(costs);
    }

    /** How the body travels. */
    enum Encoding {
        JSON,
        /** {@code application/x-www-form-urlencoded}, what lies deeper in brackets: {@code address[city]=...}. */
        FORM
    }
}
