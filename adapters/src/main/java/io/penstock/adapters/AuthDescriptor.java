package io.penstock.adapters;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How an account proves itself to the API. */
public sealed interface AuthDescriptor {
    /** A token from configuration that never changes. */
    record StaticToken() implements AuthDescriptor {}

    /**
     * OAuth 2 with a refresh token.
     *
     * @param defaultTokenUrl where the account's configuration names none
     * @param rotating the answer may bring a new refresh token and end the old one: store it before using the access token
     * @param refreshOnExpired refresh when the API says {@link Failure.TokenExpired}; else only by the clock
     * @param refreshBefore by the clock, so long before the token ends; null where the API does not tell when it ends
     */
    record OAuthRefresh(
            String defaultTokenUrl,
            boolean rotating,
            boolean refreshOnExpired,
            @Nullable Duration refreshBefore) implements AuthDescriptor {}
}
