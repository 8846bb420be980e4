package io.penstock.sandbox.airtable;

import io.penstock.sandbox.server.Grants;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxRequest;
import io.penstock.sandbox.server.SandboxResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/**
 * {@code POST /oauth2/v1/token}: the app names itself by HTTP Basic. A refresh token is good for one use; using it again ends the grant.
 *
 * <p>A code verifier has to be there; the sandbox has seen no challenge to hold it against.
 */
final class OAuthResource {
    private static final String CODE = "sandbox-code";
    private static final String SCOPES = "data.records:read data.records:write schema.bases:read";

    private final AirtableConfig config;
    private final Grants grants;

    OAuthResource(AirtableConfig config, Grants grants) {
        this.config = config;
        this.grants = grants;
    }

    static Grants.Rules rules(AirtableConfig config) {
        return new Grants.Rules(
                config.tokens().access(),
                0,
                config.tokens().refresh(),
                true,
                "oaa",
                "oar",
                config.app().refreshToken());
    }

    static boolean handles(String path) {
        return path.startsWith("/oauth2/");
    }

    SandboxResponse answer(SandboxRequest request) {
        if (!request.path().equals("/oauth2/v1/token") || !request.method().equals("POST")) {
            return ApiException.notFound().response();
        }
        String wanted = config.app().clientId() + ":" + config.app().clientSecret();
        String basic = "Basic " + Base64.getEncoder().encodeToString(wanted.getBytes(StandardCharsets.UTF_8));
        if (!basic.equals(request.header("authorization"))) {
            return refused(401, "invalid_client", "The client credentials are invalid.");
        }
        Map<String, String> form = SandboxRequest.parameters(request.text());
        return switch (form.getOrDefault("grant_type", "")) {
            case "refresh_token" -> {
                Grants.Refreshed refreshed = grants.refresh(form.getOrDefault("refresh_token", ""));
                yield refreshed == null
                        ? refused(400, "invalid_grant", "Token has been expired or revoked.")
                        : issued(refreshed);
            }
            case "authorization_code" -> {
                if (form.getOrDefault("code_verifier", "").isEmpty()) {
                    yield refused(400, "invalid_request", "code_verifier is required.");
                }
                yield CODE.equals(form.get("code"))
                        ? issued(grants.grant())
                        : refused(400, "invalid_grant", "The authorization code is invalid or expired.");
            }
            default -> refused(400, "unsupported_grant_type", "The grant type is not supported.");
        };
    }

    private SandboxResponse issued(Grants.Refreshed tokens) {
        return SandboxResponse.json(
                200,
                Json.object()
                        .put("access_token", tokens.accessToken())
                        .put("refresh_token", tokens.refreshToken())
                        .put("token_type", "Bearer")
                        .put("scope", SCOPES)
                        .put("expires_in", config.tokens().access().toSeconds())
                        .put("refresh_expires_in", config.tokens().refresh().toSeconds()),
                0);
    }

    private static SandboxResponse refused(int status, String error, String description) {
        return SandboxResponse.json(status, Json.object().put("error", error).put("error_description", description), 0);
    }
}
