package io.penstock.node.apis;

import io.penstock.sandbox.SalesforceSandbox;
import io.penstock.sandbox.Sandbox;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import io.penstock.sandbox.server.ReceivedRequest;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

/** Contacts of Salesforce: one composite request for a statement, all rows or none. */
class SalesforceContractTest extends UpsertContract {
    SalesforceContractTest() {
        super(new Contacts(), "legacy_id");
    }

    private static final class Contacts implements ContractApi {
        private final SalesforceSandbox sandbox =
                SalesforceSandbox.start(SalesforceConfig.defaults().withData(3, 12));

        @Override
        public String name() {
            return "salesforce";
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
            SalesforceConfig.Login login = sandbox.config().login();
            return "type = salesforce, login_url = \"%s\", oauth { client_id = \"%s\", client_secret = \"%s\", refresh_token = \"%s\" }"
                    .formatted(sandbox.uri(), login.clientId(), login.clientSecret(), login.refreshToken());
        }

        @Override
        public String tables() {
            return "tables.contacts { object = Contact, correlation_field = Penstock_Mutation__c, upsert_on = [legacy_id] }";
        }

        @Override
        public Limits limits() {
            return new Limits(200, 200, 200, false, false);
        }

        @Override
        public Map<String, String> row(int number) {
            return Map.of("last_name", "'Lovelace " + number + "'", "note", "'n" + number + "'");
        }

        @Override
        public String text() {
            return "note";
        }

        @Override
        public String readOnly() {
            return "created_date";
        }

        @Override
        public List<Typed> types() {
            return List.of(
                    new Typed("birthdate", "date '1815-12-10'", "1815-12-10"),
                    new Typed("last_seen", "timestamptz '2026-02-03 04:05:06+01'", "2026-02-03 03:05:06+00"),
                    new Typed("score", "12.25", "12.25"),
                    new Typed("do_not_call", "true", "t"),
                    new Typed("lead_source", "'Web'", "Web"),
                    new Typed("note", "''", null));
        }

        @Override
        public List<Refused> refusals() {
            return List.of(
                    new Refused("email", "'no address'", "22P02"),
                    new Refused("last_name", "null", "23502"),
                    new Refused("last_name", "'Forbidden'", "23514"));
        }

        @Override
        public int held() {
            return sandbox.objects("Contact").size();
        }

        @Override
        public HttpRequest.Builder deletion(String id) throws IOException, InterruptedException {
            return HttpRequest.newBuilder(sandbox.uri().resolve("/services/data/v62.0/sobjects/Contact/" + id))
                    .header("Authorization", "Bearer " + token())
                    .DELETE();
        }

        private String token() throws IOException, InterruptedException {
            SalesforceConfig.Login login = sandbox.config().login();
            String form = "grant_type=password&client_id=%s&client_secret=%s&username=%s&password=%s"
                    .formatted(login.clientId(), login.clientSecret(), login.username(), login.password());
            HttpRequest request = HttpRequest.newBuilder(sandbox.uri().resolve("/services/oauth2/token"))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(form))
                    .build();
            try (HttpClient http = HttpClient.newHttpClient()) {
                String answer =
                        http.send(request, HttpResponse.BodyHandlers.ofString()).body();
                return answer.replaceAll("(?s).*\"access_token\"\\s*:\\s*\"([^\"]+)\".*", "$1");
            }
        }

        @Override
        public boolean isData(ReceivedRequest request) {
            return request.path().startsWith("/services/data/")
                    && !request.path().endsWith("/describe");
        }
    }
}
