package io.penstock.node.apis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.sandbox.Sandbox;
import io.penstock.sandbox.StripeSandbox;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.FaultMatch;
import io.penstock.sandbox.server.ReceivedRequest;
import io.penstock.sandbox.stripe.StripeConfig;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Customers of Stripe: forms, and a request for each row. */
class StripeContractTest extends TroubleContract {
    StripeContractTest() {
        super(new Customers());
    }

    /** C-08: with this key it will always be so, and with another one it might be done twice. */
    @Test
    void a500ThatStripeKeepsStaysInDoubtAndTheRowIsNotMadeUnderAnotherKey() throws Exception {
        int before = api.held();
        long mark = rig().mark();
        api.sandbox().faults().next(FaultMatch.method("POST"), new Fault.RefuseRecords("api_error", ""));

        assertThat(rig().error(rig().insert(List.of(newRow()))).getSQLState()).isEqualTo("40003");

        // Noted while the client is told.
        await().untilAsserted(() -> assertThat(
                        rig().stored("select state, statement from penstock.journal where state = 'IN_DOUBT'"))
                .containsExactly(Map.of("state", "IN_DOUBT", "statement", "INSERT stripe.customers")));
        assertThat(writes(mark)).hasSizeGreaterThan(2);
        assertThat(api.held()).isEqualTo(before);
        // Somebody has looked.
        rig().stored("delete from penstock.mutation_journal where state = 'IN_DOUBT' returning id");
    }

    /** C-08: a request that is still under way when it is sent again. */
    @Test
    void aKeyInUseIsWaitedFor() throws Exception {
        int before = api.held();
        long mark = rig().mark();
        api.sandbox().faults().next(FaultMatch.method("POST"), new Fault.Drop(Fault.Moment.AFTER_COMMIT));
        api.sandbox()
                .faults()
                .next(
                        2,
                        FaultMatch.method("POST"),
                        new Fault.Answer(
                                409,
                                Map.of(),
                                "application/json",
                                "{\"error\":{\"type\":\"idempotency_error\",\"code\":\"idempotency_key_in_use\",\"message\":\"in use\"}}",
                                Fault.Moment.BEFORE_COMMIT));

        assertThat(rig().count(rig().insert(List.of(newRow())))).isEqualTo(1);

        assertThat(writes(mark)).hasSize(4);
        assertThat(api.held()).isEqualTo(before + 1);
        stillAgrees();
    }

    private static final class Customers implements ContractApi {
        private final StripeSandbox sandbox =
                StripeSandbox.start(StripeConfig.defaults().withData(20, 0));

        @Override
        public String name() {
            return "stripe";
        }

        @Override
        public String table() {
            return "customers";
        }

        @Override
        public Sandbox sandbox() {
            return sandbox;
        }

        @Override
        public String account() {
            return "type = stripe, base_url = \"%s\", token = %s"
                    .formatted(sandbox.uri(), sandbox.config().keys().secret());
        }

        @Override
        public String tables() {
            return "tables.customers { object = customers }";
        }

        @Override
        public Limits limits() {
            return new Limits(100, 100, 100, true, true);
        }

        @Override
        public Map<String, String> row(int number) {
            return Map.of(
                    "email", "'ada" + number + "@example.test'", "name", "'Ada'", "description", "'n" + number + "'");
        }

        @Override
        public String text() {
            return "description";
        }

        @Override
        public String readOnly() {
            return "created";
        }

        @Override
        public List<Typed> types() {
            return List.of(
                    new Typed("balance", "-1250", "-1250"),
                    new Typed("address_city", "'Zürich'", "Zürich"),
                    new Typed("preferred_locales", "array['de', 'en']", "{de,en}"),
                    new Typed("metadata", "'{\"order\": \"7\"}'", "{\"order\": \"7\"}"),
                    new Typed("tax_exempt", "'reverse'", "reverse"),
                    new Typed("description", "''", null));
        }

        @Override
        public List<Refused> refusals() {
            return List.of(
                    new Refused("email", "'no address'", "22P02"),
                    new Refused("tax_exempt", "'nonsense'", "22P02"),
                    new Refused("phone", "repeat('1', 21)", "22001"));
        }

        @Override
        public int held() {
            return sandbox.objects("customer").size();
        }

        @Override
        public HttpRequest.Builder deletion(String id) {
            return HttpRequest.newBuilder(sandbox.uri().resolve("/v1/customers/" + id))
                    .header("Authorization", "Bearer " + sandbox.config().keys().secret())
                    .DELETE();
        }

        @Override
        public boolean isData(ReceivedRequest request) {
            return request.path().startsWith("/v1/");
        }
    }
}
