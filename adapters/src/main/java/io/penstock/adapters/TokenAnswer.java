package io.penstock.adapters;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the answer to a refresh means. */
public sealed interface TokenAnswer {
    /**
     * A new access token.
     *
     * @param refreshToken a new one that replaces the old, or null where the old one stays
     * @param baseUrl where the API wants to be called from now on, or null
     * @param expiresIn null where the API does not say
     */
    record Granted(
            String accessToken,
            @Nullable String refreshToken,
            @Nullable String baseUrl,
            @Nullable Duration expiresIn) implements TokenAnswer {
        @Override
        public String toString() {
            return "Granted[..., " + baseUrl + ", " + expiresIn + "]";
        }
    }

    /** The grant is gone: do not try again until somebody authorises again. */
    record Revoked(String code, String message) implements TokenAnswer {}

    /** Not now; may be tried again. With a rotating refresh token it may have been used up nevertheless. */
    record Failed(String message) implements TokenAnswer {}
}
