package io.penstock.node.apis;

import io.penstock.sandbox.Sandbox;
import io.penstock.sandbox.StripeSandbox;
import io.penstock.sandbox.server.ReceivedRequest;
import io.penstock.sandbox.stripe.StripeConfig;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;

/** Customers of Stripe: forms, and a request for each row. */
class StripeContractTest extends ApiContract {
    StripeContractTest() {
        super(new Customers());
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
