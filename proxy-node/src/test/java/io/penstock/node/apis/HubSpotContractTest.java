package io.penstock.node.apis;

import io.penstock.sandbox.HubSpotSandbox;
import io.penstock.sandbox.Sandbox;
import io.penstock.sandbox.hubspot.HubSpotConfig;
import io.penstock.sandbox.server.ReceivedRequest;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Contacts of HubSpot, whose values are all texts. */
class HubSpotContractTest extends UpsertContract {
    HubSpotContractTest() {
        super(new Contacts(), "email");
    }

    private static final class Contacts implements ContractApi {
        private final HubSpotSandbox sandbox =
                HubSpotSandbox.start(HubSpotConfig.defaults().withData(30, 3, 3).withIndexLag(Duration.ZERO));

        @Override
        public String name() {
            return "hubspot";
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
            return "type = hubspot, base_url = \"%s\", token = %s"
                    .formatted(sandbox.uri(), sandbox.config().app().privateToken());
        }

        @Override
        public String tables() {
            return "tables.contacts { object = contacts, correlation_field = penstock_mutation, upsert_on = [email] }";
        }

        @Override
        public Limits limits() {
            return new Limits(1, 100, 100, false, false);
        }

        @Override
        public Map<String, String> row(int number) {
            return Map.of(
                    "email", "'ada" + number + "@example.test'", "lastname", "'Lovelace'", "note", "'n" + number + "'");
        }

        @Override
        public String text() {
            return "note";
        }

        @Override
        public String readOnly() {
            return "hs_email_domain";
        }

        @Override
        public List<Typed> types() {
            return List.of(
                    new Typed("birthday", "date '1815-12-10'", "1815-12-10"),
                    new Typed("birthday", "null", null),
                    new Typed("last_seen", "timestamptz '2026-02-03 04:05:06.789+01'", "2026-02-03 03:05:06.789+00"),
                    new Typed("lifetime_value", "12345678901234.5678", "12345678901234.5678"),
                    new Typed("lifetime_value", "-0.5", "-0.5"),
                    new Typed("newsletter", "true", "t"),
                    new Typed("newsletter", "false", "f"),
                    new Typed("interests", "array['billing', 'training']", "{billing,training}"),
                    new Typed("interests", "null", null),
                    new Typed("lifecyclestage", "'customer'", "customer"),
                    new Typed("note", "''", null));
        }

        @Override
        public List<Refused> refusals() {
            return List.of(
                    new Refused("email", "'no address'", "22P02"),
                    new Refused(
                            "email",
                            "(select email from hubspot.contacts where email is not null limit 1)",
                            "23505",
                            false),
                    new Refused("lifecyclestage", "'nonsense'", "22P02"),
                    new Refused("interests", "array['nonsense']", "22P02"));
        }

        @Override
        public int held() {
            return sandbox.objects("contacts").size();
        }

        @Override
        public HttpRequest.Builder deletion(String id) {
            return HttpRequest.newBuilder(sandbox.uri().resolve("/crm/v3/objects/contacts/" + id))
                    .header("Authorization", "Bearer " + sandbox.config().app().privateToken())
                    .DELETE();
        }

        @Override
        public boolean isData(ReceivedRequest request) {
            return request.path().startsWith("/crm/v3/objects/");
        }
    }
}
