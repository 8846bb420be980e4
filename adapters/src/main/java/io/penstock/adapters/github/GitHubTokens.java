package io.penstock.adapters.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.Body;
import io.penstock.adapters.Grant;
import io.penstock.adapters.Json;
import io.penstock.adapters.RetryAfter;
import io.penstock.adapters.TokenAnswer;
import io.penstock.adapters.TokenRequest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an account gets its next access token.
 *
 * <pre>
 * whose          request                                              what the grant's refresh token is
 * -------------  ---------------------------------------------------  ---------------------------------------
 * installation   POST /app/installations/ID/access_tokens, signed     the app's private key, which stays
 * user           POST /login/oauth/access_token (RFC 6749, 6)         the user's, good once
 * </pre>
 *
 * The danger of a user's refresh: it ends the access token that others still use. They are answered 401 and ask for the new one.
 */
final class GitHubTokens {
    /** Well before the hour is over, so that no request begins with a token that ends under it. */
    private static final Duration BEFORE = Duration.ofMinutes(5);

    /** Longer than any token lives; an answer that says so is broken. */
    private static final Duration LONGEST = Duration.ofDays(366);

    /** GitHub answers these with 200. They stay the same until a person does something. */
    private static final Set<String> FINAL = Set.of(
            "bad_refresh_token", "incorrect_client_credentials", "unsupported_grant_type", "unauthorized_client");

    private final GitHubSettings settings;

    GitHubTokens(GitHubSettings settings) {
        this.settings = settings;
    }

    AuthDescriptor descriptor() {
        return switch (settings.auth()) {
            case GitHubAuth.PersonalToken() -> new AuthDescriptor.StaticToken();
            case GitHubAuth.Installation(long id) ->
                new AuthDescriptor.OAuthRefresh(
                        "https://api.github.com/app/installations/" + id + "/access_tokens", false, true, BEFORE);
            case GitHubAuth.User() ->
                new AuthDescriptor.OAuthRefresh("https://github.com/login/oauth/access_token", true, true, BEFORE);
        };
    }

    TokenRequest refresh(Grant grant) {
        return switch (settings.auth()) {
            case GitHubAuth.PersonalToken() -> throw new IllegalStateException("a personal token is not refreshed");
            case GitHubAuth.Installation _ -> {
                String signed = new AppSigner(grant.clientId(), grant.refreshToken())
                        .token(settings.clock().instant());
                yield new TokenRequest(
                        Map.of("Accept", "application/vnd.github+json", "Authorization", "Bearer " + signed),
                        Body.EMPTY);
            }
            case GitHubAuth.User() -> new TokenRequest(Map.of("Accept", "application/json"), form(grant));
        };
    }

    private static Body form(Grant grant) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        fields.add(Map.entry("grant_type", "refresh_token"));
        fields.add(Map.entry("refresh_token", grant.refreshToken()));
        fields.add(Map.entry("client_id", grant.clientId()));
        String secret = grant.clientSecret();
        if (secret != null) {
            fields.add(Map.entry("client_secret", secret));
        }
        return new Body.Form(fields);
    }

    TokenAnswer parse(ApiResponse response) {
        JsonNode json = Json.read(response.body());
        return settings.auth() instanceof GitHubAuth.User ? ofUser(response, json) : ofInstallation(response, json);
    }

    private static TokenAnswer ofUser(ApiResponse response, @Nullable JsonNode json) {
        String token = json == null ? null : Json.text(json, "access_token");
        if (json != null && response.successful() && token != null && !token.isEmpty()) {
            Duration life =
                    Duration.ofSeconds(Math.clamp(json.path("expires_in").asLong(), 0, LONGEST.toSeconds()));
            return new TokenAnswer.Granted(token, Json.text(json, "refresh_token"), null, life.isZero() ? null : life);
        }
        String code = json == null ? null : Json.text(json, "error");
        if (json != null && code != null && response.status() < 500 && FINAL.contains(code)) {
            String description = Json.text(json, "error_description");
            return new TokenAnswer.Revoked(code, description == null ? code : description);
        }
        return new TokenAnswer.Failed("GitHub's login answered " + response.status() + " without a token.");
    }

    private TokenAnswer ofInstallation(ApiResponse response, @Nullable JsonNode json) {
        String token = json == null ? null : Json.text(json, "token");
        if (json != null && response.successful() && token != null && !token.isEmpty()) {
            return new TokenAnswer.Granted(token, null, null, expiresIn(response, Json.text(json, "expires_at")));
        }
        String message = json == null ? null : Json.text(json, "message");
        boolean limited = RetryAfter.of(response) != null || "0".equals(response.header("x-ratelimit-remaining"));
        boolean isFinal = switch (response.status()) {
            // a clock that is wrong is put right without anybody's authorising again
            case 401 -> message == null || !message.contains("claim");
            case 403 -> !limited;
            case 404 -> true;
            default -> false;
        };
        return isFinal
                ? new TokenAnswer.Revoked(
                        "HTTP_" + response.status(), message == null ? "GitHub refused the app." : message)
                : new TokenAnswer.Failed("GitHub answered " + response.status() + " to the app.");
    }

    /** By the server's own clock where it tells the time, else by ours. */
    private @Nullable Duration expiresIn(ApiResponse response, @Nullable String expiresAt) {
        try {
            if (expiresAt == null) {
                return null;
            }
            Instant end = Instant.parse(expiresAt);
            Duration left = RetryAfter.until(response, end);
            Duration life = left == null ? Duration.between(settings.clock().instant(), end) : left;
            return life.isPositive() && life.compareTo(LONGEST) < 0 ? life : null;
        } catch (DateTimeException notATime) {
            return null;
        }
    }
}
