package io.penstock.adapters.definition;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Body;
import io.penstock.adapters.Grant;
import io.penstock.adapters.Json;
import io.penstock.adapters.TokenAnswer;
import io.penstock.adapters.TokenRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OAuth 2 refresh (RFC 6749, 6) as a definition says that an API does it. */
final class DefinitionTokens {
    /** Longer than any token lives; a login server that says so is broken. */
    private static final long LONGEST_SECONDS = 10L * 365 * 24 * 3600;

    private DefinitionTokens() {}

    static TokenRequest refresh(AuthRule.OAuth oauth, Grant grant) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept", "application/json");
        fields.add(Map.entry("grant_type", "refresh_token"));
        fields.add(Map.entry("refresh_token", grant.refreshToken()));
        String secret = grant.clientSecret();
        switch (oauth.clientAuth()) {
            case BODY -> {
                fields.add(Map.entry("client_id", grant.clientId()));
                if (secret != null) {
                    fields.add(Map.entry("client_secret", secret));
                }
            }
            case BASIC -> {
                if (secret == null) {
                    fields.add(Map.entry("client_id", grant.clientId()));
                } else {
                    byte[] pair = (grant.clientId() + ":" + secret).getBytes(StandardCharsets.UTF_8);
                    headers.put("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
                }
            }
        }
        return new TokenRequest(headers, new Body.Form(fields));
    }

    static TokenAnswer parse(AuthRule.OAuth oauth, ApiResponse response) {
        JsonNode json = Json.read(response.body());
        if (response.successful()) {
            String access = json == null ? "" : json.at(oauth.accessToken()).asText();
            if (json == null || access.isEmpty()) {
                return new TokenAnswer.Failed("The login server answered without an access token.");
            }
            String refresh = json.at(oauth.refreshToken()).asText();
            return new TokenAnswer.Granted(
                    access, refresh.isEmpty() ? null : refresh, null, expiresIn(json.at(oauth.expiresIn())));
        }
        String code = oauth.code().in(json);
        if (code != null && response.status() < 500 && oauth.revoked().contains(code)) {
            String message = oauth.message().in(json);
            return new TokenAnswer.Revoked(code, message == null ? code : message);
        }
        return new TokenAnswer.Failed("The login server answered " + response.status() + ".");
    }

    private static @Nullable Duration expiresIn(JsonNode seconds) {
        long number = seconds.asLong();
        return number > 0 && number < LONGEST_SECONDS ? Duration.ofSeconds(number) : null;
    }
}
