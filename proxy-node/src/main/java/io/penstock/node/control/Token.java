package io.penstock.node.control;

import io.penstock.config.Secret;
import org.jspecify.annotations.Nullable;

/**
 * An access token.
 *
 * @param version grows with every refresh
 * @param baseUrl where the API wants to be called with it; null where it did not say
 * @param expiresAt by the clock of whoever holds it, in milliseconds; null where the API does not tell
 */
public record Token(
        long version,
        Secret access,
        @Nullable String baseUrl,
        @Nullable Long expiresAt) {}
