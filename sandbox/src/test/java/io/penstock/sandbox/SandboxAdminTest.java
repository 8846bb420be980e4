package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a person or another process asks the sandbox itself. */
class SandboxAdminTest {
    private final SalesforceSandbox sandbox = SalesforceSandbox.start();
    private final SalesforceClient client = new SalesforceClient(sandbox);

    @AfterEach
    void close() {
        client.close();
        sandbox.close();
    }

    private Answer admin(String method, String what, String body) {
        return client.send(method, "/_sandbox/" + what, body);
    }

    @Test
    void thePageShowsWhatArrivedAndWhatIsHeld() {
        client.post("/sobjects/Contact", "{\"LastName\":\"<Atreides> & son\"}");
        String page = client.send("GET", "/", "").response().body();
        assertThat(page)
                .contains("Salesforce sandbox", "/services/data/v62.0/sobjects/Contact", "201")
                .contains("&lt;Atreides&gt; &amp; son")
                .doesNotContain("<Atreides>")
                .contains("Account: 12", "Contact: 41");
    }

    @Test
    void listsRequestsAndObjects() {
        client.post("/sobjects/Contact", "{\"LastName\":\"Atreides\"}");
        Answer requests = admin("GET", "requests", "");
        JsonNode last = requests.body().get(requests.body().size() - 1);
        assertThat(last.path("method").asText()).isEqualTo("POST");
        assertThat(last.path("target").asText()).isEqualTo("/services/data/v62.0/sobjects/Contact");
        assertThat(last.path("status").asInt()).isEqualTo(201);
        assertThat(last.path("rows").asInt()).isEqualTo(1);
        assertThat(last.path("body").asText()).contains("Atreides");
        assertThat(admin("GET", "requests?after=" + last.path("number").asLong(), "")
                        .body())
                .isEmpty();
        assertThat(admin("GET", "objects/Contact", "").body()).hasSize(41);
        assertThat(admin("GET", "objects", "").at("/Account")).isEqualTo("12");
        assertThat(admin("GET", "objects/Nonsense", "").status()).isEqualTo(400);
    }

    @Test
    void takesFaultsLatencyLimitsAndExpiry() {
        assertThat(admin(
                                "POST",
                                "faults",
                                "[{\"fault\":\"status\",\"status\":500,\"times\":2},{\"fault\":\"refuse_records\",\"method\":\"POST\"}]")
                        .status())
                .isEqualTo(200);
        assertThat(client.get("/limits").status()).isEqualTo(500);
        assertThat(client.get("/limits").status()).isEqualTo(500);
        assertThat(client.post("/sobjects/Contact", "{\"LastName\":\"A\"}").at("/0/errorCode"))
                .isEqualTo("UNABLE_TO_LOCK_ROW");
        assertThat(admin("POST", "faults", "{\"fault\":\"nonsense\"}").at("/error"))
                .isEqualTo("no such fault: nonsense");
        admin("POST", "faults", "{\"fault\":\"status\",\"times\":\"always\"}");
        admin("DELETE", "faults", "");
        assertThat(client.get("/limits").status()).isEqualTo(200);

        admin("POST", "latency", "{\"ms\":30}");
        client.get("/limits");
        assertThat(sandbox.dataRequests().getLast().milliseconds()).isGreaterThanOrEqualTo(29);
        admin("POST", "limits", "{\"max\":5,\"used\":5}");
        assertThat(client.get("/limits").status()).isEqualTo(403);
        admin("POST", "expire-tokens", "");
        assertThat(client.get("/limits").status()).isEqualTo(401);
        assertThat(admin("POST", "nonsense", "").status()).isEqualTo(404);
    }

    @Test
    void resetBringsTheFirstDataBackWithTheSameIds() {
        String first = sandbox.objects("Contact").getFirst().path("Id").asText();
        client.delete("/sobjects/Contact/" + first);
        admin("POST", "reset", "");
        assertThat(sandbox.objects("Contact")).hasSize(40);
        assertThat(sandbox.objects("Contact").getFirst().path("Id").asText()).isEqualTo(first);
        assertThat(sandbox.requests()).isEmpty();
        assertThat(client.get("/limits").status()).isEqualTo(401);
    }

    @Test
    void theSameSeedGivesTheSameOrgAndAnotherOneAnother() {
        try (SalesforceSandbox same = SalesforceSandbox.start();
                SalesforceSandbox other =
                        SalesforceSandbox.start(SalesforceConfig.defaults().withSeed(2))) {
            assertThat(same.objects("Contact").get(7).path("Id"))
                    .isEqualTo(sandbox.objects("Contact").get(7).path("Id"));
            assertThat(other.objects("Contact").get(7).path("Id"))
                    .isNotEqualTo(sandbox.objects("Contact").get(7).path("Id"));
        }
    }

    @Test
    void theMainClassReadsItsOptions() {
        SalesforceConfig config = SalesforceSandboxMain.read(
                "--port",
                "8123",
                "--latency-ms",
                "7",
                "--contacts",
                "3",
                "--rotate-refresh",
                "true",
                "--token-uses",
                "9");
        assertThat(config.port()).isEqualTo(8123);
        assertThat(config.latency()).isEqualTo(Duration.ofMillis(7));
        assertThat(config.accounts()).isEqualTo(12);
        assertThat(config.contacts()).isEqualTo(3);
        assertThat(config.tokens().rotateRefreshTokens()).isTrue();
        assertThat(config.tokens().uses()).isEqualTo(9);
        assertThatThrownBy(() -> SalesforceSandboxMain.read("--prot", "1")).hasMessage("no such option: --prot");
        assertThatThrownBy(() -> SalesforceSandboxMain.read("--port")).hasMessage("no value for --port");
    }
}
