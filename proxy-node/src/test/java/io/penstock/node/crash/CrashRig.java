package io.penstock.node.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Operation;
import io.penstock.sandbox.SalesforceSandbox;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Postgres, API and a node that may die at any time, the statements that were tried, and what must be true of them all once recovery is done. */
final class CrashRig implements AutoCloseable {
    /** An entry left open is certain to be resolved by then: 1 s queue, 3 s request, 10 s margin, 2 s at the API, 2 s margin, and recovery's pauses. */
    private static final Duration SETTLED = Duration.ofSeconds(90);

    private final Path folder;
    private final MortalPostgres postgres;
    private final SalesforceSandbox sandbox;
    private final Iterator<String> contacts;
    private final List<Attempt> attempts = new ArrayList<>();
    private NodeProcess node;

    CrashRig(Path folder, int contacts) throws Exception {
        this.folder = folder;
        sandbox = SalesforceSandbox.start(SalesforceConfig.defaults().withData(1, contacts));
        postgres = new MortalPostgres(folder.resolve("data"));
        this.contacts = sandbox.objects("Contact").stream()
                .map(contact -> contact.path("Id").asText())
                .toList()
                .iterator();
        node = NodeProcess.start(settings(), folder);
    }

    private Path settings() throws IOException {
        SalesforceConfig.Login login = sandbox.config().login();
        return Files.writeString(folder.resolve("penstock.conf"), """
            penstock {
              listen = "127.0.0.1:0"
              admin  = "127.0.0.1:0"
              auth   = trust
              databases.postgres {
                url       = "postgresql://postgres@127.0.0.1:%d/postgres"
                admin_url = "postgresql://postgres@127.0.0.1:%d/postgres"
                syncs.salesforce {
                  api = crm
                  poll_interval = 1h
                  tables.contacts { object = Contact, correlation_field = Penstock_Mutation__c }
                }
              }
              apis.crm {
                type = salesforce
                login_url = "%s"
                oauth { client_id = "%s", client_secret = "%s", refresh_token = "%s" }
                timeouts { request = 3s, max_queue_wait = 1s, server = 2s }
              }
            }
            """.formatted(
                        postgres.port(),
                        postgres.port(),
                        sandbox.uri(),
                        login.clientId(),
                        login.clientSecret(),
                        login.refreshToken()));
    }

    NodeProcess node() {
        return node;
    }

    MortalPostgres postgres() {
        return postgres;
    }

    SalesforceSandbox sandbox() {
        return sandbox;
    }

    void killNode() throws InterruptedException {
        node.kill();
    }

    void startNode() throws IOException {
        node = NodeProcess.start(settings(), folder);
    }

    /** A client's connection through the node. */
    Connection client() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + node.port()
                + "/postgres?user=postgres&sslmode=disable&gssEncMode=disable&connectTimeout=60&socketTimeout=60");
    }

    /** Begins a statement of this kind, on a row that no other attempt touches, on a thread of its own. */
    Attempt begin(Operation operation) throws SQLException {
        String tag = "attempt" + attempts.size() + "@crash.test";
        String key = operation == Operation.INSERT ? "" : contacts.next();
        Attempt attempt = new Attempt(operation, tag, key, client());
        attempts.add(attempt);
        return attempt;
    }

    /** Whether the API shows the effect; exactly once, or the test has failed. */
    boolean atApi(Attempt attempt) {
        List<ObjectNode> tagged = sandbox.objects("Contact").stream()
                .filter(contact -> contact.path("Email").asText().equals(attempt.tag()))
                .toList();
        assertThat(tagged).as("doubled at the API: " + attempt).hasSizeLessThanOrEqualTo(1);
        return switch (attempt.operation()) {
            case INSERT, UPDATE -> tagged.size() == 1;
            case DELETE ->
                sandbox.objects("Contact").stream()
                        .noneMatch(contact -> contact.path("Id").asText().equals(attempt.key()));
        };
    }

    /** How many entries of the journal are open. */
    int open() throws SQLException {
        return postgres.query(
                        "select id from penstock.journal where state in ('INTENT', 'ACCEPTED', 'IN_DOUBT', 'PARKED')")
                .size();
    }

    /** The state of the attempt's entry; NONE where it has none. */
    String state(Attempt attempt) throws SQLException {
        String condition = attempt.operation() == Operation.INSERT
                ? "rows::text like '%\"" + attempt.tag() + "\"%'"
                : "operation = '" + attempt.operation() + "' and '" + attempt.key() + "' = any(keys)";
        List<List<String>> states = postgres.query("select state from penstock.mutation_journal where " + condition);
        assertThat(states).as("entries of " + attempt).hasSizeLessThanOrEqualTo(1);
        return states.isEmpty() ? "NONE" : states.getFirst().getFirst();
    }

    /** Waits for recovery, then compares API, table and journal, row by row and attempt by attempt. */
    Map<Attempt, String> settle() throws SQLException {
        await().atMost(SETTLED)
                .ignoreExceptions()
                .pollInterval(Duration.ofMillis(500))
                .until(() -> open() == 0);
        assertThat(table()).as("table and API").isEqualTo(api());
        Map<Attempt, String> states = new LinkedHashMap<>();
        for (Attempt attempt : attempts) {
            String state = state(attempt);
            states.put(attempt, state);
            assertThat(state.equals("APPLIED"))
                    .as(attempt + " is " + state + " in the journal, and the API shows " + atApi(attempt))
                    .isEqualTo(atApi(attempt));
            if (attempt.acknowledged()) {
                assertThat(state).as("acknowledged " + attempt).isEqualTo("APPLIED");
            }
        }
        return states;
    }

    private Map<String, List<String>> table() throws SQLException {
        return postgres.query("select id, last_name, email from salesforce.contacts").stream()
                .collect(Collectors.toMap(List::getFirst, row -> row, (one, _) -> one, TreeMap::new));
    }

    private Map<String, List<String>> api() {
        return sandbox.objects("Contact").stream()
                .map(contact -> List.of(
                        contact.path("Id").asText(),
                        contact.path("LastName").asText(),
                        contact.path("Email").asText()))
                .collect(Collectors.toMap(List::getFirst, row -> row, (one, _) -> one, TreeMap::new));
    }

    @Override
    public void close() throws Exception {
        node.close();
        postgres.close();
        sandbox.close();
    }
}
