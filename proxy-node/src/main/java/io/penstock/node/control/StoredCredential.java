package io.penstock.node.control;

import io.penstock.config.Secret;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of an account's credential.
 *
 * @param version 1 for what configuration gave, one more with every refresh; never 0, which stands for no token
 * @param accessToken null where there is none yet
 * @param refreshToken null where a fixed access token is all there is
 * @param validFor what is left of the access token's life; null where the API does not tell
 * @param revoked why the account has to be authorised again; null while it need not
 */
public record StoredCredential(
        long version,
        @Nullable Secret accessToken,
        @Nullable Secret refreshToken,
        @Nullable String baseUrl,
        @Nullable Duration validFor,
        @Nullable Revocation revoked) {
    /** The API's code and its words. */
    public record Revocation(String code, String message) {}

    StoredCredential revokedFor(Revocation reason) {
        return new StoredCredential(version, null, refreshToken, baseUrl, null, reason);
    }
}
