package io.penstock.adapters;

import java.util.Map;

/** A POST to the account's token URL. All of it is secret. */
public record TokenRequest(Map<String, String> headers, Body body) {
    public TokenRequest {
        headers = Map.copyOf(headers);
    }

    @Override
    public String toString() {
        return "TokenRequest[...]";
    }
}
