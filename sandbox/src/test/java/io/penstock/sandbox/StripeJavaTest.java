package io.penstock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.stripe.StripeClient;
import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.ApiException;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.CardException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.PermissionException;
import com.stripe.exception.RateLimitException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerListParams;
import com.stripe.param.CustomerSearchParams;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.common.EmptyParam;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.Fault.Moment;
import io.penstock.sandbox.stripe.StripeConfig;
import io.penstock.sandbox.stripe.StripeConfig.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** stripe-java, Stripe's own Java client, drives the sandbox: the same as the Node client sees, in its exceptions. */
class StripeJavaTest {
    private final StripeSandbox sandbox =
            StripeSandbox.start(StripeConfig.defaults().withLimits(Limits.NONE).withClock(new TestClock()));
    private final StripeClient stripe = client("sk_test_sandbox", 0);

    @AfterEach
    void close() {
        sandbox.close();
    }

    private StripeClient client(String key, int retries) {
        return StripeClient.builder()
                .setApiKey(key)
                .setApiBase(sandbox.uri().toString())
                .setMaxNetworkRetries(retries)
                .build();
    }

    private static CustomerCreateParams named(String name) {
        return CustomerCreateParams.builder().setName(name).build();
    }

    private static RequestOptions key(String key) {
        return RequestOptions.builder().setIdempotencyKey(key).build();
    }

    @Test
    void createRetrieveUpdateDelete() throws StripeException {
        Customer created = stripe.v1()
                .customers()
                .create(CustomerCreateParams.builder()
                        .setName("Paul")
                        .setEmail("paul@caladan.io")
                        .putMetadata("house", "atreides")
                        .setAddress(CustomerCreateParams.Address.builder()
                                .setCity("Cala City")
                                .build())
                        .addPreferredLocale("pt")
                        .build());
        assertThat(created.getAddress().getCity()).isEqualTo("Cala City");
        assertThat(created.getPreferredLocales()).containsExactly("pt");
        Map<String, String> metadata = new HashMap<>(Map.of("house", "", "planet", "arrakis"));
        Customer updated = stripe.v1()
                .customers()
                .update(
                        created.getId(),
                        CustomerUpdateParams.builder()
                                .setEmail(EmptyParam.EMPTY)
                                .setMetadata(metadata)
                                .build());
        assertThat(updated.getEmail()).isNull();
        assertThat(updated.getMetadata()).containsExactly(Map.entry("planet", "arrakis"));
        assertThat(stripe.v1().customers().delete(created.getId()).getDeleted()).isTrue();
        assertThat(stripe.v1().customers().retrieve(created.getId()).getDeleted())
                .isTrue();
    }

    @Test
    void listsWithPagingAndSearch() throws StripeException {
        List<String> ids = new ArrayList<>();
        for (Customer each : stripe.v1()
                .customers()
                .list(CustomerListParams.builder().setLimit(9L).build())
                .autoPagingIterable()) {
            ids.add(each.getId());
        }
        assertThat(ids).hasSize(40).doesNotHaveDuplicates();
        assertThat(stripe.v1()
                        .customers()
                        .search(CustomerSearchParams.builder()
                                .setQuery("email:'ada.lovelace@example.com'")
                                .build())
                        .getData())
                .hasSize(1);
    }

    @Test
    void eachErrorClass() {
        var customers = stripe.v1().customers();
        InvalidRequestException invalid = catchThrowableOfType(
                InvalidRequestException.class,
                () -> customers.create(
                        CustomerCreateParams.builder().setEmail("nobody").build()));
        assertThat(invalid.getCode()).isEqualTo("email_invalid");
        assertThat(invalid.getParam()).isEqualTo("email");
        assertThat(catchThrowableOfType(InvalidRequestException.class, () -> customers.retrieve("cus_none"))
                        .getStatusCode())
                .isEqualTo(404);
        assertThat(catchThrowableOfType(
                                CardException.class,
                                () -> customers.create(CustomerCreateParams.builder()
                                        .setSource("tok_chargeDeclined")
                                        .build()))
                        .getDeclineCode())
                .isEqualTo("generic_decline");
        assertThat(catchThrowableOfType(
                        AuthenticationException.class,
                        () -> client("sk_test_wrong", 0).v1().customers().list()))
                .isNotNull();
        assertThat(catchThrowableOfType(
                        PermissionException.class,
                        () -> client("rk_test_sandbox", 0).v1().customers().create(named("x"))))
                .isNotNull();
        sandbox.faults().next(new Fault.RefuseRecords("api_error", ""));
        assertThat(catchThrowableOfType(ApiException.class, () -> customers.create(named("x")))
                        .getStatusCode())
                .isEqualTo(500);
        sandbox.faults().next(new Fault.HalfBody());
        assertThat(catchThrowableOfType(StripeException.class, () -> customers.create(named("x"))))
                .isInstanceOfAny(ApiConnectionException.class, ApiException.class);
    }

    @Test
    void theSameKey() throws StripeException {
        var customers = stripe.v1().customers();
        Customer first = customers.create(named("A"), key("k"));
        assertThat(customers.create(named("A"), key("k")).getId()).isEqualTo(first.getId());
        assertThat(catchThrowableOfType(IdempotencyException.class, () -> customers.create(named("B"), key("k"))))
                .isNotNull();
        assertThat(sandbox.objects("customer")).hasSize(41);
    }

    @Test
    void aLostAnswerIsAskedForAgainWithTheSameKey() throws StripeException {
        sandbox.faults().next(new Fault.Drop(Moment.AFTER_COMMIT));
        assertThat(client("sk_test_sandbox", 1)
                        .v1()
                        .customers()
                        .create(named("A"))
                        .getName())
                .isEqualTo("A");
        assertThat(sandbox.objects("customer")).hasSize(41);
        assertThat(sandbox.requests()).hasSize(2);
    }

    @Test
    void ratesAndRolledKeys() throws StripeException {
        var customers = stripe.v1().customers();
        sandbox.limits(Limits.NONE.withPerSecond(1));
        customers.list();
        assertThat(catchThrowableOfType(RateLimitException.class, () -> customers.list())
                        .getCode())
                .isEqualTo("rate_limit");
        sandbox.limits(Limits.NONE);
        sandbox.expireTokens();
        assertThat(catchThrowableOfType(AuthenticationException.class, () -> customers.list())
                        .getCode())
                .isEqualTo("api_key_expired");
    }
}
