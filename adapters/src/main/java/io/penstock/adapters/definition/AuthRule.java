package io.penstock.adapters.definition;

import com.fasterxml.jackson.core.JsonPointer;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a request proves itself.
 *
 * @param header the name of the header that carries the token
 * @param value of that header, with {@code ${token}} in it
 * @param oauth how tokens are refreshed; null where the API has only tokens that stay
 */
record AuthRule(String header, String value, @Nullable OAuth oauth) {
    static final String TOKEN = "${token}";

    /** Where the client proves itself to the login server. */
    enum ClientAuth {
        /** {@code client_id} and {@code client_secret} among the form's fields. */
        BODY,
        /** In the Authorization header; without a secret among the fields. */
        BASIC
    }

    /**
     * OAuth 2 with a refresh token (RFC 6749, 6).
     *
     * @param rotating each refresh brings a new refresh token and ends the old one
     * @param onExpired refresh when an answer says that the token has expired; else by the clock alone
     * @param before by the clock, so long before its end
     * @param code where a refusal has its code, tried in order
     * @param revoked codes after which only a person helps
     */
    record OAuth(
            String tokenUrl,
            ClientAuth clientAuth,
            boolean rotating,
            boolean onExpired,
            @Nullable Duration before,
            JsonPointer accessToken,
            JsonPointer refreshToken,
            JsonPointer expiresIn,
            Finder code,
            Finder message,
            Set<String> revoked) {
        OAuth {
            revoked = Set.copyOf(revoked);
        }
    }
}
