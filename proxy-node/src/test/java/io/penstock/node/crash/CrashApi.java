package io.penstock.node.crash;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Operation;
import io.penstock.sandbox.AirtableSandbox;
import io.penstock.sandbox.GitHubSandbox;
import io.penstock.sandbox.HubSpotSandbox;
import io.penstock.sandbox.SalesforceSandbox;
import io.penstock.sandbox.Sandbox;
import io.penstock.sandbox.StripeSandbox;
import io.penstock.sandbox.airtable.AirtableConfig;
import io.penstock.sandbox.github.GitHubConfig;
import io.penstock.sandbox.hubspot.HubSpotConfig;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import io.penstock.sandbox.server.FaultMatch;
import io.penstock.sandbox.server.ReceivedRequest;
import io.penstock.sandbox.stripe.StripeConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * One API among the crash runs: its sandbox, how its table is configured, and how a statement's effect is seen there. Sandboxes take as many requests
 * as come: limits are tried elsewhere.
 *
 * @param name the schema of its table, and the name of its account
 * @param account the settings of the account
 * @param sync the settings of the sync beside its account
 * @param columns of an INSERT, the one that is marked the last
 * @param values of an INSERT for all of them but the marked one; {@code n} is the row's number
 * @param mailbox what comes behind a mark: a column may take e-mail addresses alone
 * @param mostInserted rows that one INSERT may have
 * @param trait how it can be asked about a lost INSERT
 * @param records what it holds
 * @param id the field of a record that is its key
 * @param markedField the field of a record that is marked
 * @param writes what a statement of each kind sends
 */
record CrashApi(
        String name,
        String table,
        Sandbox sandbox,
        String account,
        String sync,
        List<String> columns,
        String values,
        String mailbox,
        int mostInserted,
        Trait trait,
        Supplier<List<ObjectNode>> records,
        String id,
        String markedField,
        Map<Operation, Write> writes) {
    /** What becomes of an INSERT whose answer nobody has. */
    enum Trait {
        /** The row carries a mark by which it is found. */
        FOUND,
        /** Each row has a request with a key of its own, so that it can be sent again; between two rows a node may die. */
        KEYS,
        /** Neither: it stays in doubt, and the sync brings the row if it is there. */
        NOTHING
    }

    /** @param body what the bodies of such requests alone have in them */
    record Write(String method, String path, String body) {
        boolean is(ReceivedRequest request) {
            return request.method().equals(method)
                    && request.target().contains(path)
                    && request.bodyText().contains(body);
        }

        FaultMatch match() {
            return FaultMatch.method(method).withPath(path);
        }
    }

    static CrashApi salesforce(int rows) {
        SalesforceSandbox sandbox =
                SalesforceSandbox.start(SalesforceConfig.defaults().withData(1, rows));
        SalesforceConfig.Login login = sandbox.config().login();
        return new CrashApi(
                "salesforce",
                "contacts",
                sandbox,
                "type = salesforce, login_url = \"%s\", oauth { client_id = \"%s\", client_secret = \"%s\", refresh_token = \"%s\" }"
                        .formatted(sandbox.uri(), login.clientId(), login.clientSecret(), login.refreshToken()),
                "poll_interval = 1h, tables.contacts { object = Contact, correlation_field = Penstock_Mutation__c }",
                List.of("last_name", "email"),
                "'Crash ' || n",
                "@crash.test",
                200,
                Trait.FOUND,
                () -> sandbox.objects("Contact"),
                "Id",
                "Email",
                writes("/composite", "POST", "/composite", "DELETE", "/composite", ""));
    }

    static CrashApi hubSpot(int rows) {
        HubSpotSandbox sandbox = HubSpotSandbox.start(HubSpotConfig.defaults()
                .withData(rows, 1, 1)
                .withLimits(new HubSpotConfig.Limits(100_000, 100_000, 10_000_000, 100_000)));
        return new CrashApi(
                "hubspot",
                "contacts",
                sandbox,
                "type = hubspot, base_url = \"%s\", token = %s"
                        .formatted(sandbox.uri(), sandbox.config().app().privateToken()),
                "poll_interval = 1h, tables.contacts { object = contacts, correlation_field = penstock_mutation }",
                List.of("lastname", "note"),
                "'Crash ' || n",
                "",
                1,
                Trait.FOUND,
                () -> sandbox.objects("contacts"),
                "id",
                "note",
                writes("/objects/contacts", "POST", "/batch/update", "POST", "/batch/archive", ""));
    }

    /** @param marked whether the table has a correlation field */
    static CrashApi airtable(int rows, boolean marked) {
        AirtableSandbox sandbox = AirtableSandbox.start(AirtableConfig.defaults()
                .withLimits(new AirtableConfig.Limits(100_000, 100_000, Duration.ofSeconds(1)))
                .withData(0, rows));
        return new CrashApi(
                marked ? "airtable" : "airtable_unmarked",
                "contacts",
                sandbox,
                "type = airtable, base_url = \"%s\", token = %s"
                        .formatted(sandbox.uri(), sandbox.config().app().personalToken()),
                "poll_interval = %s, options.base = %s, tables.contacts { object = Contacts%s }"
                        .formatted(
                                marked ? "1h" : "2s",
                                AirtableConfig.BASE,
                                marked ? ", correlation_field = \"Penstock Mutation\"" : ""),
                List.of("last_name", "notes"),
                "'Crash ' || n",
                "",
                10,
                marked ? Trait.FOUND : Trait.NOTHING,
                () -> sandbox.objects("Contacts"),
                "id",
                "Notes",
                writes("/Contacts", "PATCH", "/Contacts", "DELETE", "/Contacts", ""));
    }

    static CrashApi stripe(int rows) {
        StripeSandbox sandbox = StripeSandbox.start(
                StripeConfig.defaults().withLimits(StripeConfig.Limits.NONE).withData(rows, 0));
        return new CrashApi(
                "stripe",
                "customers",
                sandbox,
                "type = stripe, base_url = \"%s\", token = %s"
                        .formatted(sandbox.uri(), sandbox.config().keys().secret()),
                "poll_interval = 1h, tables.customers { object = customers }",
                List.of("name", "description"),
                "'Crash ' || n",
                "",
                100,
                Trait.KEYS,
                () -> sandbox.objects("customer"),
                "id",
                "description",
                writes("/v1/customers", "POST", "/v1/customers/", "DELETE", "/v1/customers/", ""));
    }

    static CrashApi gitHub(int rows) {
        // A lost INSERT is looked for among the hundred issues that were made last: most of a repository's are older.
        AtomicReference<Duration> behind = new AtomicReference<>(Duration.ofHours(1));
        InstantSource source = () -> Instant.now().minus(behind.get());
        GitHubSandbox sandbox = GitHubSandbox.start(GitHubConfig.defaults()
                .withLimits(GitHubConfig.Limits.NONE)
                .withClock(source.withZone(ZoneOffset.UTC))
                .withData(rows));
        behind.set(Duration.ZERO);
        return new CrashApi(
                "github",
                "issues",
                sandbox,
                "type = github, base_url = \"%s\", token = %s"
                        .formatted(sandbox.uri(), sandbox.config().access().token()),
                "poll_interval = 1h, options.repository = octo-org/hello-world, tables.issues { object = issues,"
                        + " correlation_field = body }",
                List.of("body", "title"),
                "'Crash ' || n",
                "",
                20,
                Trait.FOUND,
                () -> sandbox.objects("issue").stream()
                        .filter(issue -> !issue.has("pull_request"))
                        .toList(),
                "node_id",
                "title",
                writes("/graphql", "POST", "/graphql", "POST", "/graphql", "mutation ("));
    }

    /** All five, and one more time one that has nothing to ask by. */
    static List<CrashApi> all(int rows) {
        return List.of(
                salesforce(rows),
                hubSpot(rows),
                airtable(rows, true),
                stripe(rows),
                gitHub(rows),
                airtable(rows, false));
    }

    private static Map<Operation, Write> writes(
            String insert, String updateMethod, String update, String deleteMethod, String delete, String body) {
        return Map.of(
                Operation.INSERT, new Write("POST", insert, body),
                Operation.UPDATE, new Write(updateMethod, update, body),
                Operation.DELETE, new Write(deleteMethod, delete, body));
    }

    /** {@code schema.table}. */
    String relation() {
        return name + "." + table;
    }

    String marked() {
        return columns.getLast();
    }

    /** What the API's records are marked with, by their keys, in the order in which they were made; an empty text for none. */
    Map<String, String> held() {
        Map<String, String> held = new LinkedHashMap<>();
        for (ObjectNode record : records.get()) {
            held.put(record.path(id).asText(), record.path(markedField).asText(""));
        }
        return held;
    }

    Write write(Operation operation) {
        Write write = writes.get(operation);
        if (write == null) {
            throw new IllegalStateException(operation + " sends nothing");
        }
        return write;
    }

    @Override
    public String toString() {
        return name;
    }
}
