package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.sandbox.SandboxClient.Answer;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.Fault.Moment;
import io.penstock.sandbox.stripe.StripeConfig;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One key, one answer: each row of the table of {@code IdempotencyKeys}. */
class StripeIdempotencyTest {
    private final TestClock clock = new TestClock();
    private final StripeSandbox sandbox = StripeSandbox.start(StripeConfig.defaults()
            .withData(0, 0)
            .withLimits(StripeConfig.Limits.NONE)
            .withClock(clock));
    private final StripeHttp stripe = new StripeHttp(sandbox);

    @AfterEach
    void close() {
        stripe.close();
        sandbox.close();
    }

    @Test
    void theSameRequestGetsTheSameAnswer() {
        Answer first = stripe.keyed("k", "/customers", "name", "A", "metadata[x]", "1");
        assertThat(first.header("Idempotent-Replayed")).isEmpty();
        assertThat(first.header("Idempotency-Key")).isEqualTo("k");
        stripe.post("/customers/" + first.at("id"), "name", "B");
        Answer again = stripe.keyed("k", "/customers", "metadata[x]", "1", "name", "A");
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(again.header("Original-Request")).isEqualTo(first.header("Request-Id"));
        assertThat(again.header("Request-Id")).isNotEqualTo(first.header("Request-Id"));
        assertThat(sandbox.objects("customer")).hasSize(1);
    }

    @Test
    void anotherRequestWithTheKeyIsRefused() {
        String id = stripe.keyed("k", "/customers", "name", "A").at("id");
        Answer parameters = stripe.keyed("k", "/customers", "name", "B");
        assertThat(parameters.status()).isEqualTo(400);
        assertThat(parameters.at("error/type")).isEqualTo("idempotency_error");
        assertThat(parameters.at("error/message")).contains("same parameters").contains("'k'");
        Answer endpoint = stripe.keyed("k", "/customers/" + id, "name", "A");
        assertThat(endpoint.at("error/message")).contains("('/v1/customers/" + id + "' vs '/v1/customers')");
        assertThat(sandbox.objects("customer")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"api_error, 500, 0", "api_error_applied, 500, 1", "card_declined, 402, 0"})
    void aFailureOfTheWorkIsKept(String code, int status, int customers) {
        sandbox.faults().next(new Fault.RefuseRecords(code, ""));
        Answer first = stripe.keyed("k", "/customers", "name", "A");
        assertThat(first.status()).isEqualTo(status);
        Answer again = stripe.keyed("k", "/customers", "name", "A");
        assertThat(again.status()).isEqualTo(status);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(again.header("Stripe-Should-Retry")).isEqualTo(status == 500 ? "false" : "");
        assertThat(sandbox.objects("customer")).hasSize(customers);
    }

    @Test
    void whatNeverBeganIsNotKept() {
        assertThat(stripe.keyed("k", "/customers", "email", "nobody").status()).isEqualTo(400);
        sandbox.faults().next(new Fault.RefuseRecords("lock_timeout", ""));
        assertThat(stripe.keyed("k", "/customers", "name", "B").status()).isEqualTo(429);
        sandbox.faults().next(new Fault.Status(503, Moment.BEFORE_COMMIT));
        assertThat(stripe.keyed("k", "/customers", "name", "C").status()).isEqualTo(503);
        assertThat(stripe.keyed("k", "/customers", "name", "D").at("name")).isEqualTo("D");
    }

    @Test
    void aMissingObjectIsAnAnswer() {
        assertThat(stripe.keyed("k", "/customers/cus_none", "name", "A").status())
                .isEqualTo(404);
        assertThat(stripe.keyed("k", "/customers/cus_none", "name", "A").header("Idempotent-Replayed"))
                .isEqualTo("true");
    }

    @Test
    void aKeyIsInUseUntilItsAnswerHasLeft() {
        sandbox.faults().next(new Fault.Hang(Duration.ofMillis(600), Moment.AFTER_COMMIT));
        CompletableFuture<Answer> slow =
                CompletableFuture.supplyAsync(() -> stripe.keyed("k", "/customers", "name", "A"));
        Awaitility.await().until(() -> !sandbox.objects("customer").isEmpty());
        Answer second = stripe.keyed("k", "/customers", "name", "A");
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.at("error/code")).isEqualTo("idempotency_key_in_use");
        assertThat(second.header("Stripe-Should-Retry")).isEqualTo("true");
        assertThat(stripe.keyed("other", "/customers", "name", "B").status()).isEqualTo(200);
        assertThat(stripe.keyed("k", "/customers", "name", "A").status()).isEqualTo(409);
        String id = slow.join().at("id");
        assertThat(stripe.keyed("k", "/customers", "name", "A").at("id")).isEqualTo(id);
    }

    @Test
    void anAnswerThatWasLostIsFoundByItsKey() {
        sandbox.faults().next(new Fault.Drop(Moment.AFTER_COMMIT));
        assertThatThrownBy(() -> stripe.keyed("k", "/customers", "name", "A")).isInstanceOf(UncheckedIOException.class);
        assertThat(stripe.keyed("k", "/customers", "name", "A").header("Idempotent-Replayed"))
                .isEqualTo("true");
        assertThat(sandbox.objects("customer")).hasSize(1);
    }

    @Test
    void aKeyIsForgottenAfterADay() {
        stripe.keyed("k", "/customers", "name", "A");
        clock.advance(Duration.ofHours(24).minusSeconds(1));
        stripe.keyed("k", "/customers", "name", "A");
        assertThat(sandbox.objects("customer")).hasSize(1);
        clock.advance(Duration.ofSeconds(1));
        assertThat(stripe.keyed("k", "/customers", "name", "B").header("Idempotent-Replayed"))
                .isEmpty();
        assertThat(sandbox.objects("customer")).hasSize(2);
    }

    @Test
    void aKeyHasAtMost255Characters() {
        assertThat(stripe.keyed("k".repeat(255), "/customers").status()).isEqualTo(200);
        assertThat(stripe.keyed("k".repeat(256), "/customers").status()).isEqualTo(400);
    }
}
