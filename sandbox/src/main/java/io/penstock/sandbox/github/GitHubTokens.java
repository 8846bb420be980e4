package io.penstock.sandbox.github;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Grants;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxRequest;
import io.penstock.sandbox.server.SandboxResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Personal access tokens, the tokens of an app's installation, and those of a user, which a refresh replaces at once. */
final class GitHubTokens {
    private static final Duration REFRESH = Duration.ofDays(184);

    /** Who asks, and what that one may do. */
    record Caller(boolean writes, boolean app) {}

    private final GitHubConfig.Access access;
    private final Clock clock;
    private final AppKey key;
    private final Grants installations;
    private final Grants users;
    private final Set<String> personal = new HashSet<>();
    private final Map<String, String> accessOfRefresh = new HashMap<>();

    GitHubTokens(GitHubConfig config) {
        this.access = config.access();
        this.clock = config.clock();
        this.key = new AppKey(access.appId(), access.clientId(), clock);
        this.installations = new Grants(
                new Grants.Rules(access.installationLifetime(), 0, REFRESH, false, "ghs_", "none_", "none"),
                clock,
                config.seed());
        this.users = new Grants(
                new Grants.Rules(access.userLifetime(), 0, REFRESH, true, "ghu_", "ghr_", access.refreshToken()),
                clock,
                config.seed() + 1);
        first();
    }

    private void first() {
        personal.clear();
        personal.add(access.token());
        personal.add(access.readToken());
        accessOfRefresh.clear();
    }

    void reset() {
        installations.reset();
        users.reset();
        first();
    }

    /** No token that is out there is good any more, personal ones neither. Refresh tokens and the app's key are. */
    void expireAll() {
        installations.expireAll();
        users.expireAll();
        personal.clear();
    }

    void add(String token) {
        personal.add(token);
    }

    AppKey key() {
        return key;
    }

    /** Fails when the request brings no token, or none that is good. */
    Caller caller(SandboxRequest request) {
        String token = given(request);
        if (personal.contains(token)) {
            return new Caller(!token.equals(access.readToken()), false);
        }
        if (installations.use(token)) {
            return new Caller(true, true);
        }
        if (users.use(token)) {
            return new Caller(true, false);
        }
        throw GitHubException.badCredentials();
    }

    static String given(SandboxRequest request) {
        String header = request.headers().getOrDefault("authorization", "");
        String lower = header.toLowerCase(Locale.ROOT);
        int space = header.indexOf(' ');
        if (space < 0 || !lower.startsWith("bearer ") && !lower.startsWith("token ")) {
            throw new GitHubException(401, "Requires authentication");
        }
        return header.substring(space + 1).strip();
    }

    /** {@code POST /app/installations/{id}/access_tokens}, by a token that the app signed. */
    SandboxResponse installationToken(SandboxRequest request, String installation) {
        key.check(given(request));
        if (!installation.equals(Long.toString(access.installationId()))) {
            throw GitHubException.notFound();
        }
        ObjectNode body = Json.object().put("token", installations.issue());
        body.put(
                "expires_at",
                clock.instant()
                        .plus(access.installationLifetime())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString());
        body.putObject("permissions").put("issues", "write").put("metadata", "read");
        return SandboxResponse.json(201, body.put("repository_selection", "all"), 0);
    }

    /** {@code POST /login/oauth/access_token}: errors are answered 200, and a refresh token is good once. */
    SandboxResponse userToken(SandboxRequest request) {
        Map<String, String> form = SandboxRequest.parameters(request.text());
        if (!access.clientId().equals(form.get("client_id"))
                || !access.clientSecret().equals(form.get("client_secret"))) {
            return oauthError(
                    "incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.");
        }
        if (!"refresh_token".equals(form.get("grant_type"))) {
            return oauthError("unsupported_grant_type", "The grant_type must be refresh_token.");
        }
        String refreshToken = form.getOrDefault("refresh_token", "");
        Grants.Refreshed refreshed = users.refresh(refreshToken);
        if (refreshed == null || refreshed.refreshToken() == null) {
            return oauthError("bad_refresh_token", "The refresh token passed is incorrect or expired.");
        }
        String old = accessOfRefresh.remove(refreshToken);
        if (old != null) {
            users.revoke(old);
        }
        accessOfRefresh.put(refreshed.refreshToken(), refreshed.accessToken());
        ObjectNode body = Json.object()
                .put("access_token", refreshed.accessToken())
                .put("expires_in", access.userLifetime().toSeconds())
                .put("refresh_token", refreshed.refreshToken())
                .put("refresh_token_expires_in", REFRESH.toSeconds())
                .put("scope", "")
                .put("token_type", "bearer");
        return SandboxResponse.json(200, body, 0);
    }

    private static SandboxResponse oauthError(String error, String description) {
        return SandboxResponse.json(200, Json.object().put("error", error).put("error_description", description), 0);
    }
}
