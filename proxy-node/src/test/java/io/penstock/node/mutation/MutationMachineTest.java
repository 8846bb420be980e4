package io.penstock.node.mutation;

import static io.penstock.node.mutation.MachineSteps.ERROR;
import static io.penstock.node.mutation.MachineSteps.ID;
import static io.penstock.node.mutation.MachineSteps.TABLE;
import static io.penstock.node.mutation.MachineSteps.UPDATE;
import static io.penstock.node.mutation.MachineSteps.asking;
import static io.penstock.node.mutation.MachineSteps.captured;
import static io.penstock.node.mutation.MachineSteps.capturing;
import static io.penstock.node.mutation.MachineSteps.checking;
import static io.penstock.node.mutation.MachineSteps.fails;
import static io.penstock.node.mutation.MachineSteps.locking;
import static io.penstock.node.mutation.MachineSteps.machine;
import static io.penstock.node.mutation.MachineSteps.only;
import static io.penstock.node.mutation.MachineSteps.resolving;
import static io.penstock.node.mutation.MachineSteps.sending;
import static io.penstock.node.mutation.MachineSteps.step;
import static io.penstock.node.mutation.MachineSteps.storing;
import static io.penstock.node.mutation.MachineSteps.updated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.node.mutation.MutationMachine.State;
import io.penstock.protocol.error.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Walks the rows of {@link MutationMachine}'s table, in its order, until something may be sent, and those that hold at any time. */
class MutationMachineTest {
    // ---- ASKING ----

    @Test
    void asksWhereTheStatementRuns() {
        MutationMachine machine = machine(UPDATE, false);
        step(machine, new MutationEvent.Begun(), State.ASKING, "AskContext");
    }

    @Test
    void declinesWhatIsNoSyncedTable() {
        MutationMachine machine = asking(UPDATE);
        step(machine, new MutationEvent.ContextKnown(Rows.context(null)), State.DECLINED, "Decline");
    }

    @Test
    void refusesWhatThePolicyRefuses() {
        MutationMachine machine =
                new MutationMachine(ID, Rows.dml(UPDATE), new MutationPolicy(true, true, false, null));
        machine.on(new MutationEvent.Begun());
        fails(machine, new MutationEvent.ContextKnown(Rows.context(TABLE)), ErrorCode.MUTATION_IN_TRANSACTION);
    }

    // ---- CAPTURING ----

    @Test
    void capturesAStatementOnASyncedTable() {
        MutationMachine machine = asking(UPDATE);
        step(machine, new MutationEvent.ContextKnown(Rows.context(TABLE)), State.CAPTURING, "Capture");
    }

    @Test
    void refusesWhatThePlanRefusesWithNothingSent() {
        MutationMachine machine = capturing(TABLE, UPDATE);
        fails(
                machine,
                new MutationEvent.Captured(List.of(updated("a"), updated("b"), updated("c"), updated("d"))),
                ErrorCode.TOO_MANY_ROWS);
    }

    @Test
    void explainsInsteadOfDoing() {
        MutationMachine machine = machine(UPDATE, true);
        machine.on(new MutationEvent.Begun());
        machine.on(new MutationEvent.ContextKnown(Rows.context(TABLE)));
        step(machine, captured(), State.DONE, "Explain");
    }

    // ---- CHECKING ----

    @Test
    void comparesReturningBeforeAnythingIsLocked() {
        step(capturing(TABLE, UPDATE), captured(), State.CHECKING, "CheckReturning");
    }

    @Test
    void noRowGoesStraightToReturning() {
        MutationMachine machine = capturing(TABLE, UPDATE);
        machine.on(new MutationEvent.Captured(List.of()));
        step(machine, new MutationEvent.ReturningAgreed(), State.RETURNING, "Return");
        step(machine, new MutationEvent.Returned(), State.DONE, "Finish");
        assertThat(machine.escaped()).isFalse();
    }

    @Test
    void aDryRunReturnsTheEvaluatedRowsAndAnInsertHasNoKeyThere() {
        MutationMachine machine = asking("insert into crm.contacts (name) values ('Paul')");
        machine.on(new MutationEvent.ContextKnown(Rows.dryRun(TABLE)));
        machine.on(new MutationEvent.Captured(List.of(Rows.inserted("Paul"))));
        List<MutationEffect> effects = step(machine, new MutationEvent.ReturningAgreed(), State.RETURNING, "Return");
        assertThat(only(effects, MutationEffect.Return.class)
                        .rows()
                        .getFirst()
                        .get("id")
                        .isNull())
                .isTrue();
    }

    @Test
    void refusesAReturningThatPostgresReadsInAnotherWay() {
        MutationMachine machine = checking(TABLE);
        fails(machine, new MutationEvent.ReturningDiffers("why"), ErrorCode.SHAPE_NOT_UNDERSTOOD);
    }

    // ---- LOCKING ----

    @Test
    void locksThenPrepares() {
        MutationMachine machine = checking(TABLE);
        step(machine, new MutationEvent.ReturningAgreed(), State.LOCKING, "Lock");
        step(machine, new MutationEvent.Locked(), State.PREPARING, "Prepare");
    }

    @Test
    void localColumnsAreStoredWithoutTheApiAndWithoutTheJournal() {
        MutationMachine machine = capturing(TABLE, "update crm.contacts set note = 'x'");
        machine.on(new MutationEvent.Captured(List.of(Rows.noted("k", "x"))));
        machine.on(new MutationEvent.ReturningAgreed());
        List<MutationEffect> effects = step(machine, new MutationEvent.Locked(), State.STORING, "Store");
        assertThat(only(effects, MutationEffect.Store.class).keys()).isEmpty();
    }

    @Test
    void evaluatesAgainWhereRowsChangedUntilItGivesUp() {
        MutationMachine machine = locking(TABLE);
        for (int again = 1; again < MutationMachine.EVALUATIONS; again++) {
            step(machine, new MutationEvent.RowsChanged(), State.CAPTURING, "ReleaseWriter", "Capture");
            machine.on(captured());
            machine.on(new MutationEvent.ReturningAgreed());
        }
        fails(machine, new MutationEvent.RowsChanged(), ErrorCode.ROW_CHANGED);
    }

    @Test
    void doesNotEvaluateAgainWhereNewerRowsMayNotBeSeen() {
        MutationMachine machine = asking(UPDATE);
        machine.on(new MutationEvent.ContextKnown(Rows.repeatableRead(TABLE)));
        machine.on(captured());
        machine.on(new MutationEvent.ReturningAgreed());
        fails(machine, new MutationEvent.RowsChanged(), ErrorCode.ROW_CHANGED);
    }

    @Test
    void failsWhereTheRowsCannotBeLocked() {
        fails(locking(TABLE), new MutationEvent.LockRefused(ERROR), ErrorCode.LOCK_TIMEOUT);
    }

    // ---- PREPARING, INTENDING ----

    @Test
    void writesTheIntentDownBeforeItSends() {
        MutationMachine machine = locking(TABLE);
        machine.on(new MutationEvent.Locked());
        step(machine, new MutationEvent.Prepared(), State.INTENDING, "Intend");
        step(machine, new MutationEvent.IntentDurable(), State.SENDING, "Send");
    }

    @Test
    void sendsNothingWithoutPermitOrIntent() {
        MutationMachine unprepared = locking(TABLE);
        unprepared.on(new MutationEvent.Locked());
        fails(unprepared, new MutationEvent.PrepareRefused(ERROR), ErrorCode.LOCK_TIMEOUT);

        MutationMachine unwritten = locking(TABLE);
        unwritten.on(new MutationEvent.Locked());
        unwritten.on(new MutationEvent.Prepared());
        fails(
                unwritten,
                new MutationEvent.IntentRefused(ErrorCode.JOURNAL_UNAVAILABLE.error()),
                ErrorCode.JOURNAL_UNAVAILABLE);
    }

    // ---- at any time ----

    @Test
    void theServersOwnErrorIsPassedOn() {
        for (MutationMachine machine : List.of(asking(UPDATE), capturing(TABLE, UPDATE), checking(TABLE))) {
            fails(machine, new MutationEvent.ServerRefused(ERROR), ErrorCode.LOCK_TIMEOUT);
            assertThat(machine.failedOnServer()).isTrue();
        }
    }

    /** It was told as the server's own error, which means that nothing was done, and who repeated the statement had two rows. */
    @Test
    void anErrorOfReturningSaysThatTheChangeWasMade() {
        for (MutationEvent event : List.of(new MutationEvent.ServerRefused(ERROR), new MutationEvent.Broken("x"))) {
            MutationMachine returning = returning();
            fails(returning, event, ErrorCode.RETURNING_FAILED);
            assertThat(returning.failedOnServer()).isFalse();
            assertThat(returning.escaped()).isTrue();
        }
        MutationMachine lost = returning();
        fails(lost, new MutationEvent.ServerRefused(ErrorCode.SERVER_LOST.error()), ErrorCode.SERVER_LOST);
    }

    private static MutationMachine returning() {
        MutationMachine machine = storing();
        machine.on(new MutationEvent.Stored(List.of()));
        return machine;
    }

    @Test
    void aMistakeOfOursIsReportedByWhatMayHaveHappened() {
        MutationEvent broken = new MutationEvent.Broken("x");
        fails(asking(UPDATE), broken, ErrorCode.INTERNAL);
        fails(locking(TABLE), broken, ErrorCode.INTERNAL);
        for (MutationMachine machine : List.of(sending(TABLE), resolving())) {
            List<MutationEffect> effects = step(machine, broken, State.FAILED, "NoteInDoubt", "ReleaseWriter", "Fail");
            assertThat(only(effects, MutationEffect.Fail.class).error().sqlState())
                    .isEqualTo(ErrorCode.OUTCOME_UNKNOWN.sqlState());
        }
        fails(storing(), broken, ErrorCode.LOCAL_WRITE_PENDING);
    }

    @Test
    void aCancelCountsUntilTheRequestLeavesAndNeverAfter() {
        MutationEvent cancel = new MutationEvent.CancelRequested();
        MutationMachine preparing = locking(TABLE);
        preparing.on(new MutationEvent.Locked());
        for (MutationMachine machine :
                List.of(asking(UPDATE), capturing(TABLE, UPDATE), checking(TABLE), locking(TABLE), preparing)) {
            fails(machine, cancel, ErrorCode.CANCELED);
        }
        MutationMachine intending = locking(TABLE);
        intending.on(new MutationEvent.Locked());
        intending.on(new MutationEvent.Prepared());
        assertThat(intending.on(cancel)).as("the intent's commit is under way").isEmpty();
        assertThat(intending.on(new MutationEvent.IntentDurable()))
                .hasExactlyElementsOfTypes(
                        MutationEffect.NoteNotApplied.class,
                        MutationEffect.ReleaseWriter.class,
                        MutationEffect.Fail.class);
        assertThat(intending.state()).isEqualTo(State.FAILED);
        for (MutationMachine machine : List.of(sending(TABLE), resolving(), storing())) {
            State before = machine.state();
            assertThat(machine.on(cancel)).isEmpty();
            assertThat(machine.state()).isEqualTo(before);
        }
    }

    @Test
    void anEventAfterTheEndIsIgnoredAndOneOutOfPlaceIsADefect() {
        MutationMachine ended = capturing(TABLE, UPDATE);
        ended.on(new MutationEvent.CancelRequested());
        assertThat(ended.on(captured())).isEmpty();

        MutationMachine fresh = machine(UPDATE, false);
        assertThatThrownBy(() -> fresh.on(new MutationEvent.IntentDurable())).isInstanceOf(IllegalStateException.class);
    }
}
