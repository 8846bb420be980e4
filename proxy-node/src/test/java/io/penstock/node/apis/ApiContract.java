package io.penstock.node.apis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.penstock.node.SyncTables;
import io.penstock.sandbox.server.ReceivedRequest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.ServerErrorMessage;

/**
 * What holds for every API. One for each is in this package; another one says in a {@link ContractApi} what its table takes and refuses. Tests share
 * a node, and each takes rows of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ApiContract {
    private static final String UNICODE = "Zoë 😀 \"quoted\" \\ back, 你好; line\nbreak & <tag> 100%";

    final ContractApi api;
    private @Nullable ApiRig started;
    private int numbers = 1_000;

    ApiContract(ContractApi api) {
        this.api = api;
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        started = new ApiRig(api, folder);
    }

    /** Every request of the class, of the node as of the tests themselves, is checked when all have been sent. */
    @AfterAll
    void close() throws Exception {
        ApiRig rig = started;
        if (rig != null) {
            try (rig) {
                List<ReceivedRequest> all = api.sandbox().requests();
                RequestCheck.assertValid(api.name(), api.documented(), all);
                assertThat(api.problems(all)).isEmpty();
            }
        }
    }

    final ApiRig rig() {
        ApiRig rig = started;
        if (rig == null) {
            throw new IllegalStateException("not started");
        }
        return rig;
    }

    final Map<String, String> newRow() {
        return new LinkedHashMap<>(api.row(++numbers));
    }

    final List<Map<String, String>> newRows(int count) {
        return Stream.generate(this::newRow).limit(count).toList();
    }

    final String inserted() throws Exception {
        return String.valueOf(rig().rows(rig().insert(List.of(newRow())) + " returning id")
                .getFirst()
                .get("id"));
    }

    final Map<String, @Nullable String> stored(@Nullable String id) throws Exception {
        return rig().stored("select * from " + rig().table() + " where id = '" + id + "'")
                .getFirst();
    }

    final void stillAgrees() throws Exception {
        assertThat(rig().stored("select id from " + rig().table())).hasSize(api.held());
    }

    // ---- the table itself ----

    @Test
    void syncPlanHasNothingToSayOfWhatANodeHasMade() {
        assertThat(rig().sync("postgres", false))
                .anyMatch(SyncTables.Report.Table.class::isInstance)
                .allSatisfy(ApiContract::isEmpty);
    }

    @Test
    void syncApplyMakesTheTableThatANodeMakes() throws Exception {
        rig().create("applied");

        List<SyncTables.Report> made = rig().sync("applied", true);

        assertThat(made).noneMatch(SyncTables.Report.Failed.class::isInstance);
        assertThat(rig().columns("applied")).isNotEmpty().isEqualTo(rig().columns("postgres"));
        assertThat(rig().sync("applied", false)).allSatisfy(ApiContract::isEmpty);
    }

    private static void isEmpty(SyncTables.Report report) {
        switch (report) {
            case SyncTables.Report.Base base -> assertThat(base.sql()).isEmpty();
            case SyncTables.Report.Table table -> {
                assertThat(table.plan().changes()).as(table.name()).isEmpty();
                assertThat(table.plan().differences()).as(table.name()).isEmpty();
            }
            case SyncTables.Report.Forgotten forgotten -> throw new AssertionError(forgotten.toString());
            case SyncTables.Report.Failed failed -> throw new AssertionError(failed.toString());
        }
    }

    // ---- what is written ----

    @Test
    void theTableIsFilledAtTheStart() throws Exception {
        assertThat(api.held()).isPositive();
        stillAgrees();
    }

    @Test
    void aRowIsInsertedUpdatedAndDeletedInThreeRequests() throws Exception {
        int before = api.held();
        Map<String, @Nullable String> made =
                rig().rows(rig().insert(List.of(newRow())) + " returning *").getFirst();
        String id = made.get("id");
        assertThat(id).isNotBlank();
        assertThat(made.get(api.readOnly())).isNotBlank();
        assertThat(stored(id)).isEqualTo(made);
        assertThat(api.held()).isEqualTo(before + 1);

        long mark = rig().mark();
        Map<String, @Nullable String> changed = rig().rows("update " + rig().table() + " set " + api.text()
                        + " = upper(" + api.text() + ") || '!' where id = '" + id + "' returning *, 1 + 1 as two")
                .getFirst();
        assertThat(changed.remove("two")).isEqualTo("2");
        assertThat(changed.get(api.text()))
                .isEqualTo(String.valueOf(made.get(api.text())).toUpperCase(java.util.Locale.ROOT) + "!");
        assertThat(stored(id)).isEqualTo(changed);
        assertThat(writes(mark)).hasSize(1);

        assertThat(rig().count("delete from " + rig().table() + " where id = '" + id + "'"))
                .isEqualTo(1);
        assertThat(api.held()).isEqualTo(before);
        stillAgrees();
    }

    /** It was silent for as long as what it had granted before might count at the API: 15 s with HubSpot, a minute with GitHub. */
    @Test
    void aNodeThatIsStartedAgainKnowsWhatItHasUsedOfTheLimits() throws Exception {
        rig().count(rig().insert(List.of(newRow())));
        rig().restart();
        assertThat(rig().count(rig().insert(List.of(newRow())))).isEqualTo(1);
        assertThat(rig().stored("select begun_with ->> 'last' as last from penstock.limiters"))
                .containsExactly(Map.of("last", "true"));
        stillAgrees();
    }

    @Test
    void aColumnThatIsSetToNullIsCleared() throws Exception {
        String id = inserted();

        assertThat(rig().rows("update " + rig().table() + " set " + api.text() + " = null where id = '" + id
                                + "' returning " + api.text())
                        .getFirst())
                .containsEntry(api.text(), null);
        assertThat(stored(id)).containsEntry(api.text(), null);
        Map<String, String> row = newRow();
        row.put(api.text(), "null");
        assertThat(rig().rows(rig().insert(List.of(row)) + " returning " + api.text())
                        .getFirst())
                .containsEntry(api.text(), null);
    }

    @Test
    void textsArriveAndComeBackLetterForLetter() throws Exception {
        String id = inserted();
        try (Connection client = rig().client();
                var update = client.prepareStatement("update " + rig().table() + " set " + api.text()
                        + " = ? where id = ? returning " + api.text())) {
            update.setString(1, UNICODE);
            update.setString(2, id);
            try (var rows = update.executeQuery()) {
                rows.next();
                assertThat(rows.getString(1)).isEqualTo(UNICODE);
            }
        }
        assertThat(stored(id)).containsEntry(api.text(), UNICODE);
    }

    @TestFactory
    Stream<DynamicTest> eachTypeIsWrittenAndComesBack() {
        return api.types().stream()
                .map(typed -> dynamicTest(typed.column() + " = " + typed.value(), () -> {
                    String id = inserted();
                    assertThat(rig().rows("update " + rig().table() + " set " + typed.column() + " = " + typed.value()
                                            + " where id = '" + id + "' returning " + typed.column())
                                    .getFirst())
                            .containsEntry(typed.column(), typed.shown());
                    assertThat(stored(id)).containsEntry(typed.column(), typed.shown());
                }));
    }

    // ---- limits ----

    @Test
    void asManyRowsAsTheLimitAreTaken() throws Exception {
        int most = Math.min(api.limits().update(), api.limits().delete());
        List<String> ids = new ArrayList<>();
        long mark = rig().mark();
        while (ids.size() < most) {
            int some = Math.min(most - ids.size(), api.limits().insert());
            List<Map<String, @Nullable String>> made = rig().rows(rig().insert(newRows(some)) + " returning id");
            assertThat(made).hasSize(some);
            made.forEach(row -> ids.add(String.valueOf(row.get("id"))));
        }
        assertThat(writes(mark))
                .hasSize(requests(api.limits().writeEach(), most, api.limits().insert()));
        String these =
                " where id in (" + ids.stream().map(id -> "'" + id + "'").collect(Collectors.joining(", ")) + ")";
        mark = rig().mark();
        assertThat(rig().count("update " + rig().table() + " set " + api.text() + " = 'at the limit'" + these))
                .isEqualTo(most);
        assertThat(writes(mark)).hasSize(requests(api.limits().writeEach(), most, most));
        assertThat(rig().stored("select id from " + rig().table() + these + " and " + api.text() + " = 'at the limit'"))
                .hasSize(most);
        mark = rig().mark();
        assertThat(rig().count("delete from " + rig().table() + these)).isEqualTo(most);
        assertThat(writes(mark)).hasSize(requests(api.limits().deleteEach(), most, most));
        stillAgrees();
    }

    @Test
    void oneRowMoreIsRefusedAndNothingIsSent() throws Exception {
        int limit = api.limits().insert();
        long mark = rig().mark();

        ServerErrorMessage error = rig().error(rig().insert(newRows(limit + 1)));

        assertThat(error.getSQLState()).isEqualTo("54000");
        assertThat(error.getMessage() + error.getDetail() + error.getHint())
                .contains(String.valueOf(limit))
                .contains(String.valueOf(limit + 1));
        assertThat(rig().requests(mark)).isEmpty();
    }

    @Test
    void withoutARowNothingIsSent() throws Exception {
        long mark = rig().mark();

        assertThat(rig().count("update " + rig().table() + " set " + api.text() + " = 'x' where false"))
                .isZero();
        assertThat(rig().count("delete from " + rig().table() + " where id = 'nothing'"))
                .isZero();
        String columns = String.join(", ", newRow().keySet());
        assertThat(rig().count("insert into " + rig().table() + " (" + columns + ") select " + columns + " from "
                        + rig().table() + " where false"))
                .isZero();
        assertThat(rig().requests(mark)).isEmpty();
    }

    // ---- refusals ----

    @TestFactory
    Stream<DynamicTest> whatTheApiRefusesIsAnErrorOfPostgres() {
        return api.refusals().stream()
                .map(refused -> dynamicTest(refused.column() + " = " + refused.value(), () -> {
                    Map<String, String> row = newRow();
                    row.put(refused.column(), refused.value());
                    int before = api.held();

                    ServerErrorMessage error = rig().error(rig().insert(List.of(row)));

                    assertThat(error.getSQLState()).as(error.toString()).isEqualTo(refused.sqlState());
                    assertThat(error.getColumn())
                            .as(error.toString())
                            .isEqualTo(refused.named() ? refused.column() : null);
                    assertThat(error.getTable()).isEqualTo(api.table());
                    assertThat(error.getSchema()).isEqualTo(api.name());
                    assertThat(error.getMessage()).contains(api.name());
                    assertThat(api.held()).isEqualTo(before);
                    stillAgrees();
                }));
    }

    @Test
    void aColumnThatTheApiFillsIsNotWritten() throws Exception {
        String id = inserted();
        long mark = rig().mark();

        ServerErrorMessage error = rig().error("update " + rig().table() + " set " + api.readOnly() + " = "
                + api.readOnly() + " where id = '" + id + "'");

        assertThat(error.getSQLState()).isEqualTo("428C9");
        assertThat(error.getColumn()).isEqualTo(api.readOnly());
        assertThat(rig().requests(mark)).isEmpty();
    }

    @Test
    void aRowThatIsGoneAtTheApiSaysSoAndCanBeDeleted() throws Exception {
        String id = inserted();
        rig().deleteAtApi(id);

        assertThat(rig().error("update " + rig().table() + " set " + api.text() + " = 'x' where id = '" + id + "'")
                        .getSQLState())
                .isEqualTo("55000");
        assertThat(rig().count("delete from " + rig().table() + " where id = '" + id + "'"))
                .isEqualTo(1);
        stillAgrees();
    }

    @Test
    void anUpsertIsRefusedWhereTheTableIsNotMadeForIt() throws Exception {
        long mark = rig().mark();

        ServerErrorMessage error = rig().error(
                        rig().insert(List.of(newRow())) + " on conflict (id) do update set " + api.text() + " = 'x'");

        assertThat(error.getSQLState()).isEqualTo("0A000");
        assertThat(error.getHint()).isNotBlank();
        assertThat(rig().requests(mark)).isEmpty();
        assertThat(rig().count(rig().insert(List.of(newRow())) + " on conflict do nothing"))
                .isEqualTo(1);
    }

    // ---- looking first ----

    @Test
    void explainShowsTheRequestAndSendsNothing() throws Exception {
        long mark = rig().mark();

        String plan = rig().rows("explain (verbose) " + rig().insert(List.of(newRow()))).stream()
                .map(row -> String.valueOf(row.values().iterator().next()))
                .collect(Collectors.joining("\n"));

        assertThat(plan)
                .contains("Request: POST")
                .contains("Body: ")
                .contains("of at most " + api.limits().insert());
        assertThat(rig().requests(mark)).isEmpty();
    }

    @Test
    void aDryRunShowsTheRowAndSendsNothing() throws Exception {
        long mark = rig().mark();
        int before = api.held();
        try (Connection client = rig().client();
                Statement statement = client.createStatement()) {
            statement.execute("set penstock.dry_run = on");
            assertThat(ApiRig.rows(client, rig().insert(List.of(newRow())) + " returning id"))
                    .containsExactly(java.util.Collections.singletonMap("id", null));
        }
        assertThat(rig().requests(mark)).isEmpty();
        assertThat(api.held()).isEqualTo(before);
        stillAgrees();
    }

    /** @param atOnce rows of a statement that is one request */
    private static int requests(boolean each, int rows, int atOnce) {
        return each ? rows : Math.ceilDiv(rows, atOnce);
    }

    /** What arrived since the mark and was no read. */
    final List<ReceivedRequest> writes(long mark) {
        return rig().requests(mark).stream().filter(api::writes).toList();
    }
}
