package io.penstock.node.apis;

import io.penstock.sandbox.AirtableSandbox;
import io.penstock.sandbox.Sandbox;
import io.penstock.sandbox.airtable.AirtableConfig;
import io.penstock.sandbox.server.ReceivedRequest;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A table of Airtable, whose cells leave out whatever is empty. */
class AirtableContractTest extends UpsertContract {
    AirtableContractTest() {
        super(new Contacts(), "email");
    }

    private static final class Contacts implements ContractApi {
        private final AirtableSandbox sandbox = AirtableSandbox.start(AirtableConfig.defaults()
                // The requests of the test itself come beside those that the node counts.
                .withLimits(new AirtableConfig.Limits(10, 50, Duration.ofSeconds(30)))
                .withData(3, 12));

        @Override
        public String name() {
            return "airtable";
        }

        @Override
        public String table() {
            return "contacts";
        }

        @Override
        public Sandbox sandbox() {
            return sandbox;
        }

        @Override
        public String account() {
            return "type = airtable, base_url = \"%s\", token = %s"
                    .formatted(sandbox.uri(), sandbox.config().app().personalToken());
        }

        @Override
        public String tables() {
            return "options.base = %s, tables.contacts { object = Contacts, correlation_field = \"Penstock Mutation\", upsert_on = [email] }"
                    .formatted(AirtableConfig.BASE);
        }

        @Override
        public Limits limits() {
            return new Limits(10, 10, 10, false, false);
        }

        @Override
        public Map<String, String> row(int number) {
            return Map.of(
                    "last_name", "'Lovelace " + number + "'", "first_name", "'Ada'", "notes", "'n" + number + "'");
        }

        @Override
        public String text() {
            return "notes";
        }

        @Override
        public String readOnly() {
            return "full_name";
        }

        @Override
        public List<Typed> types() {
            return List.of(
                    new Typed("birthday", "date '1815-12-10'", "1815-12-10"),
                    new Typed("birthday", "null", null),
                    new Typed("last_seen", "timestamptz '2026-02-03 04:05:06.789+01'", "2026-02-03 03:05:06.789+00"),
                    new Typed("score", "12345678.25", "12345678.25"),
                    new Typed("score", "-0.5", "-0.5"),
                    new Typed("vip", "true", "t"),
                    new Typed("vip", "false", "f"),
                    new Typed("tags", "array['press', 'billing']", "{press,billing}"),
                    new Typed("tags", "null", null),
                    new Typed("stage", "'Customer'", "Customer"),
                    new Typed("notes", "''", null));
        }

        @Override
        public List<Refused> refusals() {
            return List.of(
                    new Refused("stage", "'nonsense'", "22P02", false),
                    new Refused("tags", "array['nonsense']", "22P02", false),
                    new Refused("company", "array['recDoesNotExist00']", "23503", false));
        }

        @Override
        public int held() {
            return sandbox.objects("Contacts").size();
        }

        @Override
        public HttpRequest.Builder deletion(String id) {
            return HttpRequest.newBuilder(sandbox.uri().resolve("/v0/" + AirtableConfig.BASE + "/Contacts/" + id))
                    .header("Authorization", "Bearer " + sandbox.config().app().personalToken())
                    .DELETE();
        }

        @Override
        public boolean isData(ReceivedRequest request) {
            return request.path().startsWith("/v0/app");
        }
    }
}
