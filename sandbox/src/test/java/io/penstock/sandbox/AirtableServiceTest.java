package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.airtable.AirtableConfig;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.Fault.Moment;
import io.penstock.sandbox.server.FaultMatch;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tokens, limits, metadata and faults of the Airtable sandbox. */
class AirtableServiceTest {
    private static final String CONTACTS = "/v0/" + AirtableConfig.BASE + "/Contacts";
    private static final String SECOND = "/v0/" + AirtableConfig.SECOND_BASE + "/Contacts";
    private static final String CONTACT = "{\"fields\":{\"Last Name\":\"Byron\"}}";

    private final TestClock clock = new TestClock();
    private final AirtableSandbox sandbox =
            AirtableSandbox.start(AirtableConfig.defaults().withClock(clock).withData(0, 0));
    private final SandboxClient client = new SandboxClient(sandbox, "patSandbox.token");

    @AfterEach
    void close() {
        client.close();
        sandbox.close();
    }

    private Answer token(String... form) {
        Map<String, String> values = new java.util.HashMap<>();
        for (int i = 0; i < form.length; i += 2) {
            values.put(form[i], form[i + 1]);
        }
        String credentials =
                Base64.getEncoder().encodeToString("sandbox-client:sandbox-secret".getBytes(StandardCharsets.UTF_8));
        return client.form("/oauth2/v1/token", values, "Authorization", "Basic " + credentials);
    }

    private Answer refresh(String refreshToken) {
        return token("grant_type", "refresh_token", "refresh_token", refreshToken);
    }

    @Test
    void anAccessTokenLivesAnHourAndARefreshTokenSixtyDays() {
        Answer first = refresh("sandbox-refresh");
        assertThat(first.at("token_type")).isEqualTo("Bearer");
        client.use(first.at("access_token"));
        clock.advance(Duration.ofMinutes(59));
        assertThat(client.get(CONTACTS).status()).isEqualTo(200);
        clock.advance(Duration.ofMinutes(1));
        Answer expired = client.get(CONTACTS);
        assertThat(expired.status()).isEqualTo(401);
        assertThat(expired.at("error/type")).isEqualTo("UNAUTHORIZED");
        clock.advance(Duration.ofDays(60));
        assertThat(refresh(first.at("refresh_token")).at("error")).isEqualTo("invalid_grant");
    }

    @Test
    void aRefreshTokenThatIsUsedTwiceEndsTheGrant() {
        Answer first = refresh("sandbox-refresh");
        Answer second = refresh(first.at("refresh_token"));
        client.use(second.at("access_token"));
        assertThat(client.get(CONTACTS).status()).isEqualTo(200);
        assertThat(refresh("sandbox-refresh").at("error")).isEqualTo("invalid_grant");
        assertThat(client.get(CONTACTS).status()).isEqualTo(401);
        assertThat(refresh(second.at("refresh_token")).at("error")).isEqualTo("invalid_grant");
    }

    @Test
    void anAuthorizationCodeWantsItsVerifier() {
        String[] code = {"grant_type", "authorization_code", "code", "sandbox-code"};
        assertThat(token(code).at("error")).isEqualTo("invalid_request");
        Answer granted =
                token("grant_type", "authorization_code", "code", "sandbox-code", "code_verifier", "a-long-secret");
        client.use(granted.at("access_token"));
        assertThat(client.get(CONTACTS).status()).isEqualTo(200);
        assertThat(token("grant_type", "password").at("error")).isEqualTo("unsupported_grant_type");
        assertThat(client.form("/oauth2/v1/token", Map.of("grant_type", "refresh_token"))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void oneRequestTooManyCostsThirtySeconds() {
        for (int i = 0; i < 5; i++) {
            assertThat(client.get(CONTACTS).status()).isEqualTo(200);
        }
        Answer refused = client.get(CONTACTS);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.at("errors/0/error")).isEqualTo("RATE_LIMIT_REACHED");
        assertThat(refused.header("Retry-After")).isEmpty();
        assertThat(client.get(SECOND).status()).isEqualTo(200);
        clock.advance(Duration.ofSeconds(29));
        assertThat(client.get(CONTACTS).status()).isEqualTo(429);
        clock.advance(Duration.ofSeconds(1));
        assertThat(client.get(CONTACTS).status()).isEqualTo(200);
    }

    @Test
    void fiveInAnySecondAreFine() {
        for (int i = 0; i < 25; i++) {
            assertThat(client.get(CONTACTS).status()).isEqualTo(200);
            clock.advance(Duration.ofMillis(200));
        }
    }

    @Test
    void whatTheMetadataTell() {
        assertThat(client.get("/v0/meta/whoami").at("id")).startsWith("usr");
        assertThat(client.get("/v0/meta/bases").at("bases/0/id")).isEqualTo(AirtableConfig.BASE);
        Answer tables = client.get("/v0/meta/bases/" + AirtableConfig.BASE + "/tables");
        assertThat(tables.at("tables/1/name")).isEqualTo("Contacts");
        assertThat(tables.at("tables/1/primaryFieldId")).isEqualTo(tables.at("tables/1/fields/0/id"));
        assertThat(client.get("/v0/meta/bases/appNowhere0000000/tables").status())
                .isEqualTo(403);
        assertThat(client.get("/v0/meta/nonsense").body()).hasToString("{\"error\":\"NOT_FOUND\"}");
    }

    @Test
    void nobodyIsToldApartFromAStranger() {
        client.use("");
        assertThat(client.get(CONTACTS).at("error/type")).isEqualTo("AUTHENTICATION_REQUIRED");
        assertThat(client.get("/v0/nonsense/Contacts").status()).isEqualTo(404);
        client.use("patNobody.token");
        assertThat(client.get(CONTACTS).at("error/type")).isEqualTo("UNAUTHORIZED");
        client.use("patSandbox.token");
        assertThat(client.get("/v0/appNowhere0000000/Contacts").at("error/type"))
                .isEqualTo("INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND");
    }

    @ParameterizedTest
    @EnumSource
    void aDroppedConnection(Moment moment) {
        sandbox.faults().next(FaultMatch.method("POST").withObject("Contacts"), new Fault.Drop(moment));
        assertThatThrownBy(() -> client.post(CONTACTS, CONTACT)).isInstanceOf(UncheckedIOException.class);
        assertThat(sandbox.objects("Contacts")).hasSize(moment == Moment.AFTER_COMMIT ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({"429, RATE_LIMIT_REACHED", "500, SERVER_ERROR", "503, SERVICE_UNAVAILABLE", "502, Gateway error"})
    void aStatusBeforeTheCommit(int status, String said) {
        sandbox.faults().next(new Fault.Status(status, Moment.BEFORE_COMMIT));
        Answer answer = client.post(CONTACTS, CONTACT);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.response().body()).contains(said);
        assertThat(sandbox.objects("Contacts")).isEmpty();
    }

    @Test
    void halfABodyToAnAppliedRequest() {
        sandbox.faults().next(new Fault.HalfBody());
        assertThatThrownBy(() -> client.post(CONTACTS, CONTACT)).isInstanceOf(UncheckedIOException.class);
        assertThat(sandbox.objects("Contacts")).hasSize(1);
    }

    @Test
    void recordsThatAreRefused() {
        sandbox.faults().next(new Fault.RefuseRecords("CANNOT_CREATE_VALUE", "no"));
        Answer answer = client.post(CONTACTS, CONTACT);
        assertThat(answer.at("error/type")).isEqualTo("CANNOT_CREATE_VALUE");
        assertThat(sandbox.objects("Contacts")).isEmpty();
    }

    @Test
    void whatThePersonSees() {
        client.post(CONTACTS, CONTACT);
        assertThat(client.get("/").response().body())
                .contains("Airtable sandbox", "Contacts: 1", "Second CRM/Contacts: 0", "Byron");
        assertThat(sandbox.dataRequests().getFirst().rows()).isEqualTo(1);
        sandbox.reset();
        assertThat(sandbox.objects("Contacts")).isEmpty();
    }

    @Test
    void theOptionsOfTheProcess() {
        AirtableConfig config = AirtableSandboxMain.read(
                "--port", "81", "--token-seconds", "60", "--penalty-ms", "100", "--base-per-second", "9");
        assertThat(config.port()).isEqualTo(81);
        assertThat(config.tokens().access()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.limits()).isEqualTo(new AirtableConfig.Limits(9, 50, Duration.ofMillis(100)));
        assertThatThrownBy(() -> AirtableSandboxMain.read("--nonsense", "1")).hasMessage("no such option: --nonsense");
    }
}
