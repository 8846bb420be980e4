package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.Verdict;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.sql.Dml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One mutation of a synced table, from the statement to the returned rows. Events in, effects out; no input or output, no clock.
 *
 * <pre>
 * state       event              next         effects
 * ---------   ----------------   ----------   -------------------------------------------------------------
 * NEW         Begun              ASKING       AskContext
 * ASKING      ContextKnown       CAPTURING    Capture
 *              - not synced      DECLINED     Decline
 *              - policy refuses  FAILED       Fail 25001
 * CAPTURING   Captured           CHECKING     CheckReturning
 *              - not to be done  FAILED       Fail (limit, key, shape ...), nothing sent
 *              - EXPLAIN         DONE         Explain
 * CHECKING    ReturningAgreed    LOCKING      Lock
 *              - no row          RETURNING    Return nothing
 *              - dry run         RETURNING    Return the captured rows
 *             ReturningDiffers   FAILED       Fail 0A000
 * LOCKING     Locked             PREPARING    Prepare
 *              - local columns   STORING      Store
 *             RowsChanged        CAPTURING    Capture again, a hundred times at most, and not where the transaction may not see newer rows
 *              - else            FAILED       ReleaseWriter, Fail 40001
 *             LockRefused        FAILED       ReleaseWriter, Fail
 * PREPARING   Prepared           INTENDING    Intend
 *             PrepareRefused     FAILED       ReleaseWriter, Fail
 * INTENDING   IntentDurable      SENDING      Send the first call
 *              - cancelled       FAILED       NoteNotApplied, ReleaseWriter, Fail 57014
 *             IntentRefused      FAILED       ReleaseWriter, Fail 53100
 * SENDING     Answered applied   SENDING      Send the next call, where there is one
 *              - the last        STORING      NoteAccepted, Store
 *              - no full row     READING      ReadBack
 *             Answered refused   FAILED       NoteRejected, ReleaseWriter, Fail; where earlier rows were applied: STORING, then SY001
 *             Answered unknown   RESOLVING    Resolve
 *              - call has a key  RESOLVING    Resend
 *             NotSent            FAILED       NoteNotApplied, ReleaseWriter, Fail; where earlier rows were applied: STORING, then SY001
 *             Lost               RESOLVING    Resolve
 *              - call has a key  RESOLVING    Resend
 * READING     ReadBack           STORING      NoteAccepted, Store
 *             ReadBackFailed     STORING      NoteAccepted, Store what is known
 * RESOLVING   FoundApplied       STORING      NoteAccepted, Store
 *              - more calls      SENDING      Send the next call: what was in question was the lost one, if each row of an UPDATE or DELETE has its own
 *             FoundNotApplied    FAILED       NoteNotApplied, ReleaseWriter, Fail
 *             Answered           as in SENDING: the API has known the request by its key
 *             StillUnknown       FAILED       NoteInDoubt, ReleaseWriter, Fail 40003: a late request may still arrive
 * STORING     Stored             RETURNING    Return
 *             RowRefused         FAILED       NoteParked, ReleaseWriter, Fail 23000
 *             StoreFailed        FAILED       ReleaseWriter, Fail SY002: recovery stores from the node's answer file
 * RETURNING   Returned           DONE         Finish
 *              - partly applied  FAILED       Fail SY001
 *             ServerRefused      FAILED       Fail SY003: the change is made and stored; where it was made in part, SY001
 * (on the client's server) ServerRefused in ASKING, CAPTURING, CHECKING, and where nothing was stored in RETURNING: FAILED, ReleaseWriter, Fail. So is the end
 * of the connection.
 * Broken before INTENDING: FAILED, ReleaseWriter, Fail XX000. Until the API's answer is kept: NoteInDoubt, Fail 40003. Then, until the rows are stored: Fail
 * SY002, recovery goes on. After that: as ServerRefused in RETURNING.
 * CancelRequested before INTENDING: FAILED, ReleaseWriter, Fail 57014. In INTENDING it takes effect once the intent is durable. From SENDING on it changes
 * nothing: the bookkeeping is finished.
 * </pre>
 *
 * <p>An event that comes after the end (an answer to what a cancel left behind) is ignored; one that no row names is a defect and throws.
 */
final class MutationMachine {
    /** Where a mutation stands. */
    enum State {
        NEW,
        ASKING,
        CAPTURING,
        CHECKING,
        LOCKING,
        PREPARING,
        INTENDING,
        SENDING,
        READING,
        RESOLVING,
        STORING,
        RETURNING,
        DONE,
        FAILED,
        DECLINED;

        boolean ended() {
            return this == DONE || this == FAILED || this == DECLINED;
        }

        /** Nothing has been written down or sent: a cancel leaves nothing behind. */
        boolean cancellable() {
            return compareTo(INTENDING) < 0;
        }
    }

    /**
     * How often a statement is evaluated before it gives up on rows that keep changing. Whoever loses a row has lost it to a statement that goes
     * on, so among many clients of one row each round serves one of them.
     */
    static final int EVALUATIONS = 100;

    private final UUID id;
    private final @Nullable Dml dml;
    private final MutationPolicy policy;
    private final List<MutationEffect> effects = new ArrayList<>();

    private State state = State.NEW;
    private int evaluations;
    private @Nullable SyncedTable table;
    private @Nullable StatementContext context;
    private List<CapturedRow> captured = List.of();
    private @Nullable Mutation mutation;
    private List<ApiCall> calls = List.of();
    private int sent;
    private final AppliedRows applied = new AppliedRows();
    private @Nullable PgError partial;
    private boolean failedOnServer;
    private boolean escaped;
    private boolean cancelled;

    /** @param dml null where the policy refuses the statement in any case */
    MutationMachine(UUID id, @Nullable Dml dml, MutationPolicy policy) {
        this.id = id;
        this.dml = dml;
        this.policy = policy;
    }

    State state() {
        return state;
    }

    /** The target, once it is known. */
    @Nullable
    SyncedTable table() {
        return table;
    }

    /** What will be or was asked of the API, once it is known. */
    @Nullable
    Mutation mutation() {
        return mutation;
    }

    List<ApiCall> calls() {
        return calls;
    }

    /** What Postgres made of the statement, once it is known. */
    List<CapturedRow> captured() {
        return captured;
    }

    /** The error is one that the client's own server reported. */
    boolean failedOnServer() {
        return failedOnServer;
    }

    /** Something was applied, whatever the client's transaction does next. */
    boolean escaped() {
        return escaped;
    }

    List<MutationEffect> on(MutationEvent event) {
        effects.clear();
        if (!state.ended()) {
            step(event);
        }
        return List.copyOf(effects);
    }

    private void step(MutationEvent event) {
        switch (event) {
            case MutationEvent.Begun() -> {
                from(event, State.NEW);
                go(State.ASKING, new MutationEffect.AskContext());
            }
            case MutationEvent.ContextKnown(StatementContext known) -> {
                from(event, State.ASKING);
                contextKnown(known);
            }
            case MutationEvent.Captured(List<CapturedRow> rows) -> {
                from(event, State.CAPTURING);
                captured(rows);
            }
            case MutationEvent.ReturningAgreed() -> {
                from(event, State.CHECKING);
                returningAgreed();
            }
            case MutationEvent.ReturningDiffers(String reason) -> {
                from(event, State.CHECKING);
                fail(ErrorCode.SHAPE_NOT_UNDERSTOOD.error(target().name(), reason));
            }
            case MutationEvent.ServerRefused(PgError error) -> {
                from(event, State.ASKING, State.CAPTURING, State.CHECKING, State.RETURNING);
                serverRefused(error);
            }
            case MutationEvent.Locked() -> {
                from(event, State.LOCKING);
                if (calls.isEmpty()) {
                    store(
                            operation(),
                            captured.stream().map(CapturedRow::result).toList(),
                            List.of());
                } else {
                    go(State.PREPARING, new MutationEffect.Prepare(calls));
                }
            }
            case MutationEvent.RowsChanged() -> {
                from(event, State.LOCKING);
                rowsChanged();
            }
            case MutationEvent.LockRefused(PgError error) -> {
                from(event, State.LOCKING);
                fail(error);
            }
            case MutationEvent.Prepared() -> {
                from(event, State.PREPARING);
                go(State.INTENDING, new MutationEffect.Intend(planned()));
            }
            case MutationEvent.PrepareRefused(PgError error) -> {
                from(event, State.PREPARING);
                fail(error);
            }
            case MutationEvent.IntentDurable() -> {
                from(event, State.INTENDING);
                if (cancelled) {
                    notApplied(ErrorCode.CANCELED.error());
                } else {
                    go(State.SENDING, new MutationEffect.Send(calls.getFirst()));
                }
            }
            case MutationEvent.IntentRefused(PgError error) -> {
                from(event, State.INTENDING);
                fail(error);
            }
            case MutationEvent.Answered(Verdict verdict) -> {
                from(event, State.SENDING, State.RESOLVING);
                answered(verdict);
            }
            case MutationEvent.NotSent(PgError error) -> {
                from(event, State.SENDING);
                notApplied(error);
            }
            case MutationEvent.Lost(String reason) -> {
                from(event, State.SENDING);
                unknown();
            }
            case MutationEvent.ReadBack(Map<String, ObjectNode> rows) -> {
                from(event, State.READING);
                applied.readBack(rows);
                accept();
            }
            case MutationEvent.ReadBackFailed() -> {
                from(event, State.READING);
                accept();
            }
            case MutationEvent.FoundApplied(List<RowOutcome.Applied> rows) -> {
                from(event, State.RESOLVING);
                foundApplied(rows);
            }
            case MutationEvent.FoundNotApplied(String reason) -> {
                from(event, State.RESOLVING);
                notApplied(ErrorCode.API_UNAVAILABLE
                        .error(target().adapter().api())
                        .withDetail("The request was lost on its way, and the API shows that it took no effect."));
            }
            case MutationEvent.StillUnknown(String reason) -> {
                from(event, State.RESOLVING);
                effects.add(new MutationEffect.NoteInDoubt(reason));
                fail(ApiErrors.outcomeUnknown(target(), id, reason));
            }
            case MutationEvent.Stored(List<ObjectNode> rows) -> {
                from(event, State.STORING);
                escaped = true;
                go(State.RETURNING, new MutationEffect.Return(rows));
            }
            case MutationEvent.RowRefused(PgError error) -> {
                from(event, State.STORING);
                rowRefused(error);
            }
            case MutationEvent.StoreFailed(PgError error) -> {
                from(event, State.STORING);
                fail(
                        mutation == null
                                ? error
                                : ErrorCode.LOCAL_WRITE_PENDING
                                        .error(target().adapter().api(), id)
                                        .withDetail(error.message()));
            }
            case MutationEvent.Returned() -> {
                from(event, State.RETURNING);
                if (partial != null) {
                    fail(partial);
                } else {
                    go(State.DONE, new MutationEffect.Finish(captured.size()));
                }
            }
            case MutationEvent.Broken(String logged) -> broken(logged);
            case MutationEvent.CancelRequested() -> {
                if (state.cancellable()) {
                    fail(ErrorCode.CANCELED.error());
                }
                cancelled = true;
            }
        }
    }

    private void contextKnown(StatementContext known) {
        context = known;
        SyncedTable target = known.table();
        if (target == null) {
            go(State.DECLINED, new MutationEffect.Decline());
            return;
        }
        table = target;
        PgError refusal = policy.refusal(dml, target, known);
        if (refusal != null) {
            fail(refusal);
        } else {
            capture();
        }
    }

    private void capture() {
        evaluations++;
        go(State.CAPTURING, new MutationEffect.Capture());
    }

    private void captured(List<CapturedRow> rows) {
        captured = List.copyOf(rows);
        mutation = null;
        calls = List.of();
        switch (new MutationPlanner(target()).plan(id, known(dml), captured)) {
            case MutationPlanner.Planned.Nothing() -> evaluated();
            case MutationPlanner.Planned.LocalOnly() -> evaluated();
            case MutationPlanner.Planned.Requests(Mutation planned, List<ApiCall> plannedCalls) -> {
                mutation = planned;
                calls = plannedCalls;
                evaluated();
            }
            case MutationPlanner.Planned.Refused(PgError error) -> fail(error);
        }
    }

    private void evaluated() {
        if (policy.explain()) {
            go(State.DONE, new MutationEffect.Explain(captured, calls));
        } else {
            go(State.CHECKING, new MutationEffect.CheckReturning());
        }
    }

    private void returningAgreed() {
        if (captured.isEmpty()) {
            go(State.RETURNING, new MutationEffect.Return(List.of()));
        } else if (context != null && context.dryRun()) {
            go(
                    State.RETURNING,
                    new MutationEffect.Return(
                            captured.stream().map(this::asEvaluated).toList()));
        } else {
            go(State.LOCKING, new MutationEffect.Lock(captured));
        }
    }

    /** A dry run's row: no key, as the API has given none. */
    private ObjectNode asEvaluated(CapturedRow row) {
        ObjectNode result = row.result().deepCopy();
        if (row.operation() == Operation.INSERT) {
            result.putNull(target().mapping().keyColumn());
        }
        return result;
    }

    private void rowsChanged() {
        effects.add(new MutationEffect.ReleaseWriter());
        StatementContext where = context;
        if (evaluations < EVALUATIONS && where != null && !where.repeatableRead()) {
            capture();
        } else {
            go(State.FAILED, new MutationEffect.Fail(ErrorCode.ROW_CHANGED.error(target().name())));
        }
    }

    private void answered(Verdict verdict) {
        String api = target().adapter().api();
        switch (verdict) {
            case Verdict.Answered(List<RowOutcome> outcomes) -> {
                Rejection first = null;
                for (RowOutcome outcome : outcomes) {
                    switch (outcome) {
                        case RowOutcome.Applied row -> applied.add(row);
                        case RowOutcome.Rejected(int ordinal, Rejection rejection) ->
                            first = first == null ? rejection : first;
                    }
                }
                sent++;
                if (first != null) {
                    refused(ApiErrors.of(target(), first));
                } else {
                    goOn();
                }
            }
            case Failure.RequestRejected rejected -> refused(ApiErrors.of(target(), rejected.first()));
            case Failure.RateLimited limited ->
                refused(ErrorCode.API_RATE_LIMITED.error(api).withDetail(limited.message()));
            case Failure.TokenExpired() -> notApplied(ErrorCode.API_CREDENTIALS.error(api, target().account()));
            case Failure.AuthRevoked(String message) ->
                refused(ErrorCode.API_CREDENTIALS.error(api, target().account()).withDetail(message));
            case Failure.Unavailable(String message) ->
                refused(ErrorCode.API_UNAVAILABLE.error(api).withDetail(message));
            case Failure.UnknownOutcome(String reason) -> unknown();
        }
    }

    /** The calls so far are answered. */
    private void goOn() {
        if (sent < calls.size()) {
            go(State.SENDING, new MutationEffect.Send(calls.get(sent)));
        } else if (needsReadBack()) {
            go(State.READING, new MutationEffect.ReadBack(applied.keys()));
        } else {
            accept();
        }
    }

    /** Nobody knows what became of the current call. */
    private void unknown() {
        ApiCall call = calls.get(sent);
        go(
                State.RESOLVING,
                call.idempotencyKey() == null
                        ? new MutationEffect.Resolve(inQuestion(call))
                        : new MutationEffect.Resend(call));
    }

    /** Rows of calls that were answered are known, and those of calls that were not sent can show nothing. An INSERT is looked for as a whole, by its marks. */
    private Mutation inQuestion(ApiCall call) {
        Mutation whole = planned();
        if (!oneByOne()) {
            return whole;
        }
        List<RowChange> rows = new ArrayList<>();
        for (int ordinal : call.ordinals()) {
            RowChange row = whole.rows().get(ordinal);
            rows.add(new RowChange(rows.size(), row.key(), row.values()));
        }
        return new Mutation(whole.id(), whole.operation(), whole.table(), rows);
    }

    private boolean oneByOne() {
        return calls.size() > 1 && planned().operation() != Operation.INSERT;
    }

    private void foundApplied(List<RowOutcome.Applied> rows) {
        List<Integer> ordinals = calls.get(sent).ordinals();
        for (RowOutcome.Applied row : rows) {
            int ordinal = oneByOne() ? ordinals.get(row.ordinal()) : row.ordinal();
            applied.add(new RowOutcome.Applied(ordinal, row.key(), row.canonical()));
        }
        sent = oneByOne() ? sent + 1 : calls.size();
        goOn();
    }

    private boolean needsReadBack() {
        return planned().operation() != Operation.DELETE && applied.lacksRow();
    }

    /** The API said no to the current call. */
    private void refused(PgError error) {
        if (applied.isEmpty()) {
            effects.add(new MutationEffect.NoteRejected(error));
            fail(error);
        } else {
            appliedInPart(error);
        }
    }

    /** The current call certainly took no effect, and the API may never have seen it. */
    private void notApplied(PgError error) {
        if (applied.isEmpty()) {
            effects.add(new MutationEffect.NoteNotApplied(error));
            fail(error);
        } else {
            appliedInPart(error);
        }
    }

    /** Rows of earlier calls stand: they are stored, and the statement fails all the same. */
    private void appliedInPart(PgError error) {
        partial = ApiErrors.partlyApplied(target(), id, applied.keys(), error);
        accept();
    }

    /** Everything that the API has accepted is known: keep it, then store it. */
    private void accept() {
        effects.add(new MutationEffect.NoteAccepted(operation(), applied.all()));
        store(operation(), applied.over(captured, target().mapping().keyColumn()), applied.keys());
    }

    private void store(Operation operation, List<ObjectNode> rows, List<String> keys) {
        go(State.STORING, new MutationEffect.Store(operation, rows, keys));
    }

    private Operation operation() {
        return captured.getFirst().operation();
    }

    private void rowRefused(PgError error) {
        if (mutation == null) {
            fail(error);
            return;
        }
        effects.add(new MutationEffect.NoteParked(error));
        fail(ApiErrors.parked(target(), id, applied.keys(), error));
    }

    private void broken(String logged) {
        switch (state) {
            case NEW, ASKING, CAPTURING, CHECKING, LOCKING, PREPARING -> fail(ErrorCode.INTERNAL.error(logged));
            case INTENDING, SENDING, RESOLVING -> {
                effects.add(new MutationEffect.NoteInDoubt("internal error"));
                fail(ErrorCode.OUTCOME_UNKNOWN.error(target().adapter().api(), id));
            }
            case READING, STORING ->
                fail(
                        mutation == null
                                ? ErrorCode.INTERNAL.error(logged)
                                : ErrorCode.LOCAL_WRITE_PENDING.error(
                                        target().adapter().api(), id));
            case RETURNING -> unreturned(ErrorCode.INTERNAL.error(logged));
            case DONE, FAILED, DECLINED -> {
                // It has ended already.
            }
        }
    }

    private void serverRefused(PgError error) {
        if (state == State.RETURNING && escaped && !error.severity().endsSession()) {
            unreturned(error);
        } else {
            failedOnServer = true;
            fail(error);
        }
    }

    /** RETURNING has failed. Where the rows are stored the client must not take that for a statement that has done nothing. */
    private void unreturned(PgError error) {
        if (!escaped) {
            fail(error);
        } else if (partial != null) {
            fail(partial);
        } else {
            fail(ErrorCode.RETURNING_FAILED.error().withDetail(error.message()));
        }
    }

    private void fail(PgError error) {
        effects.add(new MutationEffect.ReleaseWriter());
        go(State.FAILED, new MutationEffect.Fail(error));
    }

    private void go(State next, MutationEffect effect) {
        state = next;
        effects.add(effect);
    }

    private SyncedTable target() {
        return known(table);
    }

    private Mutation planned() {
        return known(mutation);
    }

    private <T> T known(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("not known in state " + state);
        }
        return value;
    }

    private void from(MutationEvent event, State... expected) {
        for (State one : expected) {
            if (state == one) {
                return;
            }
        }
        throw new IllegalStateException(event.getClass().getSimpleName() + " in state " + state);
    }
}
