package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import io.penstock.sandbox.salesforce.SalesforceConfig.Tokens;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tokens: how they are had, how they end, and what the quota does. */
class SalesforceTokensTest {
    private static Map<String, String> form(String grantType, String... more) {
        Map<String, String> form = new HashMap<>(
                Map.of("grant_type", grantType, "client_id", "sandbox-client", "client_secret", "sandbox-secret"));
        for (int i = 0; i < more.length; i += 2) {
            form.put(more[i], more[i + 1]);
        }
        return form;
    }

    @Test
    void anAccessTokenEndsWithItsTimeAndARefreshGivesAnother() {
        TestClock clock = new TestClock();
        SalesforceConfig config =
                SalesforceConfig.defaults().withClock(clock).withTokens(new Tokens(Duration.ofMinutes(15), 0, false));
        try (SalesforceSandbox sandbox = SalesforceSandbox.start(config);
                SalesforceClient client = new SalesforceClient(sandbox)) {
            assertThat(client.get("/limits").status()).isEqualTo(200);
            clock.advance(Duration.ofMinutes(15));
            Answer expired = client.get("/limits");
            assertThat(expired.status()).isEqualTo(401);
            assertThat(expired.at("/0/errorCode")).isEqualTo("INVALID_SESSION_ID");
            assertThat(expired.at("/0/message")).isEqualTo("Session expired or invalid");

            Answer refreshed = client.token(form("refresh_token", "refresh_token", "sandbox-refresh"));
            assertThat(refreshed.at("/instance_url")).isEqualTo(sandbox.uri().toString());
            assertThat(refreshed.at("/id")).contains("/id/00D");
            assertThat(refreshed.body().has("refresh_token")).isFalse();
            assertThat(refreshed.body().has("expires_in")).isFalse();
            client.use(refreshed.at("/access_token"));
            assertThat(client.get("/limits").status()).isEqualTo(200);
        }
    }

    @Test
    void anAccessTokenEndsWithItsUses() {
        SalesforceConfig config = SalesforceConfig.defaults().withTokens(new Tokens(Duration.ofHours(1), 2, false));
        try (SalesforceSandbox sandbox = SalesforceSandbox.start(config);
                SalesforceClient client = new SalesforceClient(sandbox)) {
            assertThat(client.get("/limits").status()).isEqualTo(200);
            assertThat(client.get("/limits").status()).isEqualTo(200);
            assertThat(client.get("/limits").status()).isEqualTo(401);
        }
    }

    @Test
    void aRefreshTokenUsedAgainAfterItsRotationEndsTheGrant() {
        SalesforceConfig config = SalesforceConfig.defaults().withTokens(new Tokens(Duration.ofHours(1), 0, true));
        try (SalesforceSandbox sandbox = SalesforceSandbox.start(config);
                SalesforceClient client = new SalesforceClient(sandbox)) {
            Answer first = client.token(form("refresh_token", "refresh_token", "sandbox-refresh"));
            String next = first.at("/refresh_token");
            assertThat(next).isNotEmpty().isNotEqualTo("sandbox-refresh");
            Answer reused = client.token(form("refresh_token", "refresh_token", "sandbox-refresh"));
            assertThat(reused.status()).isEqualTo(400);
            assertThat(reused.at("/error")).isEqualTo("invalid_grant");
            assertThat(reused.at("/error_description")).isEqualTo("expired access/refresh token");
            assertThat(client.token(form("refresh_token", "refresh_token", next))
                            .at("/error"))
                    .isEqualTo("invalid_grant");
            client.use(first.at("/access_token"));
            assertThat(client.get("/limits").status()).isEqualTo(401);
        }
    }

    @Test
    void everyGrantTypeAndWhatItRefuses() {
        try (SalesforceSandbox sandbox = SalesforceSandbox.start();
                SalesforceClient client = new SalesforceClient(sandbox)) {
            assertThat(client.token(form("client_credentials")).status()).isEqualTo(200);
            assertThat(client.token(form("password", "username", "user@sandbox.test", "password", "wrong"))
                            .at("/error_description"))
                    .isEqualTo("authentication failure");
            assertThat(client.token(form("client_credentials", "client_secret", "wrong"))
                            .at("/error"))
                    .isEqualTo("invalid_client");
            assertThat(client.token(form("client_credentials", "client_id", "wrong"))
                            .at("/error"))
                    .isEqualTo("invalid_client_id");
            assertThat(client.token(form("nonsense")).at("/error")).isEqualTo("unsupported_grant_type");
            String bearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
            long later = Instant.now().getEpochSecond() + 100;
            assertThat(client.token(Map.of("grant_type", bearer, "assertion", jwt("sandbox-client", later)))
                            .status())
                    .isEqualTo(200);
            assertThat(client.token(Map.of("grant_type", bearer, "assertion", jwt("other", later)))
                            .at("/error"))
                    .isEqualTo("invalid_grant");
            assertThat(client.token(Map.of("grant_type", bearer, "assertion", jwt("sandbox-client", 1)))
                            .at("/error"))
                    .isEqualTo("invalid_grant");
            assertThat(sandbox.requests())
                    .allSatisfy(request -> assertThat(request.bodyText()).doesNotContain("secret"));
        }
    }

    private static String jwt(String issuer, long expires) {
        String claims =
                "{\"iss\":\"%s\",\"sub\":\"user@sandbox.test\",\"aud\":\"https://login.salesforce.com\",\"exp\":%d}"
                        .formatted(issuer, expires);
        return "e30." + Base64.getUrlEncoder().encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".x";
    }

    @Test
    void theQuotaIsCountedInAHeaderAndEndsIn403() {
        try (SalesforceSandbox sandbox =
                        SalesforceSandbox.start(SalesforceConfig.defaults().withDailyRequests(2));
                SalesforceClient client = new SalesforceClient(sandbox)) {
            assertThat(client.get("/sobjects").header("Sforce-Limit-Info")).isEqualTo("api-usage=1/2");
            assertThat(client.get("/limits").at("/DailyApiRequests/Remaining")).isEqualTo("0");
            Answer refused = client.get("/sobjects");
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.at("/0/errorCode")).isEqualTo("REQUEST_LIMIT_EXCEEDED");
            assertThat(refused.at("/0/message")).isEqualTo("TotalRequests Limit exceeded.");
            assertThat(refused.header("Sforce-Limit-Info")).isEqualTo("api-usage=2/2");
            sandbox.limit(100, 0);
            assertThat(client.get("/sobjects").status()).isEqualTo(200);
        }
    }
}
