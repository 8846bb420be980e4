package io.penstock.sandbox.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Fault;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that may be looked at.
 *
 * @param path what follows {@code /v1/}, in parts
 * @param parameters of the form or of the query, as texts
 * @param requestId what the answer's Request-Id says
 * @param idempotencyKey of a POST; other methods need none
 */
record StripeCall(
        String method,
        List<String> path,
        ObjectNode parameters,
        String requestId,
        @Nullable String idempotencyKey,
        Fault.@Nullable RefuseRecords refusal) {

    /** The n-th part; empty when there is none. */
    String part(int n) {
        return n < path.size() ? path.get(n) : "";
    }

    String url() {
        return "/v1/" + String.join("/", path);
    }

    boolean writes() {
        return !method.equals("GET");
    }

    boolean searches() {
        return part(1).equals("search");
    }

    /** The method and the path with its id left out: what limits are counted by. */
    String endpoint() {
        String rest = path.size() < 2 ? "" : searches() ? "/search" : "/{id}";
        return method + " /v1/" + part(0) + rest;
    }

    StripeException unknownUrl() {
        return StripeException.unknownUrl(method, url());
    }
}
