package io.penstock.adapters.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Body;
import io.penstock.adapters.Grant;
import io.penstock.adapters.Json;
import io.penstock.adapters.TokenAnswer;
import io.penstock.adapters.TokenRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** OAuth 2 refresh (RFC 6749, 6) as Salesforce's login servers do it: the answer also says where the account lives. */
final class SalesforceTokens {
    /** Answers that stay the same until a person does something. */
    private static final Set<String> FINAL = Set.of(
            "invalid_grant",
            "invalid_client",
            "invalid_client_id",
            "unauthorized_client",
            "inactive_user",
            "inactive_org");

    private SalesforceTokens() {}

    static TokenRequest refresh(Grant grant) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        fields.add(Map.entry("grant_type", "refresh_token"));
        fields.add(Map.entry("refresh_token", grant.refreshToken()));
        fields.add(Map.entry("client_id", grant.clientId()));
        String secret = grant.clientSecret();
        if (secret != null) {
            fields.add(Map.entry("client_secret", secret));
        }
        return new TokenRequest(Map.of("Accept", "application/json"), new Body.Form(fields));
    }

    static TokenAnswer parse(ApiResponse response) {
        JsonNode json = Json.read(response.body());
        if (response.successful()) {
            String token = json == null ? null : Json.text(json, "access_token");
            if (json == null || token == null || token.isEmpty()) {
                return new TokenAnswer.Failed("The login server answered without an access token.");
            }
            String refreshToken = Json.text(json, "refresh_token");
            return new TokenAnswer.Granted(token, refreshToken, baseUrl(Json.text(json, "instance_url")), null);
        }
        String code = json == null ? null : Json.text(json, "error");
        if (code != null && response.status() < 500 && FINAL.contains(code)) {
            String description = json == null ? null : Json.text(json, "error_description");
            return new TokenAnswer.Revoked(code, description == null ? code : description);
        }
        return new TokenAnswer.Failed("The login server answered " + response.status() + ".");
    }

    /** The origin only: the token must go nowhere but to that host. */
    private static @Nullable String baseUrl(@Nullable String url) {
        if (url == null) {
            return null;
        }
        try {
            URI uri = new URI(url);
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            if (!web || uri.getHost() == null || uri.getUserInfo() != null) {
                return null;
            }
            return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
        } catch (URISyntaxException notAUrl) {
            return null;
        }
    }
}
