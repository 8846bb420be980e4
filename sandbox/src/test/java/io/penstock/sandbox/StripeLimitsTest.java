package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.Fault.Moment;
import io.penstock.sandbox.stripe.StripeConfig;
import io.penstock.sandbox.stripe.StripeConfig.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an account lets through: keys, permissions, rates, requests at the same time. */
class StripeLimitsTest {
    private final TestClock clock = new TestClock();
    private final StripeSandbox sandbox = StripeSandbox.start(
            StripeConfig.defaults().withData(3, 0).withLimits(Limits.NONE).withClock(clock));
    private final StripeHttp stripe = new StripeHttp(sandbox);

    @AfterEach
    void close() {
        stripe.close();
        sandbox.close();
    }

    private void assertLimited(Answer answer, String reason) {
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.at("error/code")).isEqualTo("rate_limit");
        assertThat(answer.header("Stripe-Rate-Limited-Reason")).isEqualTo(reason);
        assertThat(answer.header("Retry-After")).isEmpty();
    }

    @Test
    void soManyOfOneEndpointInASecond() {
        sandbox.limits(Limits.NONE.withPerEndpoint(2));
        String id = sandbox.objects("customer").getFirst().path("id").asText();
        String other = sandbox.objects("customer").get(1).path("id").asText();
        assertThat(stripe.get("/customers/" + id).status()).isEqualTo(200);
        assertThat(stripe.get("/customers/" + other).status()).isEqualTo(200);
        assertLimited(stripe.get("/customers/" + id), "endpoint-rate");
        assertThat(stripe.post("/customers/" + id, "name", "x").status()).isEqualTo(200);
        assertThat(stripe.get("/customers").status()).isEqualTo(200);
        clock.advance(Duration.ofMillis(999));
        assertLimited(stripe.get("/customers/" + id), "endpoint-rate");
        clock.advance(Duration.ofMillis(1));
        assertThat(stripe.get("/customers/" + id).status()).isEqualTo(200);
    }

    @Test
    void soManyOfAllAndOfSearches() {
        sandbox.limits(new Limits(3, 0, 1, 0, false));
        assertThat(stripe.get("/customers/search?query=created%3E1").status()).isEqualTo(200);
        assertLimited(stripe.get("/products/search?query=active:'true'"), "endpoint-rate");
        stripe.get("/customers");
        assertLimited(stripe.get("/prices"), "global-rate");
    }

    @Test
    void aLimitComesBeforeTheKey() {
        sandbox.limits(Limits.NONE.withPerSecond(1));
        stripe.keyed("k", "/customers", "name", "A");
        assertLimited(stripe.keyed("k", "/customers", "name", "A"), "global-rate");
        clock.advance(Duration.ofSeconds(1));
        assertThat(stripe.keyed("k", "/customers", "name", "A").header("Idempotent-Replayed"))
                .isEqualTo("true");
    }

    @Test
    void soManyAtTheSameTime() {
        sandbox.limits(Limits.NONE.withConcurrent(1));
        CompletableFuture<Answer> slow = hang();
        assertLimited(stripe.get("/customers"), "global-concurrency");
        assertThat(slow.join().status()).isEqualTo(200);
        assertThat(stripe.get("/customers").status()).isEqualTo(200);
    }

    @Test
    void oneObjectWrittenToTwiceAtTheSameTime() {
        sandbox.limits(Limits.NONE.withObjectLocks(true));
        String id = sandbox.objects("customer").getFirst().path("id").asText();
        sandbox.faults().next(new Fault.Hang(Duration.ofMillis(500), Moment.AFTER_COMMIT));
        CompletableFuture<Answer> slow =
                CompletableFuture.supplyAsync(() -> stripe.post("/customers/" + id, "name", "Slow"));
        Awaitility.await()
                .until(() -> sandbox.objects("customer")
                        .getFirst()
                        .path("name")
                        .asText()
                        .equals("Slow"));
        Answer second = stripe.post("/customers/" + id, "name", "Second");
        assertThat(second.status()).isEqualTo(429);
        assertThat(second.at("error/code")).isEqualTo("lock_timeout");
        assertThat(second.header("Stripe-Should-Retry")).isEqualTo("true");
        assertThat(stripe.get("/customers/" + id).status()).isEqualTo(200);
        slow.join();
        assertThat(stripe.post("/customers/" + id, "name", "Second").status()).isEqualTo(200);
    }

    /** A create that is applied and whose answer takes a while. */
    private CompletableFuture<Answer> hang() {
        sandbox.faults().next(new Fault.Hang(Duration.ofMillis(500), Moment.AFTER_COMMIT));
        CompletableFuture<Answer> slow = CompletableFuture.supplyAsync(() -> stripe.post("/customers", "name", "Slow"));
        Awaitility.await().until(() -> sandbox.objects("customer").size() == 4);
        return slow;
    }

    @Test
    void keys() {
        assertThat(stripe.send("GET", "/v1/customers", "").at("error/message"))
                .startsWith("You did not provide an API key.");
        stripe.use("sk_test_somethingelse");
        Answer unknown = stripe.get("/customers");
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.at("error/message")).isEqualTo("Invalid API Key provided: sk_test_*********else");
        String basic = Base64.getEncoder().encodeToString("sk_test_sandbox:".getBytes(StandardCharsets.UTF_8));
        assertThat(stripe.send("GET", "/v1/customers", "", "Authorization", "Basic " + basic)
                        .status())
                .isEqualTo(200);
        stripe.use("sk_test_sandbox");
        sandbox.expireTokens();
        assertThat(stripe.get("/customers").at("error/code")).isEqualTo("api_key_expired");
        sandbox.addKey("sk_test_rolled");
        stripe.use("sk_test_rolled");
        assertThat(stripe.get("/customers").status()).isEqualTo(200);
        sandbox.reset();
        assertThat(stripe.get("/customers").status()).isEqualTo(401);
    }

    @Test
    void aRestrictedKeyMayRead() {
        stripe.use("rk_test_sandbox");
        assertThat(stripe.get("/customers").status()).isEqualTo(200);
        Answer refused = stripe.post("/customers", "name", "x");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.at("error/message")).contains("'rak_customer_write' permission");
    }

    @Test
    void anotherAccountAndAnotherVersion() {
        assertThat(stripe.get("/customers", "Stripe-Account", "acct_other").at("error/code"))
                .isEqualTo("account_invalid");
        assertThat(stripe.get("/customers", "Stripe-Version", "2020-08-27").header("Stripe-Version"))
                .isEqualTo("2020-08-27");
        assertThat(stripe.get("/customers", "Stripe-Version", "new").at("error/message"))
                .isEqualTo("Invalid Stripe API version: new");
    }

    @Test
    void theMainClassReadsItsOptions() {
        StripeConfig config = StripeSandboxMain.read(
                "--port",
                "8124",
                "--customers",
                "2",
                "--per-second",
                "7",
                "--object-locks",
                "true",
                "--key-hours",
                "1",
                "--restricted-key",
                "rk_test_1");
        assertThat(config.port()).isEqualTo(8124);
        assertThat(config.customers()).isEqualTo(2);
        assertThat(config.limits()).isEqualTo(new Limits(7, 25, 20, 0, true));
        assertThat(config.times().keyLifetime()).isEqualTo(Duration.ofHours(1));
        assertThat(config.keys()).isEqualTo(new StripeConfig.Keys("sk_test_sandbox", "rk_test_1"));
        assertThatThrownBy(() -> StripeSandboxMain.read("--per-second", "-1")).hasMessage("a limit is not negative");
    }
}
