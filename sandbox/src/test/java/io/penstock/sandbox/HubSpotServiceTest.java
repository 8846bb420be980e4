package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.hubspot.HubSpotConfig;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.Fault.Moment;
import io.penstock.sandbox.server.FaultMatch;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tokens, limits and faults of the HubSpot sandbox. */
class HubSpotServiceTest {
    private static final String CONTACTS = "/crm/v3/objects/contacts";
    private static final String CONTACT = "{\"properties\":{\"city\":\"Porto\"}}";

    private final TestClock clock = new TestClock();
    private final HubSpotSandbox sandbox = HubSpotSandbox.start(HubSpotConfig.defaults()
            .withClock(clock)
            .withLimits(new HubSpotConfig.Limits(2, 3, 5, 1))
            .withData(0, 0, 0));
    private final SandboxClient client = new SandboxClient(sandbox, "pat-na1-sandbox");

    @AfterEach
    void close() {
        client.close();
        sandbox.close();
    }

    private Answer token(String version, String... more) {
        Map<String, String> form = new java.util.HashMap<>(Map.of(
                "grant_type", "refresh_token",
                "client_id", "sandbox-client",
                "client_secret", "sandbox-secret",
                "refresh_token", "sandbox-refresh"));
        for (int i = 0; i < more.length; i += 2) {
            form.put(more[i], more[i + 1]);
        }
        return client.form("/oauth/" + version + "/token", form);
    }

    @ParameterizedTest
    @CsvSource({"v1, false", "v3, true", "2026-03, true"})
    void aTokenOfEachVersion(String version, boolean tellsTheAccount) {
        Answer answer = token(version);
        assertThat(answer.at("expires_in")).isEqualTo("1800");
        assertThat(answer.at("refresh_token")).isEqualTo("sandbox-refresh");
        assertThat(answer.body().has("hub_id")).isEqualTo(tellsTheAccount);
        client.use(answer.at("access_token"));
        assertThat(client.get(CONTACTS).status()).isEqualTo(200);
        clock.advance(Duration.ofSeconds(1807));
        Answer expired = client.get(CONTACTS);
        assertThat(expired.status()).isEqualTo(401);
        assertThat(expired.at("category")).isEqualTo("EXPIRED_AUTHENTICATION");
        assertThat(expired.at("message")).isEqualTo("The OAuth token used to make this call expired 7 second(s) ago.");
    }

    @ParameterizedTest
    @CsvSource({
        "refresh_token, none, invalid_grant, BAD_REFRESH_TOKEN",
        "client_id, none, invalid_client, BAD_CLIENT_ID",
        "client_secret, none, invalid_client, BAD_CLIENT_SECRET",
        "grant_type, password, unsupported_grant_type, BAD_GRANT_TYPE"
    })
    void aTokenIsRefused(String parameter, String value, String error, String status) {
        Answer answer = token("v3", parameter, value);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("error")).isEqualTo(error);
        assertThat(answer.at("status")).isEqualTo(status);
    }

    @Test
    void anAuthorizationCodeStartsAGrantThatCanBeTakenBack() {
        Answer granted = token("v3", "grant_type", "authorization_code", "code", "sandbox-code");
        client.use(granted.at("access_token"));
        assertThat(client.get(CONTACTS).status()).isEqualTo(200);
        assertThat(client.delete("/oauth/v1/refresh-tokens/" + granted.at("refresh_token"))
                        .status())
                .isEqualTo(204);
        assertThat(client.get(CONTACTS).status()).isEqualTo(401);
        assertThat(token("v3", "refresh_token", granted.at("refresh_token")).at("status"))
                .isEqualTo("BAD_REFRESH_TOKEN");
    }

    @Test
    void tenSecondsRollAndTheDayStartsAtMidnight() {
        assertThat(client.get(CONTACTS).header("X-HubSpot-RateLimit-Remaining")).isEqualTo("2");
        clock.advance(Duration.ofSeconds(4));
        client.get(CONTACTS);
        assertThat(client.get(CONTACTS).header("X-HubSpot-RateLimit-Interval-Milliseconds"))
                .isEqualTo("10000");
        assertThat(client.get(CONTACTS).at("policyName")).isEqualTo("TEN_SECONDLY_ROLLING");
        clock.advance(Duration.ofSeconds(6));
        assertThat(client.get(CONTACTS).status()).isEqualTo(200);
        assertThat(client.get(CONTACTS).status()).isEqualTo(429);
        clock.advance(Duration.ofSeconds(10));
        assertThat(client.get(CONTACTS).header("X-HubSpot-RateLimit-Daily-Remaining"))
                .isEqualTo("0");
        Answer refused = client.get(CONTACTS);
        assertThat(refused.at("policyName")).isEqualTo("DAILY");
        assertThat(refused.at("message")).isEqualTo("You have reached your daily limit.");
        clock.advance(Duration.ofHours(12));
        assertThat(client.get(CONTACTS).status()).isEqualTo(200);
    }

    @Test
    void searchesHaveASecondOfTheirOwn() {
        assertThat(client.post(CONTACTS + "/search", "{}").status()).isEqualTo(200);
        Answer refused = client.post(CONTACTS + "/search", "{}");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.at("message")).isEqualTo("You have reached your secondly limit.");
        clock.advance(Duration.ofSeconds(1));
        assertThat(client.post(CONTACTS + "/search", "{}").status()).isEqualTo(200);
    }

    @Test
    void anAppHasItsOwnWindowAndNoDay() {
        String token = token("v3").at("access_token");
        client.use(token);
        Answer first = client.get(CONTACTS);
        assertThat(first.header("X-HubSpot-RateLimit-Max")).isEqualTo("2");
        assertThat(first.header("X-HubSpot-RateLimit-Daily")).isEmpty();
        client.get(CONTACTS);
        assertThat(client.get(CONTACTS).status()).isEqualTo(429);
        client.use("pat-na1-sandbox");
        assertThat(client.get(CONTACTS).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void aDroppedConnection(Moment moment) {
        sandbox.faults().next(FaultMatch.method("POST").withObject("contacts"), new Fault.Drop(moment));
        assertThatThrownBy(() -> client.post(CONTACTS, CONTACT)).isInstanceOf(UncheckedIOException.class);
        assertThat(sandbox.objects("contacts")).hasSize(moment == Moment.AFTER_COMMIT ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({"429, RATE_LIMIT", "500, ''", "503, ''", "502, ''"})
    void aStatusBeforeTheCommit(int status, String errorType) {
        sandbox.faults().next(new Fault.Status(status, Moment.BEFORE_COMMIT));
        Answer answer = client.post(CONTACTS, CONTACT);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.at("errorType")).isEqualTo(errorType);
        assertThat(sandbox.objects("contacts")).isEmpty();
    }

    @Test
    void halfABodyToAnAppliedRequest() {
        sandbox.faults().next(new Fault.HalfBody());
        assertThatThrownBy(() -> client.post(CONTACTS, CONTACT)).isInstanceOf(UncheckedIOException.class);
        assertThat(sandbox.objects("contacts")).hasSize(1);
    }

    @Test
    void refusedRecordsOfATracedBatch() {
        sandbox.faults().next(new Fault.RefuseRecords("LOCKED", "The object is locked."));
        Answer answer = client.post(
                CONTACTS + "/batch/create",
                "{\"inputs\":[{\"properties\":{\"city\":\"Porto\"},\"objectWriteTraceId\":\"a\"}]}");
        assertThat(answer.status()).isEqualTo(207);
        assertThat(answer.at("errors/0/category")).isEqualTo("LOCKED");
        assertThat(sandbox.objects("contacts")).isEmpty();
    }

    @Test
    void whatThePersonSees() {
        client.post(CONTACTS, CONTACT);
        String page = client.get("/").response().body();
        assertThat(page).contains("HubSpot sandbox", "contacts: 1", "/crm/v3/objects/contacts", "Porto");
        assertThat(sandbox.dataRequests().getFirst().rows()).isEqualTo(1);
        sandbox.reset();
        assertThat(sandbox.objects("contacts")).isEmpty();
    }

    @Test
    void theOptionsOfTheProcess() {
        HubSpotConfig config = HubSpotSandboxMain.read(
                "--port", "81", "--token-seconds", "60", "--index-lag-ms", "0", "--private-ten-seconds", "9");
        assertThat(config.port()).isEqualTo(81);
        assertThat(config.tokenLifetime()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.indexLag()).isZero();
        assertThat(config.limits().privateTenSeconds()).isEqualTo(9);
        assertThatThrownBy(() -> HubSpotSandboxMain.read("--nonsense", "1")).hasMessage("no such option: --nonsense");
    }
}
