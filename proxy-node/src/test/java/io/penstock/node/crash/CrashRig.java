package io.penstock.node.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Operation;
import io.penstock.node.contract.Agreement;
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
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Postgres, API and a node that may die at any time, the statements that were tried, and what must be true of them all once recovery is done. */
final class CrashRig implements AutoCloseable {
    /**
     * The catalogue's figure. An entry whose effect is not to be seen is final 18 s after its intent by this rig's settings: 1 s queue, 3 s
     * request, 10 s margin, 2 s at the API, 2 s margin.
     */
    private static final Duration SETTLED = Duration.ofSeconds(30);

    private final Path folder;
    private final MortalPostgres postgres;
    private final SalesforceSandbox sandbox;
    private final Iterator<String> contacts;
    private final List<Attempt> attempts = new ArrayList<>();
    private NodeProcess node;

    /** @param contacts how many rows UPDATE and DELETE may use up */
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

    /** Worth its time before many deaths. */
    void makeStartsFaster() throws IOException, InterruptedException {
        node.end();
        startNode();
    }

    void startNode() throws IOException {
        node = NodeProcess.start(settings(), folder);
    }

    /** A client's connection through the node. */
    Connection client() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + node.port()
                + "/postgres?user=postgres&sslmode=disable&gssEncMode=disable&connectTimeout=60&socketTimeout=60");
    }

    /** Begins a statement of this kind, on rows that no other attempt touches, on a thread of its own. */
    Attempt begin(Operation operation, int rows) throws SQLException {
        return begin(operation, rows, client());
    }

    Attempt begin(Operation operation, int rows, Connection client) {
        String tag = "attempt" + attempts.size() + "@crash.test";
        List<String> keys = operation == Operation.INSERT
                ? List.of()
                : Stream.generate(contacts::next).limit(rows).toList();
        Attempt attempt = new Attempt(operation, tag, keys, rows, client);
        attempts.add(attempt);
        return attempt;
    }

    /** Whether the API shows the effect, of all rows or of none; more than once, and the test has failed. */
    boolean atApi(Attempt attempt) {
        List<ObjectNode> contacts = sandbox.objects("Contact");
        long tagged = contacts.stream()
                .filter(contact -> contact.path("Email").asText().equals(attempt.tag()))
                .count();
        long left = contacts.stream()
                .filter(contact -> attempt.keys().contains(contact.path("Id").asText()))
                .count();
        return switch (attempt.operation()) {
            case INSERT, UPDATE -> allOrNone(attempt, tagged);
            case DELETE -> allOrNone(attempt, attempt.rows() - left);
        };
    }

    private static boolean allOrNone(Attempt attempt, long effects) {
        assertThat(effects).as("effects at the API of " + attempt).isIn(0L, (long) attempt.rows());
        return effects > 0;
    }

    /** How often the API was asked for it; refused tokens apart. */
    long requests(Attempt attempt) {
        return sandbox.dataRequests().stream()
                .filter(request -> request.status() != 401)
                .filter(attempt::sent)
                .count();
    }

    /** How many entries of the journal are open. */
    int open() {
        return postgres.query(
                        "select id from penstock.journal where state in ('INTENT', 'ACCEPTED', 'IN_DOUBT', 'PARKED')")
                .size();
    }

    /** How the attempt stands in the journal. */
    Ending ending(Attempt attempt) {
        String condition = attempt.operation() == Operation.INSERT
                ? "rows::text like '%\"" + attempt.tag() + "\"%'"
                : "operation = '" + attempt.operation() + "' and '"
                        + attempt.keys().getFirst() + "' = any(keys)";
        List<List<String>> entries = postgres.query("select state, (extract(epoch from updated_at) * 1000)::bigint"
                + " from penstock.mutation_journal where " + condition);
        assertThat(entries).as("entries of " + attempt).hasSizeLessThanOrEqualTo(1);
        return entries.isEmpty()
                ? Ending.NONE
                : new Ending(
                        entries.getFirst().getFirst(),
                        Long.parseLong(entries.getFirst().getLast()));
    }

    /** Waits for recovery, then compares API, table and journal, field by field and attempt by attempt. */
    void settle() {
        await().atMost(SETTLED)
                .ignoreExceptions()
                .pollInterval(Duration.ofMillis(250))
                .until(() -> open() == 0);
        assertThat(new Agreement(postgres::query, sandbox::objects, Map.of("salesforce.contacts", "Contact"))
                        .differences())
                .isEmpty();
        for (Attempt attempt : attempts) {
            Ending ending = ending(attempt);
            assertThat(requests(attempt)).as("requests of " + attempt).isLessThanOrEqualTo(1);
            assertThat(ending.applied())
                    .as(attempt + " is " + ending + " in the journal; the API shows it: " + atApi(attempt))
                    .isEqualTo(atApi(attempt));
            if (attempt.acknowledged()) {
                assertThat(ending.state()).as("acknowledged " + attempt).isEqualTo("APPLIED");
            }
        }
    }

    @Override
    public void close() throws Exception {
        node.close();
        postgres.close();
        sandbox.close();
    }
}
