package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.github.GitHubConfig;
import io.penstock.sandbox.github.GitHubConfig.Limits;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.Fault.Moment;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tokens with their ends, and limits, primary and secondary. */
class GitHubAccessTest {
    private static final String TOKENS = "/app/installations/67890/access_tokens";

    private final TestClock clock = new TestClock();
    private final GitHubSandbox sandbox = GitHubSandbox.start(
            GitHubConfig.defaults().withData(2).withLimits(Limits.NONE).withClock(clock));
    private final GitHubHttp github = new GitHubHttp(sandbox);
    private final SandboxClient http = github.http();

    @AfterEach
    void close() {
        github.close();
        sandbox.close();
    }

    private static PrivateKey key(String pem) throws GeneralSecurityException {
        byte[] bytes = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(bytes));
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String signed(PrivateKey key, String claims) throws GeneralSecurityException {
        String content = part("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + part(claims);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key);
        signature.update(content.getBytes(StandardCharsets.US_ASCII));
        return content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    }

    /** What the app signs: from so many seconds ago to so many from now. */
    private String claims(long ago, long ahead, Object issuer) {
        long now = clock.instant().getEpochSecond();
        return "{\"iat\":" + (now - ago) + ",\"exp\":" + (now + ahead) + ",\"iss\":\"" + issuer + "\"}";
    }

    private Answer installation(String jwt) {
        return http.send("POST", TOKENS, "", "Authorization", "Bearer " + jwt);
    }

    /** A header given twice would be sent twice, so the client has no token of its own while an app speaks. */
    private Answer asApp(String jwt) {
        http.use("");
        Answer answer = installation(jwt);
        http.use("ghp_sandbox");
        return answer;
    }

    @Test
    void anInstallationsTokenLastsAnHour() throws GeneralSecurityException {
        Answer answer = asApp(signed(key(sandbox.appKey()), claims(60, 540, 12_345)));
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.at("expires_at")).isEqualTo("2026-03-01T13:00:00Z");
        assertThat(answer.at("permissions/issues")).isEqualTo("write");
        http.use(answer.at("token"));
        assertThat(http.get("/user").status()).isEqualTo(200);
        clock.advance(Duration.ofMinutes(60));
        assertThat(http.get("/user").at("message")).isEqualTo("Bad credentials");
    }

    @Test
    void whatAnAppCannotSign() throws GeneralSecurityException {
        PrivateKey key = key(sandbox.appKey());
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2_048);
        PrivateKey other = generator.generateKeyPair().getPrivate();
        assertThat(asApp(signed(other, claims(60, 540, 12_345))).at("message"))
                .isEqualTo("A JSON web token could not be decoded");
        assertThat(asApp("none").status()).isEqualTo(401);
        assertThat(asApp(part("{\"alg\":\"none\"}") + "." + part(claims(60, 540, 12_345)) + ".")
                        .at("message"))
                .isEqualTo("A JSON web token could not be decoded");
        assertThat(asApp(signed(key, claims(60, 601, 12_345))).at("message")).contains("too far in the future");
        assertThat(asApp(signed(key, claims(60, 0, 12_345))).at("message")).contains("'Expiration time' claim");
        assertThat(asApp(signed(key, claims(-5, 540, 12_345))).at("message")).contains("'Issued at' claim");
        assertThat(asApp(signed(key, claims(60, 540, 1))).at("message")).isEqualTo("Integration not found");
    }

    @Test
    void aUsersTokenEndsWhenItIsRefreshed() {
        Map<String, String> first = Map.of(
                "client_id", "Iv1.sandbox",
                "client_secret", "sandbox-secret",
                "grant_type", "refresh_token",
                "refresh_token", "ghr_sandbox");
        Answer one = http.form("/login/oauth/access_token", first);
        assertThat(one.at("access_token")).startsWith("ghu_");
        assertThat(one.at("expires_in")).isEqualTo("28800");
        http.use(one.at("access_token"));
        assertThat(http.get("/user").status()).isEqualTo(200);
        Map<String, String> second = new java.util.HashMap<>(first);
        second.put("refresh_token", one.at("refresh_token"));
        Answer two = http.form("/login/oauth/access_token", second);
        assertThat(http.get("/user").status()).isEqualTo(401);
        http.use(two.at("access_token"));
        assertThat(http.get("/user").status()).isEqualTo(200);
        Answer again = http.form("/login/oauth/access_token", second);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.at("error")).isEqualTo("bad_refresh_token");
        second.put("client_secret", "wrong");
        assertThat(http.form("/login/oauth/access_token", second).at("error"))
                .isEqualTo("incorrect_client_credentials");
    }

    @Test
    void personalTokens() {
        http.use("ghp_readonly");
        assertThat(http.get(GitHubHttp.ISSUES + "/1").status()).isEqualTo(200);
        assertThat(http.post(GitHubHttp.ISSUES, "{\"title\":\"x\"}").status()).isEqualTo(403);
        sandbox.expireTokens();
        assertThat(http.get("/user").status()).isEqualTo(401);
        sandbox.addToken("ghp_new");
        http.use("ghp_new");
        assertThat(http.get("/user").status()).isEqualTo(200);
        http.use("");
        assertThat(http.get("/user").at("message")).isEqualTo("Requires authentication");
    }

    @Test
    void thePrimaryLimitIsResetByTheHour() {
        sandbox.limits(Limits.NONE.withHourly(2, 1));
        assertThat(http.get("/user").header("x-ratelimit-remaining")).isEqualTo("1");
        clock.advance(Duration.ofMinutes(59));
        http.get("/user");
        Answer limited = http.get("/user");
        assertThat(limited.status()).isEqualTo(403);
        assertThat(limited.header("x-ratelimit-remaining")).isEqualTo("0");
        assertThat(limited.header("x-ratelimit-reset"))
                .isEqualTo(Long.toString(clock.instant().plusSeconds(60).getEpochSecond()));
        assertThat(limited.header("Retry-After")).isEmpty();
        assertThat(http.get("/rate_limit").at("resources/core/remaining")).isEqualTo("0");
        assertThat(github.graphQl("{ rateLimit { remaining used } }").at("data/rateLimit/remaining"))
                .isEqualTo("0");
        Answer byGraphQl = github.graphQl("{ viewer { id } }");
        assertThat(byGraphQl.status()).isEqualTo(200);
        assertThat(byGraphQl.at("/errors/0/type")).isEqualTo("RATE_LIMITED");
        clock.advance(Duration.ofMinutes(1));
        assertThat(http.get("/user").status()).isEqualTo(200);
    }

    @Test
    void pointsOfAMinute() {
        sandbox.limits(Limits.NONE.withPoints(7, 6));
        github.made("A");
        http.get("/user");
        http.get("/user");
        Answer limited = http.get("/user");
        assertThat(limited.status()).isEqualTo(403);
        assertThat(limited.header("Retry-After")).isEqualTo("60");
        assertThat(limited.at("message")).contains("secondary rate limit");
        github.graphQl("{ viewer { id } }");
        github.create("none", "x");
        assertThat(github.graphQl("{ viewer { id } }").status()).isEqualTo(403);
        clock.advance(Duration.ofMinutes(1));
        assertThat(http.get("/user").status()).isEqualTo(200);
    }

    @Test
    void contentsMadeInAMinuteAndInAnHour() {
        sandbox.limits(Limits.NONE.withCreated(2, 3));
        String repository =
                sandbox.objects("repository").getFirst().path("node_id").asText();
        github.made("A");
        github.create(repository, "B");
        assertThat(github.create(repository, "C").at("/errors/0/message")).isEqualTo("was submitted too quickly");
        assertThat(http.post(GitHubHttp.ISSUES, "{\"title\":\"C\"}").at("message"))
                .contains("blocked from content creation");
        clock.advance(Duration.ofMinutes(1));
        assertThat(github.made("C")).isEqualTo("6");
        assertThat(http.post(GitHubHttp.ISSUES, "{\"title\":\"D\"}").status()).isEqualTo(403);
    }

    @Test
    void soManyAtTheSameTime() {
        sandbox.limits(Limits.NONE.withConcurrent(1));
        sandbox.faults().next(new Fault.Hang(Duration.ofMillis(500), Moment.AFTER_COMMIT));
        CompletableFuture<String> slow = CompletableFuture.supplyAsync(() -> github.made("Slow"));
        Awaitility.await().until(() -> sandbox.objects("issue").size() == 4);
        assertThat(http.get("/user").at("message")).contains("secondary rate limit");
        slow.join();
        assertThat(http.get("/user").status()).isEqualTo(200);
    }

    @Test
    void theMainClassReadsItsOptions() {
        GitHubConfig config = GitHubSandboxMain.read("--issues", "2", "--per-hour", "9", "--installation-seconds", "5");
        assertThat(config.issues()).isEqualTo(2);
        assertThat(config.limits()).isEqualTo(Limits.USER.withHourly(9, 9));
        assertThat(config.access().installationLifetime()).isEqualTo(Duration.ofSeconds(5));
        assertThatThrownBy(() -> GitHubSandboxMain.read("--issue", "2")).hasMessage("no such option: --issue");
    }
}
