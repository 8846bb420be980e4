package io.penstock.adapters;

import org.jspecify.annotations.Nullable;

/** What a refresh takes. All of it is secret. */
public record Grant(String clientId, @Nullable String clientSecret, String refreshToken) {
    @Override
    public String toString() {
        return "Grant[...]";
    }
}
