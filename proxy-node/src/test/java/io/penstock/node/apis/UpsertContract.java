package io.penstock.node.apis;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.sandbox.server.Fault;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What holds beside {@link ApiContract} for an API that can be asked to update what it has and to make the rest. */
abstract class UpsertContract extends TroubleContract {
    private final String column;
    private int values;

    /** @param column decides which rows are there; it takes e-mail addresses, and {@code upsert_on} of the table names it */
    UpsertContract(ContractApi api, String column) {
        super(api);
        this.column = column;
    }

    private Map<String, String> upsertedRow() {
        Map<String, String> row = newRow();
        row.put(column, "'upsert" + ++values + "@example.test'");
        return row;
    }

    private String upsert(Map<String, String> row) {
        return rig().insert(List.of(row)) + " on conflict (" + column + ") do update set "
                + row.keySet().stream()
                        .filter(each -> !each.equals(column))
                        .map(each -> each + " = excluded." + each)
                        .collect(Collectors.joining(", "));
    }

    @Test
    void aRowThatIsThereIsUpdatedAndOneThatIsNotIsInserted() throws Exception {
        Map<String, String> row = upsertedRow();
        int before = api.held();
        long mark = rig().mark();

        String id = String.valueOf(
                rig().rows(upsert(row) + " returning id").getFirst().get("id"));
        assertThat(api.held()).isEqualTo(before + 1);
        row.put(api.text(), "'again'");
        assertThat(rig().rows(upsert(row) + " returning id, " + api.text()))
                .containsExactly(Map.of("id", id, api.text(), "again"));

        assertThat(api.held()).isEqualTo(before + 1);
        assertThat(writes(mark)).hasSize(2);
        assertThat(stored(id)).containsEntry(api.text(), "again");
        stillAgrees();
    }

    @Test
    void aLostAnswerToAnUpsertIsFound() throws Exception {
        int before = api.held();
        api.sandbox().faults().next(new Fault.Drop(Fault.Moment.AFTER_COMMIT));

        assertThat(rig().count(upsert(upsertedRow()))).isEqualTo(1);

        assertThat(api.held()).isEqualTo(before + 1);
        assertThat(rig().stored("select id from penstock.mutation_journal where upsert_on = '" + column + "'"))
                .isNotEmpty();
        stillAgrees();
    }

    @Test
    void whatWouldDoSomethingElseThanTheApiIsRefused() throws Exception {
        Map<String, String> row = upsertedRow();
        String insert = rig().insert(List.of(row)) + " on conflict (" + column + ") do update set ";
        long mark = rig().mark();

        // By the extended protocol Postgres itself is the first to see that it has no index for such a clause.
        assertThat(rig().error(insert + api.text() + " = 'x'").getSQLState()).isIn("0A000", "42P10");
        assertThat(rig().error(upsert(row) + " where false").getSQLState()).isIn("0A000", "42P10");
        row.put(column, "null");
        assertThat(rig().error(upsert(row)).getSQLState()).isEqualTo("23502");
        assertThat(rig().requests(mark)).isEmpty();
    }
}
