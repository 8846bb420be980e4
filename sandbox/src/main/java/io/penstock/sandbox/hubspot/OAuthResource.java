package io.penstock.sandbox.hubspot;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Grants;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxRequest;
import io.penstock.sandbox.server.SandboxResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Tokens of the OAuth app: {@code /oauth/v1/token}, {@code /oauth/v3/token} and {@code /oauth/2026-03/token}, and what v1 tells of a token.
 *
 * <p>Refresh tokens do not rotate here: each refresh answers the same one again.
 */
final class OAuthResource {
    private static final String CODE = "sandbox-code";
    private static final long HUB = 24_681_357;
    private static final long USER = 7_001;
    private static final List<String> SCOPES =
            List.of("oauth", "crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.deals.write");
    /** Longer than any run: a refresh token ends when somebody takes the app out of the account. */
    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final HubSpotConfig.App app;
    private final Duration lifetime;
    private final Grants grants;
    private final Clock clock;

    OAuthResource(HubSpotConfig config, Grants grants) {
        this.app = config.app();
        this.lifetime = config.tokenLifetime();
        this.grants = grants;
        this.clock = config.clock();
    }

    static Grants.Rules rules(HubSpotConfig config) {
        return new Grants.Rules(
                config.tokenLifetime(),
                0,
                FOREVER,
                false,
                "CJ",
                "na1-",
                config.app().refreshToken());
    }

    static boolean handles(String path) {
        return path.startsWith("/oauth/");
    }

    SandboxResponse answer(SandboxRequest request) {
        List<String> path = request.segments();
        boolean oldest = path.size() > 1 && path.get(1).equals("v1");
        if (path.size() == 3 && path.get(2).equals("token") && request.method().equals("POST")) {
            return token(request, oldest);
        }
        if (path.size() == 4 && oldest && path.get(2).equals("access-tokens")) {
            return information(path.get(3));
        }
        boolean deletion = request.method().equals("DELETE");
        if (path.size() == 4 && oldest && deletion && path.get(2).equals("refresh-tokens")) {
            return grants.revoke(path.get(3))
                    ? SandboxResponse.empty(204, 0)
                    : ApiException.notFound().response();
        }
        return ApiException.notFound().response();
    }

    private SandboxResponse token(SandboxRequest request, boolean oldest) {
        // Version 1 takes the parameters in the query too; the later ones want secrets out of addresses.
        Map<String, String> form =
                request.body().length == 0 && oldest ? request.query() : SandboxRequest.parameters(request.text());
        if (!app.clientId().equals(form.get("client_id"))) {
            return refused("invalid_client", "BAD_CLIENT_ID", "missing or unknown client id");
        }
        if (!app.clientSecret().equals(form.get("client_secret"))) {
            return refused("invalid_client", "BAD_CLIENT_SECRET", "missing or invalid client secret");
        }
        return switch (form.getOrDefault("grant_type", "")) {
            case "refresh_token" -> {
                String refreshToken = form.getOrDefault("refresh_token", "");
                Grants.Refreshed refreshed = grants.refresh(refreshToken);
                yield refreshed == null
                        ? refused("invalid_grant", "BAD_REFRESH_TOKEN", "missing or invalid refresh token")
                        : issued(refreshed.accessToken(), refreshToken, oldest);
            }
            case "authorization_code" -> {
                if (!CODE.equals(form.get("code"))) {
                    yield refused("invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code");
                }
                Grants.Refreshed granted = grants.grant();
                yield issued(granted.accessToken(), String.valueOf(granted.refreshToken()), oldest);
            }
            default -> refused("unsupported_grant_type", "BAD_GRANT_TYPE", "missing or unknown grant type");
        };
    }

    private SandboxResponse issued(String accessToken, String refreshToken, boolean oldest) {
        ObjectNode body = Json.object()
                .put("token_type", "bearer")
                .put("refresh_token", refreshToken)
                .put("access_token", accessToken)
                .put("expires_in", lifetime.toSeconds());
        if (!oldest) {
            body.put("hub_id", HUB).put("user_id", USER).set("scopes", scopes());
        }
        return SandboxResponse.json(200, body, 0);
    }

    private SandboxResponse information(String accessToken) {
        Instant expiry = grants.expiry(accessToken);
        if (expiry == null || grants.state(accessToken) != Grants.State.GOOD) {
            return ApiException.notFound().response();
        }
        ObjectNode body = Json.object()
                .put("token", accessToken)
                .put("user", "user@sandbox.test")
                .put("hub_domain", "sandbox.test")
                .put("hub_id", HUB)
                .put("app_id", 1_234)
                .put("user_id", USER)
                .put("expires_in", Duration.between(clock.instant(), expiry).toSeconds())
                .put("token_type", "access");
        body.set("scopes", scopes());
        return SandboxResponse.json(200, body, 0);
    }

    private static ArrayNode scopes() {
        ArrayNode scopes = Json.array();
        SCOPES.forEach(scopes::add);
        return scopes;
    }

    /** Both the members of the standard and those that HubSpot had before it. */
    private static SandboxResponse refused(String error, String status, String message) {
        return SandboxResponse.json(
                400,
                Json.object()
                        .put("error", error)
                        .put("error_description", message)
                        .put("status", status)
                        .put("message", message),
                0);
    }
}
