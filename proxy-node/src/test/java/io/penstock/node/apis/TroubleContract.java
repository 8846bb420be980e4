package io.penstock.node.apis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.FaultMatch;
import io.penstock.sandbox.server.ReceivedRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.postgresql.util.ServerErrorMessage;

/** What holds for every API when something goes wrong on the way (catalogue C-03, C-04, C-05). */
abstract class TroubleContract extends ApiContract {
    TroubleContract(ContractApi api) {
        super(api);
    }

    @Test
    void aLostAnswerToAnUpdateIsFound() throws Exception {
        String id = inserted();
        api.sandbox().faults().next(new Fault.Drop(Fault.Moment.AFTER_COMMIT));

        assertThat(rig().count("update " + rig().table() + " set " + api.text() + " = 'found' where id = '" + id + "'"))
                .isEqualTo(1);
        assertThat(stored(id)).containsEntry(api.text(), "found");
    }

    @Test
    void aLostAnswerToAnInsertIsFoundAndTheRowIsThereOnce() throws Exception {
        int before = api.held();
        api.sandbox().faults().next(FaultMatch.method("POST"), new Fault.Drop(Fault.Moment.AFTER_COMMIT));

        assertThat(rig().count(rig().insert(List.of(newRow())))).isEqualTo(1);

        assertThat(api.held()).isEqualTo(before + 1);
        stillAgrees();
    }

    @Test
    void whatNeverReachedTheApiIsResolved() throws Exception {
        int before = api.held();
        api.sandbox().faults().next(FaultMatch.method("POST"), new Fault.Drop(Fault.Moment.BEFORE_COMMIT));
        boolean done = false;
        try {
            done = rig().count(rig().insert(List.of(newRow()))) == 1;
        } catch (java.sql.SQLException unknown) {
            assertThat(unknown.getSQLState()).isIn("40003", "HV000");
        }
        int now = before + (done ? 1 : 0);
        settles(now);
    }

    @Test
    void overALimitOfTheApiAStatementWaits() throws Exception {
        api.sandbox()
                .faults()
                .next(
                        FaultMatch.method("POST"),
                        new Fault.Answer(
                                429, Map.of("Retry-After", "1"), "application/json", "{}", Fault.Moment.BEFORE_COMMIT));

        assertThat(rig().count(rig().insert(List.of(newRow())))).isEqualTo(1);
        stillAgrees();
    }

    /** C-03: it was applied, and what arrives does not say so. */
    @TestFactory
    Stream<DynamicTest> anAnswerThatCannotBeReadIsFoundOut() {
        return Stream.of(
                        new Fault.Reset(Fault.Moment.AFTER_COMMIT),
                        new Fault.HalfBody(),
                        new Fault.WrongLength(),
                        new Fault.HtmlPage(),
                        new Fault.InvalidJson(),
                        new Fault.HugeJson(20 << 20),
                        new Fault.Status(500, Fault.Moment.AFTER_COMMIT),
                        new Fault.Answer(
                                200, Map.of(), "application/json", "[".repeat(100_000), Fault.Moment.AFTER_COMMIT))
                .map(fault -> dynamicTest(fault.describe(), () -> {
                    int before = api.held();
                    String id = inserted();
                    api.sandbox().faults().next(FaultMatch.method("POST"), fault);
                    assertThat(rig().count(rig().insert(List.of(newRow())))).isEqualTo(1);
                    api.sandbox().faults().next(fault);
                    assertThat(rig().count("update " + rig().table() + " set " + api.text() + " = 'seen' where id = '"
                                    + id + "'"))
                            .isEqualTo(1);
                    assertThat(stored(id)).containsEntry(api.text(), "seen");
                    assertThat(api.held()).isEqualTo(before + 2);
                    stillAgrees();
                }));
    }

    /** C-03: nobody follows it, and a write is not sent to where it points. */
    @Test
    void aRedirectIsNotFollowed() throws Exception {
        int before = api.held();
        long mark = rig().mark();
        api.sandbox()
                .faults()
                .next(
                        FaultMatch.method("POST"),
                        new Fault.Answer(
                                302, Map.of("Location", "/elsewhere"), "text/html", "", Fault.Moment.BEFORE_COMMIT));

        assertThat(rig().error(rig().insert(List.of(newRow()))).getSQLState()).isEqualTo("HV000");

        assertThat(api.sandbox().requests().stream()
                        .filter(request -> request.number() > mark)
                        .map(ReceivedRequest::path))
                .doesNotContain("/elsewhere");
        settles(before);
    }

    /** C-05: of three rows the API refuses the last. */
    @Test
    void whatWasAppliedBesideARefusalIsStoredAndToldAndNothingElseIs() throws Exception {
        ContractApi.Refused refused = api.refusals().stream()
                .filter(candidate -> !candidate.sqlState().equals("23502"))
                .findFirst()
                .orElseThrow();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.add(inserted());
        }
        String these = ids.stream().collect(Collectors.joining("', '", "('", "')"));

        ServerErrorMessage error = rig().error("update " + rig().table() + " set " + api.text() + " = 'in part', "
                + refused.column() + " = case when id = '" + ids.getLast() + "' then " + refused.value() + " else "
                + refused.column() + " end where id in " + these);

        List<@Nullable String> changed =
                rig().stored("select id from " + rig().table() + " where " + api.text() + " = 'in part'").stream()
                        .map(row -> row.get("id"))
                        .toList();
        if (api.standsForItself()) {
            assertThat(error.getSQLState()).as(error.toString()).isEqualTo("SY001");
            assertThat(changed).containsExactlyInAnyOrderElementsOf(ids.subList(0, 2));
            assertThat(error.getDetail()).contains(ids.get(0), ids.get(1));
        } else {
            assertThat(error.getSQLState()).as(error.toString()).isEqualTo(refused.sqlState());
            assertThat(changed).isEmpty();
        }
        // What the API has: its answer to a change of another column.
        String other = newRow().keySet().stream()
                .filter(column -> !column.equals(api.text()))
                .findFirst()
                .orElseThrow();
        for (String id : ids) {
            assertThat("in part"
                            .equals(rig().rows("update " + rig().table() + " set " + other + " = " + newRow().get(other)
                                            + " where id = '" + id + "' returning " + api.text())
                                    .getFirst()
                                    .get(api.text())))
                    .as("the API has changed " + id)
                    .isEqualTo(changed.contains(id));
        }
        rig().count("delete from " + rig().table() + " where id in " + these);
        stillAgrees();
    }

    /** Nothing of the journal is open, and the API holds so many. */
    final void settles(int held) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(
                            rig().stored(
                                            "select id from penstock.mutation_journal where state in ('INTENT', 'ACCEPTED', 'IN_DOUBT')"))
                    .isEmpty();
            assertThat(api.held()).isEqualTo(held);
            stillAgrees();
        });
    }
}
