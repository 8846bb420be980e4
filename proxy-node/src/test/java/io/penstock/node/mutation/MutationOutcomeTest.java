package io.penstock.node.mutation;

import static io.penstock.node.mutation.MachineSteps.ERROR;
import static io.penstock.node.mutation.MachineSteps.FAN_OUT;
import static io.penstock.node.mutation.MachineSteps.ID;
import static io.penstock.node.mutation.MachineSteps.TABLE;
import static io.penstock.node.mutation.MachineSteps.answered;
import static io.penstock.node.mutation.MachineSteps.applied;
import static io.penstock.node.mutation.MachineSteps.canonical;
import static io.penstock.node.mutation.MachineSteps.fails;
import static io.penstock.node.mutation.MachineSteps.machine;
import static io.penstock.node.mutation.MachineSteps.only;
import static io.penstock.node.mutation.MachineSteps.rejection;
import static io.penstock.node.mutation.MachineSteps.resolving;
import static io.penstock.node.mutation.MachineSteps.sending;
import static io.penstock.node.mutation.MachineSteps.step;
import static io.penstock.node.mutation.MachineSteps.storing;
import static io.penstock.node.mutation.MachineSteps.updated;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Failure;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.RowOutcome;
import io.penstock.node.mutation.MutationMachine.State;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Walks the rows of {@link MutationMachine}'s table from the request on. */
class MutationOutcomeTest {
    // ---- SENDING ----

    @Test
    void keepsTheAnswerThenStoresIt() {
        List<MutationEffect> effects = step(sending(TABLE), applied(0, "k"), State.STORING, "NoteAccepted", "Store");
        MutationEffect.Store store = only(effects, MutationEffect.Store.class);
        assertThat(store.keys()).containsExactly("k");
        assertThat(store.rows().getFirst().get("name").asText()).isEqualTo("canonical");
    }

    @Test
    void sendsOneCallAfterTheOther() {
        MutationMachine machine = sending(FAN_OUT, updated("a"), updated("b"));
        step(machine, applied(0, "a"), State.SENDING, "Send");
        List<MutationEffect> effects = step(machine, applied(1, "b"), State.STORING, "NoteAccepted", "Store");
        assertThat(only(effects, MutationEffect.Store.class).keys()).containsExactly("a", "b");
    }

    @Test
    void readsBackWhatTheAnswerLeftOut() {
        MutationMachine machine = sending(TABLE);
        step(machine, answered(new RowOutcome.Applied(0, "k", null)), State.READING, "ReadBack");
        List<MutationEffect> effects = step(
                machine,
                new MutationEvent.ReadBack(Map.of("k", Rows.row("k", "read", null))),
                State.STORING,
                "NoteAccepted",
                "Store");
        assertThat(only(effects, MutationEffect.Store.class)
                        .rows()
                        .getFirst()
                        .get("name")
                        .asText())
                .isEqualTo("read");
    }

    @Test
    void storesWhatIsKnownWhereItCannotBeReadBack() {
        MutationMachine machine = sending(TABLE);
        machine.on(answered(new RowOutcome.Applied(0, "k", null)));
        List<MutationEffect> effects =
                step(machine, new MutationEvent.ReadBackFailed(), State.STORING, "NoteAccepted", "Store");
        assertThat(only(effects, MutationEffect.Store.class)
                        .rows()
                        .getFirst()
                        .get("name")
                        .asText())
                .isEqualTo("Leto");
    }

    @Test
    void aRefusalIsNotedAndReported() {
        MutationMachine machine = sending(TABLE);
        List<MutationEffect> effects = step(
                machine,
                answered(new RowOutcome.Rejected(0, rejection())),
                State.FAILED,
                "NoteRejected",
                "ReleaseWriter",
                "Fail");
        assertThat(only(effects, MutationEffect.Fail.class).error().sqlState())
                .isEqualTo(ErrorCode.API_VALIDATION.sqlState());
    }

    @Test
    void aRefusedCallAfterAppliedOnesStoresThoseAndFails() {
        for (MutationEvent end : List.of(new MutationEvent.Returned(), new MutationEvent.ServerRefused(ERROR))) {
            partlyApplied(answered(new RowOutcome.Rejected(1, rejection())), end);
            partlyApplied(new MutationEvent.NotSent(ERROR), end);
        }
    }

    private static void partlyApplied(MutationEvent second, MutationEvent end) {
        MutationMachine machine = sending(FAN_OUT, updated("a"), updated("b"));
        machine.on(applied(0, "a"));
        List<MutationEffect> effects = step(machine, second, State.STORING, "NoteAccepted", "Store");
        assertThat(only(effects, MutationEffect.Store.class).keys()).containsExactly("a");
        machine.on(new MutationEvent.Stored(List.of()));
        fails(machine, end, ErrorCode.PARTLY_APPLIED);
        assertThat(machine.escaped()).isTrue();
    }

    @Test
    void everyCertainFailureClosesTheEntry() {
        for (Failure failure : List.of(
                new Failure.RequestRejected(rejection()),
                new Failure.RateLimited("daily", null, "Too many."),
                new Failure.AuthRevoked("Gone."),
                new Failure.Unavailable("Busy."))) {
            step(
                    sending(TABLE),
                    new MutationEvent.Answered(failure),
                    State.FAILED,
                    "NoteRejected",
                    "ReleaseWriter",
                    "Fail");
        }
        step(
                sending(TABLE),
                new MutationEvent.Answered(new Failure.TokenExpired()),
                State.FAILED,
                "NoteNotApplied",
                "ReleaseWriter",
                "Fail");
        step(sending(TABLE), new MutationEvent.NotSent(ERROR), State.FAILED, "NoteNotApplied", "ReleaseWriter", "Fail");
    }

    @Test
    void whatNobodyKnowsIsLookedUp() {
        step(sending(TABLE), new MutationEvent.Answered(new Failure.UnknownOutcome("500")), State.RESOLVING, "Resolve");
        step(sending(TABLE), new MutationEvent.Lost("reset"), State.RESOLVING, "Resolve");
    }

    // ---- RESOLVING ----

    @Test
    void aLostRequestThatTookEffectIsStored() {
        step(
                resolving(),
                new MutationEvent.FoundApplied(List.of(new RowOutcome.Applied(0, "k", canonical("k")))),
                State.STORING,
                "NoteAccepted",
                "Store");
    }

    /** A DELETE of three customers whose first answer was lost was in doubt, because the other two were still there. */
    @Test
    void aLostCallOfSeveralIsLookedUpByItselfAndTheOthersFollow() {
        MutationMachine machine = sending(FAN_OUT, updated("a"), updated("b"), updated("c"));
        machine.on(applied(0, "a"));
        List<MutationEffect> effects = step(machine, new MutationEvent.Lost("reset"), State.RESOLVING, "Resolve");
        assertThat(only(effects, MutationEffect.Resolve.class).mutation().rows())
                .extracting(RowChange::key)
                .containsExactly("b");
        step(
                machine,
                new MutationEvent.FoundApplied(List.of(new RowOutcome.Applied(0, "b", canonical("b")))),
                State.SENDING,
                "Send");
        effects = step(machine, applied(2, "c"), State.STORING, "NoteAccepted", "Store");
        assertThat(only(effects, MutationEffect.Store.class).keys()).containsExactly("a", "b", "c");
    }

    @Test
    void aLostRequestWithoutEffectFails() {
        step(
                resolving(),
                new MutationEvent.FoundNotApplied("absent"),
                State.FAILED,
                "NoteNotApplied",
                "ReleaseWriter",
                "Fail");
    }

    @Test
    void aLostRequestThatNobodyCanFindIsInDoubt() {
        List<MutationEffect> effects = step(
                resolving(),
                new MutationEvent.StillUnknown("absent so far"),
                State.FAILED,
                "NoteInDoubt",
                "ReleaseWriter",
                "Fail");
        PgError error = only(effects, MutationEffect.Fail.class).error();
        assertThat(error.sqlState()).isEqualTo("40003");
        assertThat(error.detail()).contains(ID.toString());
    }

    // ---- STORING, RETURNING ----

    @Test
    void returnsTheStoredRowsAndEnds() {
        MutationMachine machine = storing();
        ObjectNode stored = Rows.row("k", "stored", null);
        List<MutationEffect> effects =
                step(machine, new MutationEvent.Stored(List.of(stored)), State.RETURNING, "Return");
        assertThat(only(effects, MutationEffect.Return.class).rows()).containsExactly(stored);
        step(machine, new MutationEvent.Returned(), State.DONE, "Finish");
        assertThat(machine.escaped()).isTrue();
    }

    @Test
    void aRowThatPostgresRefusesIsParkedAndTheErrorNamesTheApisId() {
        PgError refused = ErrorCode.API_TOO_LONG.error("crm");
        List<MutationEffect> effects = step(
                storing(), new MutationEvent.RowRefused(refused), State.FAILED, "NoteParked", "ReleaseWriter", "Fail");
        PgError error = only(effects, MutationEffect.Fail.class).error();
        assertThat(error.sqlState()).isEqualTo("23000");
        assertThat(error.detail()).isEqualTo("crm validation error (SQLSTATE 22001). API id: k.");
    }

    @Test
    void aRowThatCannotBeStoredNowIsLeftToRecovery() {
        fails(storing(), new MutationEvent.StoreFailed(ERROR), ErrorCode.LOCAL_WRITE_PENDING);
    }
}
