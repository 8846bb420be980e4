package io.penstock.node.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.Verdict;
import io.penstock.node.mutation.MutationMachine.State;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import java.util.List;
import java.util.UUID;

/** A mutation of {@code crm.contacts}, brought to each of its states, and what is asserted about a step. */
final class MachineSteps {
    static final UUID ID = new UUID(1, 1);
    static final SyncedTable TABLE = Rows.table(new PlannedApi(3, 3));
    /** One request for each row. */
    static final SyncedTable FAN_OUT = Rows.table(new PlannedApi(3, 1));

    static final String UPDATE = "update crm.contacts set name = 'Leto'";
    static final PgError ERROR = ErrorCode.LOCK_TIMEOUT.error("crm.contacts");

    private MachineSteps() {}

    // ---- on the way ----

    static MutationMachine machine(String statement, boolean explain) {
        return new MutationMachine(ID, Rows.dml(statement), new MutationPolicy(false, false, explain, null));
    }

    static MutationMachine asking(String statement) {
        MutationMachine machine = machine(statement, false);
        machine.on(new MutationEvent.Begun());
        return machine;
    }

    static MutationMachine capturing(SyncedTable table, String statement) {
        MutationMachine machine = asking(statement);
        machine.on(new MutationEvent.ContextKnown(Rows.context(table)));
        return machine;
    }

    static MutationMachine checking(SyncedTable table, CapturedRow... rows) {
        MutationMachine machine = capturing(table, UPDATE);
        machine.on(rows.length == 0 ? captured() : new MutationEvent.Captured(List.of(rows)));
        return machine;
    }

    static MutationMachine locking(SyncedTable table, CapturedRow... rows) {
        MutationMachine machine = checking(table, rows);
        machine.on(new MutationEvent.ReturningAgreed());
        return machine;
    }

    static MutationMachine sending(SyncedTable table, CapturedRow... rows) {
        MutationMachine machine = locking(table, rows);
        machine.on(new MutationEvent.Locked());
        machine.on(new MutationEvent.Prepared());
        machine.on(new MutationEvent.IntentDurable());
        return machine;
    }

    static MutationMachine resolving() {
        MutationMachine machine = sending(TABLE);
        machine.on(new MutationEvent.Lost("reset"));
        return machine;
    }

    static MutationMachine storing() {
        MutationMachine machine = sending(TABLE);
        machine.on(applied(0, "k"));
        return machine;
    }

    static CapturedRow updated(String key) {
        return Rows.updated(key, "Paul", "Leto");
    }

    static MutationEvent captured() {
        return new MutationEvent.Captured(List.of(updated("k")));
    }

    static MutationEvent applied(int ordinal, String key) {
        return answered(new RowOutcome.Applied(ordinal, key, canonical(key)));
    }

    static ObjectNode canonical(String key) {
        return Rows.row(key, "canonical", null);
    }

    static MutationEvent answered(RowOutcome outcome) {
        return new MutationEvent.Answered(new Verdict.Answered(List.of(outcome)));
    }

    static Rejection rejection() {
        return new Rejection(ErrorClass.RULE, 0, "name", "RULE", "Not that name.");
    }

    // ---- what is asserted ----

    static List<MutationEffect> step(MutationMachine machine, MutationEvent event, State next, String... effects) {
        List<MutationEffect> done = machine.on(event);
        assertThat(machine.state()).isEqualTo(next);
        assertThat(done).extracting(effect -> effect.getClass().getSimpleName()).containsExactly(effects);
        return done;
    }

    /** Fails with this code, the writer given back, and nothing noted in the journal. */
    static void fails(MutationMachine machine, MutationEvent event, ErrorCode code) {
        List<MutationEffect> effects = step(machine, event, State.FAILED, "ReleaseWriter", "Fail");
        assertThat(only(effects, MutationEffect.Fail.class).error().sqlState()).isEqualTo(code.sqlState());
    }

    static <T> T only(List<MutationEffect> effects, Class<T> type) {
        return effects.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }
}
