package io.penstock.adapters.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.Body;
import io.penstock.adapters.Grant;
import io.penstock.adapters.Json;
import io.penstock.adapters.TokenAnswer;
import io.penstock.adapters.TokenRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of an app's installation, which the app signs for, and of a user. */
class GitHubTokensTest {
    private static final Instant NOW = Instant.parse("2024-09-10T17:30:00Z");
    private static final KeyPair KEYS = keys();

    private final GitHubAdapter installation = adapter(new GitHubAuth.Installation(67_890));
    private final GitHubAdapter user = adapter(new GitHubAuth.User());

    private static GitHubAdapter adapter(GitHubAuth auth) {
        return new GitHubAdapter(new GitHubSettings(auth, Duration.ofMinutes(1), InstantSource.fixed(NOW)));
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2_048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String name, byte[] der) {
        return "-----BEGIN " + name + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + name + "-----\n";
    }

    /** As GitHub hands it out: what follows the algorithm in PKCS #8, without the four bytes of its tag and length. */
    private static String asGitHubHandsItOut() {
        byte[] der = KEYS.getPrivate().getEncoded();
        return pem("RSA PRIVATE KEY", Arrays.copyOfRange(der, 26, der.length));
    }

    @Test
    void whoseTokenItIsDecidesHowItIsRefreshed() {
        assertThat(GitHub.PERSONAL.auth()).isEqualTo(new AuthDescriptor.StaticToken());
        assertThat(installation.auth())
                .isEqualTo(new AuthDescriptor.OAuthRefresh(
                        "https://api.github.com/app/installations/67890/access_tokens",
                        false,
                        true,
                        Duration.ofMinutes(5)));
        assertThat(user.auth())
                .isEqualTo(new AuthDescriptor.OAuthRefresh(
                        "https://github.com/login/oauth/access_token", true, true, Duration.ofMinutes(5)));
        assertThat(user.authorization("t")).containsExactly(Map.entry("Authorization", "Bearer t"));
    }

    @Test
    void theAppSignsWithEitherFormOfItsKey() throws GeneralSecurityException {
        for (String pem : List.of(pem("PRIVATE KEY", KEYS.getPrivate().getEncoded()), asGitHubHandsItOut())) {
            TokenRequest request = installation.refresh(new Grant("12345", null, pem));

            assertThat(request.body()).isEqualTo(Body.EMPTY);
            String[] parts = String.valueOf(request.headers().get("Authorization"))
                    .replace("Bearer ", "")
                    .split("\\.");
            assertThat(decoded(parts[0])).isEqualTo(GitHub.json("{'alg':'RS256','typ':'JWT'}"));
            assertThat(decoded(parts[1])).hasToString("{\"iat\":1725989340,\"exp\":1725989940,\"iss\":\"12345\"}");
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(KEYS.getPublic());
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2])))
                    .isTrue();
        }
    }

    private static JsonNode decoded(String part) {
        JsonNode json = Json.read(Base64.getUrlDecoder().decode(part));
        assertThat(json).isNotNull();
        return json == null ? Json.object() : json;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----",
                "-----BEGIN RSA PRIVATE KEY-----\nsecret\n-----END RSA PRIVATE KEY-----"
            })
    void whatIsNoKeyIsRefusedWithoutBeingTold(String pem) {
        assertThatThrownBy(() -> new AppSigner("1", pem))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void anInstallationsTokenEndsByGitHubsClock() {
        String body = "{'token':'ghs_1','expires_at':'2024-09-10T18:30:00Z','permissions':{'issues':'write'}}";

        assertThat(installation.parseToken(GitHub.answer(201, body)))
                .isEqualTo(new TokenAnswer.Granted("ghs_1", null, null, Duration.ofHours(1)));
        ApiResponse dated = GitHub.answer(201, Map.of("Date", List.of("Tue, 10 Sep 2024 17:40:00 GMT")), body);
        assertThat(installation.parseToken(dated))
                .isEqualTo(new TokenAnswer.Granted("ghs_1", null, null, Duration.ofMinutes(50)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "401|{'message':'A JSON web token could not be decoded'}|true",
                "401|{'message':'Expiration time claim (exp) is too far in the future'}|false",
                "403|{'message':'This installation has been suspended'}|true",
                "404|{'message':'Not Found'}|true",
                "502|nothing|false",
                "201|{}|false"
            })
    void whatOnlyAPersonMends(int status, String body, boolean revoked) {
        assertThat(installation.parseToken(GitHub.answer(status, body)))
                .isInstanceOf(revoked ? TokenAnswer.Revoked.class : TokenAnswer.Failed.class);
    }

    @Test
    void aLimitIsWaitedFor() {
        assertThat(installation.parseToken(
                        GitHub.answer(403, Map.of("Retry-After", List.of("60")), "{'message':'secondary rate limit'}")))
                .isInstanceOf(TokenAnswer.Failed.class);
    }

    @Test
    void aUsersRefreshTokenIsGoodOnce() {
        TokenRequest request = user.refresh(new Grant("Iv1.a", "s", "ghr_1"));

        assertThat(request.body().text())
                .isEqualTo("grant_type=refresh_token&refresh_token=ghr_1&client_id=Iv1.a&client_secret=s");
        assertThat(user.parseToken(GitHub.answer(
                        200,
                        "{'access_token':'ghu_2','expires_in':28800,'refresh_token':'ghr_2','token_type':'bearer'}")))
                .isEqualTo(new TokenAnswer.Granted("ghu_2", "ghr_2", null, Duration.ofHours(8)));
        assertThat(user.parseToken(
                        GitHub.answer(200, "{'error':'bad_refresh_token','error_description':'It is expired.'}")))
                .isEqualTo(new TokenAnswer.Revoked("bad_refresh_token", "It is expired."));
        assertThat(user.parseToken(GitHub.answer(200, "{'error':'slow_down'}"))).isInstanceOf(TokenAnswer.Failed.class);
        assertThat(user.parseToken(GitHub.answer(502, "nothing"))).isInstanceOf(TokenAnswer.Failed.class);
    }
}
