package io.penstock.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Resolution.Facts;
import io.penstock.adapters.Resolution.Step;
import io.penstock.adapters.salesforce.SalesforceAdapter;
import io.penstock.adapters.salesforce.SalesforceSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One test for each row of the table in {@link Resolution}. */
class ResolutionTest {
    private static final Instant SENT = Instant.parse("2026-01-02T03:00:00Z");
    private static final Instant EARLY = SENT.plusSeconds(20);
    private static final Instant LATE = SENT.plus(Duration.ofMinutes(10));
    private static final Adapter ATOMIC =
            new SalesforceAdapter(new SalesforceSettings("v62.0", Duration.ofMinutes(10)));
    private static final Adapter FANNING_OUT = new FanOutAdapter(ATOMIC, Capabilities.Idempotency.NONE);
    private static final UUID ID = UUID.fromString("0198f0f0-1111-7222-8333-444455556666");

    @Test
    void writeWithKeysIsSentAgain() {
        Mutation insert = mutation(Operation.INSERT, "c");
        Adapter keyed = new FanOutAdapter(ATOMIC, Capabilities.Idempotency.KEY);
        assertThat(next(keyed, insert, EARLY, null))
                .isEqualTo(new Step.Resend(((Plan.Planned) ATOMIC.plan(insert)).calls()));
    }

    @Test
    void insertIsLookedUpByCorrelation() {
        Mutation insert = mutation(Operation.INSERT, "c");
        assertThat(next(ATOMIC, insert, EARLY, null)).isEqualTo(new Step.Ask(List.of(find(insert))));
    }

    @Test
    void updateAndDeleteAreLookedUpByKey() {
        for (Operation operation : List.of(Operation.UPDATE, Operation.DELETE)) {
            Mutation mutation = mutation(operation, "c");
            assertThat(next(ATOMIC, mutation, EARLY, null))
                    .isEqualTo(new Step.Ask(ATOMIC.readBack(mutation.table(), List.of(key(0), key(1)))));
        }
    }

    @Test
    void insertThatLeftNoTraceToLookForIsInDoubt() {
        assertThat(next(ATOMIC, mutation(Operation.INSERT, null), EARLY, null)).isInstanceOf(Step.InDoubt.class);
    }

    @Test
    void insertedRowsThatAreAllThereWereApplied() {
        Mutation insert = mutation(Operation.INSERT, "c");
        Map<Integer, ObjectNode> seen = Map.of(0, row(0, "A", SENT), 1, row(1, "A", SENT));
        for (Instant now : List.of(EARLY, LATE)) {
            Step.Settled settled = (Step.Settled) next(ATOMIC, insert, now, seen);
            assertThat(settled.applied())
                    .containsExactly(
                            new RowOutcome.Applied(0, key(0), seen.get(0)),
                            new RowOutcome.Applied(1, key(1), seen.get(1)));
            assertThat(settled.notApplied()).isEmpty();
        }
    }

    /** The request may still be at work: its rows can appear after we looked. */
    @Test
    void absenceProvesNothingBeforeTheServersOwnTimeout() {
        assertThat(next(ATOMIC, mutation(Operation.INSERT, "c"), EARLY, Map.of()))
                .isEqualTo(new Step.Wait(Resolution.LOOK_AGAIN));
        assertThat(next(ATOMIC, mutation(Operation.INSERT, "c"), LATE.minusSeconds(2), Map.of()))
                .isEqualTo(new Step.Wait(Duration.ofSeconds(2)));
    }

    @Test
    void insertedRowsThatAreNotThereWereNotApplied() {
        Step.Settled settled = (Step.Settled) next(ATOMIC, mutation(Operation.INSERT, "c"), LATE, Map.of());
        assertThat(settled.applied()).isEmpty();
        assertThat(settled.notApplied()).containsExactly(0, 1);
    }

    @Test
    void someInsertedRowsAreADoubtWhereItIsAllOrNone() {
        Map<Integer, ObjectNode> one = Map.of(1, row(1, "A", SENT));
        assertThat(next(ATOMIC, mutation(Operation.INSERT, "c"), EARLY, one)).isInstanceOf(Step.Wait.class);
        assertThat(next(ATOMIC, mutation(Operation.INSERT, "c"), LATE, one)).isInstanceOf(Step.InDoubt.class);
        Step.Settled settled = (Step.Settled) next(FANNING_OUT, mutation(Operation.INSERT, "c"), LATE, one);
        assertThat(settled.applied()).extracting(RowOutcome.Applied::ordinal).containsExactly(1);
        assertThat(settled.notApplied()).containsExactly(0);
    }

    @Test
    void updatedRowsThatHoldTheValuesWereApplied() {
        Map<Integer, ObjectNode> seen = Map.of(0, row(0, "A", SENT), 1, row(1, "A", SENT));
        Step.Settled settled = (Step.Settled) next(ATOMIC, mutation(Operation.UPDATE, "c"), EARLY, seen);
        assertThat(settled.notApplied()).isEmpty();
        assertThat(settled.applied()).hasSize(2);
    }

    @Test
    void updatedRowsThatAreGoneWereNotApplied() {
        assertThat(next(ATOMIC, mutation(Operation.UPDATE, "c"), EARLY, Map.of()))
                .isInstanceOf(Step.Wait.class);
        assertThat(((Step.Settled) next(ATOMIC, mutation(Operation.UPDATE, "c"), LATE, Map.of())).notApplied())
                .containsExactly(0, 1);
    }

    @Test
    void oneRowThatIsOlderThanTheStatementProvesThatNoneWasUpdated() {
        Map<Integer, ObjectNode> seen = Map.of(0, row(0, "old", SENT.minusSeconds(3600)), 1, row(1, "A", SENT));
        assertThat(next(ATOMIC, mutation(Operation.UPDATE, "c"), EARLY, seen)).isInstanceOf(Step.Wait.class);
        assertThat(((Step.Settled) next(ATOMIC, mutation(Operation.UPDATE, "c"), LATE, seen)).notApplied())
                .containsExactly(0, 1);
    }

    @Test
    void rowsThatStandForThemselvesAreSettledEachByItself() {
        ObjectNode old = row(0, "old", SENT.minusSeconds(3600));
        Map<Integer, ObjectNode> seen = Map.of(0, old, 1, row(1, "A", SENT));
        assertThat(next(FANNING_OUT, mutation(Operation.UPDATE, "c"), EARLY, seen))
                .isInstanceOf(Step.Wait.class);
        Step.Settled settled = (Step.Settled) next(FANNING_OUT, mutation(Operation.UPDATE, "c"), LATE, seen);
        assertThat(settled.applied()).extracting(RowOutcome.Applied::ordinal).containsExactly(1);
        assertThat(settled.notApplied()).containsExactly(0);
        Map<Integer, ObjectNode> other = Map.of(0, old, 1, row(1, "other", SENT.plusSeconds(5)));
        assertThat(next(FANNING_OUT, mutation(Operation.UPDATE, "c"), LATE, other))
                .isInstanceOf(Step.InDoubt.class);
    }

    @Test
    void rowsThatChangedSinceToSomethingElseAreADoubt() {
        Map<Integer, ObjectNode> seen = Map.of(0, row(0, "other", SENT.plusSeconds(5)), 1, row(1, "A", SENT));
        assertThat(next(ATOMIC, mutation(Operation.UPDATE, "c"), EARLY, seen)).isInstanceOf(Step.Wait.class);
        assertThat(next(ATOMIC, mutation(Operation.UPDATE, "c"), LATE, seen)).isInstanceOf(Step.InDoubt.class);
        // within the clocks' difference nothing is proved either
        seen = Map.of(0, row(0, "other", SENT.minusSeconds(60)), 1, row(1, "A", SENT));
        assertThat(next(ATOMIC, mutation(Operation.UPDATE, "c"), LATE, seen)).isInstanceOf(Step.InDoubt.class);
    }

    @Test
    void deletedRowsThatAreGoneWereApplied() {
        Step.Settled settled = (Step.Settled) next(ATOMIC, mutation(Operation.DELETE, "c"), EARLY, Map.of());
        assertThat(settled.applied())
                .containsExactly(new RowOutcome.Applied(0, key(0), null), new RowOutcome.Applied(1, key(1), null));
    }

    @Test
    void deletedRowsThatAreLeftWereNotApplied() {
        Map<Integer, ObjectNode> one = Map.of(1, row(1, "A", SENT));
        assertThat(next(ATOMIC, mutation(Operation.DELETE, "c"), EARLY, one)).isInstanceOf(Step.Wait.class);
        assertThat(((Step.Settled) next(ATOMIC, mutation(Operation.DELETE, "c"), LATE, one)).notApplied())
                .containsExactly(0, 1);
        Step.Settled settled = (Step.Settled) next(FANNING_OUT, mutation(Operation.DELETE, "c"), LATE, one);
        assertThat(settled.applied()).extracting(RowOutcome.Applied::ordinal).containsExactly(0);
        assertThat(settled.notApplied()).containsExactly(1);
    }

    @Test
    void whatWasSeenIsPutTogetherByOrdinal() {
        Mutation update = mutation(Operation.UPDATE, "c");
        Step.Ask ask = (Step.Ask) next(ATOMIC, update, EARLY, null);
        Reading<Map<Integer, ObjectNode>> seen = Resolution.observe(
                ATOMIC,
                update,
                ask.calls(),
                List.of(answer(200, "[null,{\"Id\":\"" + key(1) + "\",\"LastName\":\"A\"}]")));
        assertThat(((Reading.Got<Map<Integer, ObjectNode>>) seen).value()).containsOnlyKeys(1);

        Mutation insert = mutation(Operation.INSERT, "c");
        seen = Resolution.observe(
                ATOMIC,
                insert,
                List.of(find(insert)),
                List.of(answer(
                        200, "{\"done\":true,\"records\":[{\"Id\":\"" + key(1) + "\",\"c\":\"" + ID + ":0\"}]}")));
        assertThat(((Reading.Got<Map<Integer, ObjectNode>>) seen).value()).containsOnlyKeys(0);
    }

    @Test
    void aReadThatFailedIsNoObservation() {
        Mutation update = mutation(Operation.UPDATE, "c");
        Step.Ask ask = (Step.Ask) next(ATOMIC, update, EARLY, null);
        assertThat(Resolution.observe(ATOMIC, update, ask.calls(), List.of(answer(500, ""))))
                .isInstanceOf(Reading.Failed.class);
    }

    private static Step next(Adapter adapter, Mutation mutation, Instant now, @Nullable Map<Integer, ObjectNode> seen) {
        return Resolution.next(adapter, mutation, new Facts(SENT, now, seen));
    }

    private static ApiCall find(Mutation insert) {
        return Objects.requireNonNull(ATOMIC.findByCorrelation(insert));
    }

    private static Mutation mutation(Operation operation, @Nullable String correlationField) {
        TableMapping table = new TableMapping(
                "salesforce",
                "contacts",
                "Contact",
                "id",
                List.of(
                        new ColumnMapping("id", "Id", ColumnType.TEXT, false, false, false, null),
                        new ColumnMapping("last_name", "LastName", ColumnType.TEXT, true, true, true, null),
                        new ColumnMapping(
                                "changed", "SystemModstamp", ColumnType.TIMESTAMP, false, false, false, null)),
                correlationField,
                "changed",
                new RowLimits(200, 200, 200),
                null,
                Map.of());
        List<RowChange> rows = new ArrayList<>();
        for (int ordinal = 0; ordinal < 2; ordinal++) {
            ObjectNode values = Json.object();
            if (operation != Operation.DELETE) {
                values.put("last_name", "A");
            }
            rows.add(new RowChange(ordinal, operation == Operation.INSERT ? null : key(ordinal), values));
        }
        return new Mutation(ID, operation, table, rows);
    }

    private static String key(int ordinal) {
        return "00300000000000" + ordinal + "AAA";
    }

    private static ObjectNode row(int ordinal, String lastName, Instant changed) {
        return Json.object().put("id", key(ordinal)).put("last_name", lastName).put("changed", changed.toString());
    }

    private static ApiResponse answer(int status, String body) {
        return new ApiResponse(status, Map.of(), body.getBytes(StandardCharsets.UTF_8));
    }
}
