package io.penstock.adapters;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request, complete but for the account's base URL and its authorization.
 *
 * @param path relative to the account's base URL, begins with {@code /}, query included, already encoded
 * @param ordinals the rows that it is about, in the order of the body; empty for a call that is about none
 * @param costs what it takes from the account's buckets
 * @param idempotencyKey where the API takes one (already among the headers); such a write may be sent again
 * @param write changes something at the API; a read may always be repeated
 */
public record ApiCall(
        String method,
        String path,
        Map<String, String> headers,
        Body body,
        List<Integer> ordinals,
        List<PermitCost> costs,
        @Nullable String idempotencyKey,
        boolean write) {
    public ApiCall {
        if (!path.startsWith("/") || path.startsWith("//")) {
            // "//host/..." would resolve to another host, and the token would go there
            throw new IllegalArgumentException("path must be relative to the base URL");
        }
        headers = Map.copyOf(headers);
        ordinals = List.copyOf(ordinals);
        costs = List.copyOf(costs);
    }

    /** Without the query and the body, which carry the user's values. */
    @Override
    public String toString() {
        int query = path.indexOf('?');
        return "ApiCall[" + method + " " + (query < 0 ? path : path.substring(0, query)) + ", rows " + ordinals + "]";
    }
}
