package io.penstock.node.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.adapters.Operation;
import io.penstock.node.contract.Agreement;
import io.penstock.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Postgres, APIs and a node that may die at any time, the statements that were tried, and what must be true of them all once recovery is done. */
final class CrashRig implements AutoCloseable {
    /**
     * The catalogue's figure. An entry whose effect is not to be seen is final 19 s after its intent by this rig's settings: 2 s queue, 3 s for
     * each request, 10 s margin, 2 s at the API, 2 s margin; one of three requests 25 s after.
     */
    private static final Duration SETTLED = Duration.ofSeconds(30);

    private final Path folder;
    private final MortalPostgres postgres;
    private final List<CrashApi> apis;
    private final Map<CrashApi, Iterator<String>> keys = new HashMap<>();
    private final List<Attempt> attempts = new ArrayList<>();
    private int begun;
    private NodeProcess node;

    /** What is known of a settled attempt. */
    record Settled(Attempt attempt, Ending ending, Fate fate) {}

    CrashRig(Path folder, List<CrashApi> apis) throws Exception {
        this.folder = folder;
        this.apis = apis;
        this.postgres = new MortalPostgres(folder.resolve("data"));
        apis.forEach(api -> keys.put(api, List.copyOf(api.held().keySet()).iterator()));
        this.node = NodeProcess.start(settings(), folder);
    }

    private Path settings() throws IOException {
        String syncs = apis.stream()
                .map(api -> "syncs.%1$s { api = %1$s, %2$s }".formatted(api.name(), api.sync()))
                .collect(Collectors.joining("\n"));
        String accounts = apis.stream()
                .map(api -> "apis.%s { %s, timeouts { request = 3s, max_queue_wait = 2s, server = 2s } }"
                        .formatted(api.name(), api.account()))
                .collect(Collectors.joining("\n"));
        return Files.writeString(folder.resolve("penstock.conf"), """
            penstock {
              listen = "127.0.0.1:0"
              admin  = "127.0.0.1:0"
              auth   = trust
              databases.postgres {
                url       = "postgresql://postgres@127.0.0.1:%1$d/postgres"
                admin_url = "postgresql://postgres@127.0.0.1:%1$d/postgres"
                writer.size = 20
                pool.size = 30
                %2$s
              }
              %3$s
            }
            """.formatted(postgres.port(), syncs, accounts));
    }

    List<CrashApi> apis() {
        return apis;
    }

    NodeProcess node() {
        return node;
    }

    MortalPostgres postgres() {
        return postgres;
    }

    /** Worth its time before many deaths. */
    void makeStartsFaster() throws IOException, InterruptedException {
        node.end();
        startNode();
    }

    /**
     * Starts it again after its death. What limits were left to the dead one is forgotten: the new one would wait until its windows are over, a
     * minute for GitHub, and limits are tried elsewhere.
     */
    void startNode() throws IOException {
        try {
            postgres.sql("delete from penstock.limiters");
        } catch (SQLException failed) {
            throw new IOException(failed);
        }
        node = NodeProcess.start(settings(), folder);
    }

    /** A client's connection through the node. */
    Connection client() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + node.port()
                + "/postgres?user=postgres&sslmode=disable&gssEncMode=disable&connectTimeout=60&socketTimeout=60");
    }

    /** Begins a statement of this kind, on rows that no other attempt touches, on a thread of its own. */
    Attempt begin(CrashApi api, Operation operation, int rows, Connection client) {
        String mark = "attempt%05d".formatted(begun++) + api.mailbox();
        int most = operation == Operation.INSERT ? Math.min(rows, api.mostInserted()) : rows;
        Iterator<String> unused = Objects.requireNonNull(keys.get(api));
        List<String> taken = operation == Operation.INSERT
                ? List.of()
                : Stream.generate(unused::next).limit(most).toList();
        Attempt attempt = new Attempt(api, operation, mark, taken, most, client);
        attempts.add(attempt);
        return attempt;
    }

    /** How often the API was asked for it; refused tokens apart. */
    static long requests(Attempt attempt) {
        return attempt.api().sandbox().requests().stream()
                .filter(request -> request.status() != 401)
                .filter(attempt::sent)
                .count();
    }

    /** How the attempt stands in the journal. */
    Ending ending(Attempt attempt) {
        String condition = attempt.operation() == Operation.INSERT
                ? "rows::text like '%\"" + attempt.mark() + "\"%'"
                : "'" + attempt.keys().getFirst() + "' = any(keys)";
        List<List<String>> entries =
                postgres.query("select state, (extract(epoch from updated_at) * 1000)::bigint, coalesce(reason, '')"
                        + " from penstock.mutation_journal where schema_name = '"
                        + attempt.api().name() + "' and operation = '" + attempt.operation() + "' and " + condition);
        assertThat(entries).as("entries of " + attempt).hasSizeLessThanOrEqualTo(1);
        return entries.isEmpty()
                ? Ending.NONE
                : new Ending(
                        entries.getFirst().getFirst(),
                        Long.parseLong(entries.getFirst().get(1)),
                        entries.getFirst().getLast());
    }

    /** The open entries of the journal but for those of which nobody can find out anything. */
    private List<List<String>> unfinished() {
        String nothingToAsk = apis.stream()
                .filter(api -> api.trait() == CrashApi.Trait.NOTHING)
                .map(api -> "'INSERT " + api.relation() + "'")
                .collect(Collectors.joining(", ", "('', ", ")"))
                .replace(", )", ")");
        return postgres.query("select id, state, statement, last_reason from penstock.journal"
                + " where state in ('INTENT', 'ACCEPTED', 'PARKED') or state = 'IN_DOUBT' and statement not in "
                + nothingToAsk);
    }

    /** Where API and table differ in a key or a mark, and for Salesforce in any field. */
    private List<String> differences() {
        List<String> differences = new ArrayList<>();
        for (CrashApi api : apis) {
            Map<String, String> stored = new TreeMap<>();
            postgres.query("select id, coalesce(" + api.marked() + ", '') from " + api.relation())
                    .forEach(row -> stored.put(row.getFirst(), row.getLast()));
            Map<String, String> held = new TreeMap<>(api.held());
            if (!stored.equals(held)) {
                Stream.concat(stored.keySet().stream(), held.keySet().stream())
                        .distinct()
                        .filter(key -> !String.valueOf(stored.get(key)).equals(held.get(key)))
                        .forEach(key -> differences.add(api.relation() + " " + key + " is " + stored.get(key)
                                + " in Postgres and " + held.get(key) + " at the API"));
            }
            if (api.sandbox() instanceof SalesforceSandbox salesforce) {
                differences.addAll(
                        new Agreement(postgres::query, salesforce::objects, Map.of(api.relation(), "Contact"))
                                .differences());
            }
        }
        return differences;
    }

    /** Waits for recovery, compares API, table and journal, and says what has become of each attempt since the last time. */
    List<Settled> settle() {
        await().atMost(SETTLED)
                .ignoreExceptions()
                .pollInterval(Duration.ofMillis(250))
                .untilAsserted(() -> assertThat(unfinished()).isEmpty());
        // The sync brings what nobody else can.
        await().atMost(SETTLED)
                .ignoreExceptions()
                .pollInterval(Duration.ofMillis(250))
                .untilAsserted(() -> assertThat(differences()).isEmpty());
        Map<CrashApi, Map<String, String>> held = new LinkedHashMap<>();
        apis.forEach(api -> held.put(api, api.held()));
        List<Settled> settled = new ArrayList<>();
        for (Attempt attempt : attempts) {
            Ending ending = ending(attempt);
            long effects = attempt.effects(held.getOrDefault(attempt.api(), Map.of()));
            Fate fate = Fate.of(attempt, effects, requests(attempt), ending);
            assertThat(fate)
                    .as("%s: %d rows at the API, %s in the journal", attempt, effects, ending)
                    .isNotIn(Fate.LOST, Fate.DOUBLED);
            if (fate == Fate.IN_DOUBT) {
                assertThat(visible(attempt))
                        .as("what people see of " + attempt)
                        .contains("may or may not have applied it", "no correlation field");
            }
            settled.add(new Settled(attempt, ending, fate));
        }
        attempts.clear();
        return settled;
    }

    /** What {@code penstock.journal} says of an INSERT. */
    private String visible(Attempt attempt) {
        return postgres.query("select j.what_happened || ' ' || j.hint from penstock.journal j"
                        + " join penstock.mutation_journal e using (id) where e.rows::text like '%\"" + attempt.mark()
                        + "\"%'")
                .getFirst()
                .getFirst();
    }

    @Override
    public void close() throws Exception {
        node.close();
        postgres.close();
        apis.forEach(api -> api.sandbox().close());
    }
}
