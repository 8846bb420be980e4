package io.penstock.config;

import org.jspecify.annotations.Nullable;

/**
 * What an API account starts with. A refresh token that the API has since replaced is kept, encrypted, in the database, and wins over this one.
 *
 * @param clientId the connected app's consumer key; null only where a fixed access token is all there is
 * @param clientSecret null for apps without one
 * @param refreshToken null where a fixed access token is all there is; of a GitHub App its private key
 * @param accessToken used first if given; without a refresh token its end is the end
 * @param installation of the GitHub App that the private key is of; null for whatever is no such app
 */
public record OAuthSettings(
        @Nullable String clientId,
        @Nullable Secret clientSecret,
        @Nullable Secret refreshToken,
        @Nullable Secret accessToken,
        @Nullable Long installation) {
    public OAuthSettings(
            @Nullable String clientId,
            @Nullable Secret clientSecret,
            @Nullable Secret refreshToken,
            @Nullable Secret accessToken) {
        this(clientId, clientSecret, refreshToken, accessToken, null);
    }

    public OAuthSettings {
        if (refreshToken == null && accessToken == null) {
            throw new IllegalArgumentException("either a refresh token or an access token must be given");
        }
        if (refreshToken != null && clientId == null) {
            throw new IllegalArgumentException("a refresh token needs the client id that it was given to");
        }
        if (installation != null && refreshToken == null) {
            throw new IllegalArgumentException("an installation needs the private key of its app");
        }
    }
}
