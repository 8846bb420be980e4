package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.config.MutationSettings;
import io.penstock.node.backend.ExchangeResult;
import io.penstock.node.journal.Answer;
import io.penstock.node.journal.ApiTrace;
import io.penstock.node.journal.JournalEntry;
import io.penstock.node.journal.JournalRefusal;
import io.penstock.node.mutation.CrashPoints.CrashPoint;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.session.MutationRequest;
import io.penstock.protocol.sql.Dml;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what {@link MutationMachine} decides. Everything runs on the session's loop; what takes time is asynchronous and comes back as an event.
 */
final class MutationRun implements MutationRunner.Running {
    private static final Logger LOG = LoggerFactory.getLogger(MutationRun.class);

    private final MutationServices services;
    private final MutationRunner.Session session;
    private final UUID id;
    private final RequestedStatement statement;
    private final ServerDialogue server;
    private final MutationMachine machine;
    private final Evaluation evaluation;
    private final ClientAnswer client;

    private @Nullable ApiSteps api;
    private @Nullable WriterTransaction writer;
    /** The journal's note that nothing was applied, once it is under way. */
    private @Nullable CompletionStage<?> nothingApplied;

    private CompletionStage<?> noted = CompletableFuture.completedFuture(null);
    private @Nullable Answer answer;
    private boolean cancelled;

    MutationRun(
            MutationServices services,
            SessionMutations siblings,
            MutationRequest request,
            MutationRunner.Session session) {
        this.services = services;
        this.session = session;
        this.id = services.ids().get();
        this.statement = RequestedStatement.of(request);
        this.server = new ServerDialogue(session::sendToServer, request.transactionStatus());
        boolean inBlock = request.transactionStatus() == TransactionStatus.IN_BLOCK;
        boolean refuse = services.settings().inTransaction() == MutationSettings.InTransaction.REFUSE;
        MutationPolicy policy = new MutationPolicy(
                inBlock && !request.hiddenBlock(), refuse, statement.explain() != null, statement.refused());
        this.machine = new MutationMachine(id, statement.dml(), policy);
        this.evaluation = new Evaluation(services.tables(), statement, policy, server, inBlock);
        this.client = new ClientAnswer(services, siblings, request, statement, evaluation, inBlock);
    }

    void begin() {
        on(new MutationEvent.Begun());
    }

    // ---- what the session tells ----

    @Override
    public void serverSays(Frame frame) {
        server.take(frame);
    }

    @Override
    public void serverLost() {
        server.lose();
    }

    @Override
    public void cancel() {
        if (!server.isBusy()) {
            on(new MutationEvent.CancelRequested());
        } else if (machine.state().cancellable()) {
            // Its answers have to come before the session may use the connection again, so Postgres is asked to be
            // quick.
            cancelled = true;
            session.cancelStep();
        }
    }

    @Override
    public void orphaned() {
        // The client's server connection may go at any time now; every step that needs it fails, and those after the
        // request do not need it.
        LOG.debug("client of mutation {} has gone", id);
    }

    // ---- the machine ----

    private void on(MutationEvent event) {
        try {
            for (MutationEffect effect : machine.on(event)) {
                perform(effect);
            }
        } catch (RuntimeException | Error defect) {
            // A client must never wait for a statement that has died of a mistake of ours.
            if (event instanceof MutationEvent.Broken) {
                throw defect;
            }
            broken(defect);
        }
    }

    /** Delivers the event of an asynchronous step on the session's loop. A step that breaks is a defect: the statement fails, safely by its state. */
    private void later(CompletionStage<? extends MutationEvent> step) {
        step.whenComplete((event, failure) -> session.loop().execute(() -> {
            if (cancelled && !server.isBusy()) {
                cancelled = false;
                on(new MutationEvent.CancelRequested());
            }
            if (event != null) {
                on(event);
            } else {
                broken(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            }
        }));
    }

    private void broken(Throwable failure) {
        if (failure instanceof ServerDialogue.Lost) {
            on(new MutationEvent.ServerRefused(ErrorCode.SERVER_LOST.error()));
            return;
        }
        LOG.error("mutation {} broke in state {}", id, machine.state(), failure);
        on(new MutationEvent.Broken(id.toString()));
    }

    private void perform(MutationEffect effect) {
        switch (effect) {
            case MutationEffect.AskContext() -> later(evaluation.ask());
            case MutationEffect.Capture() -> later(evaluation.capture(target()));
            case MutationEffect.CheckReturning() -> later(evaluation.checkReturning(target()));
            case MutationEffect.Lock(List<CapturedRow> rows) -> later(lock(rows));
            case MutationEffect.Prepare(List<ApiCall> calls) ->
                later(api().prepare(calls, () -> machine.state().ended(), session.loop()));
            case MutationEffect.Intend(Mutation mutation) -> later(intend(mutation));
            case MutationEffect.Send(ApiCall call) -> later(send(call));
            case MutationEffect.ReadBack(List<String> keys) -> later(api().readBack(keys));
            case MutationEffect.Resend(ApiCall call) -> later(resend(call));
            case MutationEffect.Resolve(Mutation mutation) -> later(api().resolve(mutation));
            case MutationEffect.NoteAccepted(Operation operation, var outcomes) -> {
                Answer accepted = Answer.of(operation, outcomes);
                answer = accepted;
                noted = passing(CrashPoint.AFTER_ANSWER, operation)
                        .thenCompose(_ -> services.journal().accepted(id, accepted, trace()));
            }
            case MutationEffect.Store(Operation operation, List<ObjectNode> rows, List<String> keys) ->
                later(store(operation, rows, keys));
            case MutationEffect.Return(List<ObjectNode> rows) -> later(evaluation.evaluateReturning(rows));
            case MutationEffect.NoteRejected(PgError error) ->
                nothingApplied = services.journal().rejected(id, error, trace());
            case MutationEffect.NoteNotApplied(PgError error) ->
                nothingApplied = services.journal().notApplied(id, error, trace());
            case MutationEffect.NoteInDoubt(String reason) -> services.journal().inDoubt(id, reason, trace());
            case MutationEffect.NoteParked(PgError error) -> {
                Answer accepted = answer;
                if (accepted != null) {
                    services.journal().parked(id, accepted, error, trace());
                }
            }
            case MutationEffect.ReleaseWriter() -> release();
            case MutationEffect.Explain(List<CapturedRow> rows, List<ApiCall> calls) ->
                session.finished(client.explained(machine, rows, calls), false, false);
            case MutationEffect.Finish(int rows) -> {
                release();
                session.finished(client.finished(machine, rows), false, false);
            }
            case MutationEffect.Fail(PgError error) -> fail(error);
            case MutationEffect.Decline() -> {
                release();
                session.declined();
            }
        }
    }

    /**
     * Tells the client why. That nothing was applied it is told only when the journal knows: recovery would else bring the statement to its end, and where
     * the API takes a key that means to send it.
     */
    private void fail(PgError error) {
        CompletionStage<?> noting = nothingApplied;
        if (noting == null) {
            failed(error);
            return;
        }
        noting.whenComplete((_, unnoted) -> session.loop().execute(() -> {
            if (unnoted != null && recoverySends()) {
                services.journal().left(id);
                failed(ApiErrors.outcomeUnknown(
                        target(), id, "Postgres could not be told that it took no effect, so it may still be done"));
            } else {
                failed(error);
            }
        }));
    }

    private void failed(PgError error) {
        session.finished(
                client.failed(machine, error, server.takeError()), true, server.status() == TransactionStatus.FAILED);
    }

    private boolean recoverySends() {
        return machine.calls().stream().anyMatch(call -> call.idempotencyKey() != null);
    }

    // ---- on the writer's connection ----

    private CompletionStage<MutationEvent> lock(List<CapturedRow> rows) {
        StatementContext where = context();
        return WriterTransaction.open(services, where.processId())
                .thenComposeAsync(
                        opened -> {
                            if (machine.state().ended()) {
                                // Cancelled while it stood in line: nobody would ever give the writer back.
                                opened.rollback();
                                return CompletableFuture.<MutationEvent>completedFuture(
                                        new MutationEvent.LockRefused(ErrorCode.CANCELED.error()));
                            }
                            writer = opened;
                            return opened.lock(target(), rows, upsertOn(), where.settings());
                        },
                        session.loop())
                .exceptionally(failure -> new MutationEvent.LockRefused(WriterTransaction.error(failure)));
    }

    private CompletionStage<MutationEvent> store(Operation operation, List<ObjectNode> rows, List<String> keys) {
        WriterTransaction open = writer;
        if (open == null) {
            throw new IllegalStateException("rows to store and no writer");
        }
        UUID entry = keys.isEmpty() ? null : id;
        CompletionStage<ExchangeResult> storing = open.store(target(), operation, rows, kept(), entry, keys, trace());
        // The answer is on this node's disk, or its failure is logged, before Postgres is told to commit.
        return noted.handle((_, _) -> entry)
                .thenCompose(_ -> passing(CrashPoint.BEFORE_COMMIT, operation))
                .thenCompose(_ -> open.commit(target(), operation, rows, storing)
                        .thenCombine(passing(CrashPoint.AT_COMMIT, operation), (event, _) -> event))
                .thenCompose(event -> event instanceof MutationEvent.Stored
                        ? passing(CrashPoint.AFTER_COMMIT, operation).thenApply(_ -> event)
                        : CompletableFuture.completedFuture(event))
                .thenApply(event -> {
                    if (event instanceof MutationEvent.Stored) {
                        writer = null;
                        if (entry != null) {
                            services.journal().applied(entry);
                        }
                    } else if (entry != null && event instanceof MutationEvent.StoreFailed) {
                        services.journal().left(entry);
                    }
                    return event;
                })
                .whenComplete((_, defect) -> {
                    if (defect != null && entry != null) {
                        services.journal().left(entry);
                    }
                });
    }

    private @Nullable String upsertOn() {
        Mutation mutation = machine.mutation();
        return mutation == null ? null : mutation.upsertOn();
    }

    /** Local columns that an upsert does not name: in a row that is there already they stay as they are. */
    private Set<String> kept() {
        Dml dml = statement.dml();
        return dml == null || upsertOn() == null
                ? Set.of()
                : target().columns().stream()
                        .filter(column -> target().mapping().column(column) == null
                                && !dml.insertColumns().contains(column))
                        .collect(Collectors.toSet());
    }

    private void release() {
        if (writer != null) {
            writer.rollback();
            writer = null;
        }
        if (api != null) {
            api.release();
        }
    }

    // ---- at the API ----

    private CompletionStage<MutationEvent> intend(Mutation mutation) {
        return passing(CrashPoint.BEFORE_INTENT, mutation.operation()).thenCompose(_ -> intendNow(mutation));
    }

    private CompletionStage<MutationEvent> intendNow(Mutation mutation) {
        if (lostLock()) {
            return CompletableFuture.completedFuture(new MutationEvent.IntentRefused(lockLost()));
        }
        JournalEntry entry = new JournalEntry(
                mutation,
                local(mutation),
                target().adapter().api(),
                session.user(),
                context().role(),
                api().longest(machine.calls().size()));
        return services.journal()
                .intend(entry)
                .<MutationEvent>thenApply(_ -> new MutationEvent.IntentDurable())
                .exceptionally(failure -> {
                    Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure;
                    if (cause instanceof JournalRefusal refusal) {
                        return new MutationEvent.IntentRefused(refusal.error());
                    }
                    LOG.error("the intent of mutation {} broke", id, cause);
                    return new MutationEvent.IntentRefused(ErrorCode.JOURNAL_UNAVAILABLE.error());
                });
    }

    /** What the statement changes in columns that the API does not know, so that recovery can store it too. */
    private List<ObjectNode> local(Mutation mutation) {
        List<ObjectNode> local = new ArrayList<>();
        Set<String> kept = kept();
        for (CapturedRow row : machine.captured()) {
            ObjectNode values = JsonNodeFactory.instance.objectNode();
            ObjectNode oldRow = row.oldRow();
            ObjectNode newRow = row.newRow();
            if (newRow != null) {
                newRow.properties().forEach(field -> {
                    if (target().mapping().column(field.getKey()) == null
                            && target().columns().contains(field.getKey())
                            && !kept.contains(field.getKey())
                            && (oldRow == null || !field.getValue().equals(oldRow.get(field.getKey())))) {
                        values.set(field.getKey(), field.getValue());
                    }
                });
            }
            local.add(values);
        }
        return mutation.operation() == Operation.DELETE ? List.of() : local;
    }

    private CompletionStage<MutationEvent> send(ApiCall call) {
        Mutation mutation = machine.mutation();
        if (mutation == null) {
            throw new IllegalStateException("a request that was not planned");
        }
        return passing(CrashPoint.AFTER_INTENT, mutation.operation())
                .thenCompose(_ -> lostLock()
                        ? CompletableFuture.completedFuture(new MutationEvent.NotSent(lockLost()))
                        : api().send(mutation, call));
    }

    private CompletionStage<? extends MutationEvent> resend(ApiCall call) {
        Mutation mutation = machine.mutation();
        if (mutation == null) {
            throw new IllegalStateException("a request that was not planned");
        }
        return lostLock()
                ? CompletableFuture.completedFuture(new MutationEvent.StillUnknown("the locks of its rows were lost"))
                : api().resend(mutation, call);
    }

    /** Without its lock another statement may change the row meanwhile, and nobody could say whose change came last. */
    private boolean lostLock() {
        return writer == null || !writer.isOpen();
    }

    private PgError lockLost() {
        return ErrorCode.LOCK_LOST.error(target().name());
    }

    private CompletionStage<?> passing(CrashPoint point, Operation operation) {
        return services.crashPoints().passing(point, target().name(), operation);
    }

    private ApiSteps api() {
        ApiSteps known = api;
        if (known == null) {
            known = new ApiSteps(services, target());
            api = known;
        }
        return known;
    }

    private ApiTrace trace() {
        return api == null ? ApiTrace.NONE : api.trace();
    }

    private SyncedTable target() {
        SyncedTable table = machine.table();
        if (table == null) {
            throw new IllegalStateException("the target is not known yet");
        }
        return table;
    }

    private StatementContext context() {
        StatementContext known = evaluation.context();
        if (known == null) {
            throw new IllegalStateException("the context is not known yet");
        }
        return known;
    }
}
