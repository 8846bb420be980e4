package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.config.MutationSettings;
import io.penstock.node.api.Account;
import io.penstock.node.api.ApiGateway.Preparation;
import io.penstock.node.api.ApiGateway.Readiness;
import io.penstock.node.api.Classifier;
import io.penstock.node.api.Prepared;
import io.penstock.node.api.SendOutcome;
import io.penstock.node.backend.ExchangeResult;
import io.penstock.node.journal.Answer;
import io.penstock.node.journal.ApiTrace;
import io.penstock.node.journal.JournalEntry;
import io.penstock.node.journal.JournalRefusal;
import io.penstock.node.mutation.CrashPoints.CrashPoint;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage.Column;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.session.MutationRequest;
import io.penstock.protocol.sql.Dml;
import io.penstock.protocol.sql.ExplainOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what {@link MutationMachine} decides. Everything runs on the session's loop; what takes time is asynchronous and comes back as an event.
 */
final class MutationRun implements MutationRunner.Running {
    private static final Logger LOG = LoggerFactory.getLogger(MutationRun.class);
    /** What the node may need after the API's own time, before recovery may take the entry for abandoned. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private final MutationServices services;
    private final SessionMutations siblings;
    private final MutationRequest request;
    private final MutationRunner.Session session;
    private final UUID id;
    private final RequestedStatement statement;
    private final ServerDialogue server;
    private final MutationMachine machine;
    private final boolean inBlock;

    private final Evaluation evaluation;

    private @Nullable WriterTransaction writer;
    private @Nullable Preparation preparation;
    private @Nullable Prepared prepared;
    private CompletionStage<?> noted = CompletableFuture.completedFuture(null);
    private @Nullable Answer answer;
    private ApiTrace trace = ApiTrace.NONE;
    private Instant sentAt = Instant.MAX;
    private boolean cancelled;

    MutationRun(
            MutationServices services,
            SessionMutations siblings,
            MutationRequest request,
            MutationRunner.Session session) {
        this.services = services;
        this.siblings = siblings;
        this.request = request;
        this.session = session;
        this.id = services.ids().get();
        this.statement = RequestedStatement.of(request);
        this.server = new ServerDialogue(session::sendToServer, request.transactionStatus());
        this.inBlock = request.transactionStatus() == TransactionStatus.IN_BLOCK;
        boolean refuse = services.settings().inTransaction() == MutationSettings.InTransaction.REFUSE;
        MutationPolicy policy = new MutationPolicy(
                inBlock && !request.hiddenBlock(), refuse, statement.explain() != null, statement.refused());
        this.machine = new MutationMachine(id, statement.dml(), policy);
        this.evaluation = new Evaluation(services.tables(), statement, policy, server, inBlock);
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
            session.cancelServer();
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
        } catch (RuntimeException defect) {
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
            case MutationEffect.Prepare(List<ApiCall> calls) -> later(prepare(calls));
            case MutationEffect.Intend(Mutation mutation) -> later(intend(mutation));
            case MutationEffect.Send(ApiCall call) -> later(send(call));
            case MutationEffect.ReadBack(List<String> keys) ->
                later(resolver()
                        .readBack(target().mapping(), keys, services.resolveTime())
                        .thenApply(rows ->
                                rows == null ? new MutationEvent.ReadBackFailed() : new MutationEvent.ReadBack(rows)));
            case MutationEffect.Resolve(Mutation mutation) ->
                later(resolver().resolve(mutation, sentAt, services.resolveTime()));
            case MutationEffect.NoteAccepted(Operation operation, var outcomes) -> {
                Answer accepted = Answer.of(operation, outcomes);
                answer = accepted;
                passing(CrashPoint.AFTER_ANSWER, operation);
                noted = services.journal().accepted(id, accepted, trace);
            }
            case MutationEffect.Store(Operation operation, List<ObjectNode> rows, List<String> keys) ->
                later(store(operation, rows, keys));
            case MutationEffect.Return(List<ObjectNode> rows) -> later(evaluation.evaluateReturning(rows));
            case MutationEffect.NoteRejected(PgError error) ->
                services.journal().rejected(id, error, trace);
            case MutationEffect.NoteNotApplied(PgError error) ->
                services.journal().notApplied(id, error, trace);
            case MutationEffect.NoteInDoubt(String reason) -> services.journal().inDoubt(id, reason, trace);
            case MutationEffect.NoteParked(PgError error) -> {
                Answer accepted = answer;
                if (accepted != null) {
                    services.journal().parked(id, accepted, error, trace);
                }
            }
            case MutationEffect.ReleaseWriter() -> release();
            case MutationEffect.Explain(List<CapturedRow> rows, List<ApiCall> calls) -> explain(rows, calls);
            case MutationEffect.Finish(int rows) -> finish(rows);
            case MutationEffect.Fail(PgError error) -> fail(error);
            case MutationEffect.Decline() -> {
                release();
                session.declined();
            }
        }
    }

    // ---- on the writer's connection ----

    private CompletionStage<MutationEvent> lock(List<CapturedRow> rows) {
        StatementContext where = context();
        return WriterTransaction.open(services, where.processId())
                .thenCompose(opened -> {
                    writer = opened;
                    return opened.lock(target(), rows, where.settings());
                })
                .exceptionally(failure -> new MutationEvent.LockRefused(WriterTransaction.error(failure)));
    }

    private CompletionStage<MutationEvent> store(Operation operation, List<ObjectNode> rows, List<String> keys) {
        WriterTransaction open = writer;
        if (open == null) {
            return CompletableFuture.completedFuture(new MutationEvent.StoreFailed(ErrorCode.SERVER_LOST.error()));
        }
        UUID entry = keys.isEmpty() ? null : id;
        CompletionStage<ExchangeResult> storing = open.store(target(), operation, rows, entry, keys, trace);
        // The answer is on this node's disk, or its failure is logged, before Postgres is told to commit.
        return noted.handle((_, _) -> entry)
                .thenCompose(_ -> {
                    passing(CrashPoint.BEFORE_COMMIT, operation);
                    CompletionStage<MutationEvent> committing = open.commit(target(), operation, rows, storing);
                    passing(CrashPoint.AT_COMMIT, operation);
                    return committing;
                })
                .thenApply(event -> {
                    if (event instanceof MutationEvent.Stored) {
                        passing(CrashPoint.AFTER_COMMIT, operation);
                        writer = null;
                        if (entry != null) {
                            services.journal().applied(entry);
                        }
                    } else if (entry != null && event instanceof MutationEvent.StoreFailed) {
                        services.journal().left(entry);
                    }
                    return event;
                });
    }

    private void release() {
        if (writer != null) {
            writer.rollback();
            writer = null;
        }
        if (preparation != null) {
            preparation.cancel();
            preparation = null;
        }
        if (prepared != null) {
            prepared.close();
            prepared = null;
        }
    }

    // ---- at the API ----

    private CompletionStage<MutationEvent> prepare(List<ApiCall> calls) {
        Preparation waiting = services.gateway()
                .prepare(account(), calls, account().settings().timeouts().maxQueueWait());
        preparation = waiting;
        return waiting.readiness().thenApply(readiness -> switch (readiness) {
            case Readiness.Refused(PgError error) -> new MutationEvent.PrepareRefused(error);
            case Readiness.Ready(Prepared ready) -> {
                if (machine.state().ended()) {
                    // Cancelled while the answer was on its way.
                    ready.close();
                } else {
                    prepared = ready;
                }
                yield new MutationEvent.Prepared();
            }
        });
    }

    private CompletionStage<MutationEvent> intend(Mutation mutation) {
        passing(CrashPoint.BEFORE_INTENT, mutation.operation());
        if (lostLock()) {
            return CompletableFuture.completedFuture(new MutationEvent.IntentRefused(lockLost()));
        }
        var timeouts = account().settings().timeouts();
        JournalEntry entry = new JournalEntry(
                mutation,
                local(mutation),
                target().adapter().api(),
                session.user(),
                context().role(),
                timeouts.maxQueueWait()
                        .plus(timeouts.request().multipliedBy(machine.calls().size()))
                        .plus(MARGIN));
        return services.journal()
                .intend(entry)
                .<MutationEvent>thenApply(_ -> new MutationEvent.IntentDurable())
                .exceptionally(failure -> {
                    Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure;
                    return new MutationEvent.IntentRefused(
                            cause instanceof JournalRefusal refusal
                                    ? refusal.error()
                                    : ErrorCode.JOURNAL_UNAVAILABLE.error());
                });
    }

    /** What the rows hold in columns that the API does not know, so that recovery can store them too. */
    private List<ObjectNode> local(Mutation mutation) {
        List<ObjectNode> local = new ArrayList<>();
        for (CapturedRow row : machine.captured()) {
            ObjectNode values = JsonNodeFactory.instance.objectNode();
            ObjectNode newRow = row.newRow();
            if (newRow != null) {
                newRow.properties().forEach(field -> {
                    if (target().mapping().column(field.getKey()) == null
                            && target().columns().contains(field.getKey())) {
                        values.set(field.getKey(), field.getValue());
                    }
                });
            }
            local.add(values);
        }
        return mutation.operation() == Operation.DELETE ? List.of() : local;
    }

    private CompletionStage<MutationEvent> send(ApiCall call) {
        Prepared ready = prepared;
        Mutation mutation = machine.mutation();
        if (ready == null || mutation == null) {
            throw new IllegalStateException("a request that was not prepared");
        }
        passing(CrashPoint.AFTER_INTENT, mutation.operation());
        if (lostLock()) {
            return CompletableFuture.completedFuture(new MutationEvent.NotSent(lockLost()));
        }
        sentAt = services.clock().instant();
        Classifier classifier =
                Classifier.verdict(response -> target().adapter().parse(mutation, call, response));
        CompletionStage<SendOutcome> sending = ready.send(call, classifier);
        passing(CrashPoint.AFTER_SEND, mutation.operation());
        return sending.thenApply(outcome -> switch (outcome) {
            case SendOutcome.Response(ApiResponse response) -> {
                trace = new ApiTrace(response.status(), null);
                yield new MutationEvent.Answered(target().adapter().parse(mutation, call, response));
            }
            case SendOutcome.NotSent(PgError error) -> new MutationEvent.NotSent(error);
            case SendOutcome.Lost(String reason) -> new MutationEvent.Lost(reason);
        });
    }

    /** Without its lock another statement may change the row meanwhile, and nobody could say whose change came last. */
    private boolean lostLock() {
        return writer == null || !writer.isOpen();
    }

    private PgError lockLost() {
        return ErrorCode.LOCK_LOST.error(target().name());
    }

    private void passing(CrashPoint point, Operation operation) {
        services.crashPoints().passing(point, operation);
    }

    private Resolver resolver() {
        return new Resolver(services.gateway(), account(), services.timer(), services.clock());
    }

    // ---- the end ----

    private void finish(int rows) {
        release();
        Replies replies = replies();
        List<Column> columns = evaluation.columns();
        Dml dml = statement.dml();
        if (context().dryRun() && machine.mutation() != null) {
            replies.notice(ErrorCode.DRY_RUN
                    .error(target().adapter().api())
                    .withDetail(String.join("\n", ExplainText.requests(target(), machine.calls(), true))));
        }
        if (request.simpleQuery() && columns != null) {
            replies.columns(columns);
        }
        replies.rows(evaluation.returned());
        if (dml != null) {
            replies.complete(Operation.valueOf(dml.operation().name()), rows);
        }
        session.finished(replies.frames(), false, false);
    }

    private void explain(List<CapturedRow> rows, List<ApiCall> calls) {
        Replies replies = replies();
        ExplainOptions options = statement.explain();
        Dml dml = statement.dml();
        if (options != null && dml != null) {
            List<String> lines = new ExplainText(
                            target(),
                            Operation.valueOf(dml.operation().name()),
                            rows.size(),
                            calls,
                            services.gateway().lastFeedback(account()))
                    .lines(options);
            replies.plan(lines, options.format() == ExplainOptions.Format.JSON, request.simpleQuery());
        }
        session.finished(replies.frames(), false, false);
    }

    private void fail(PgError error) {
        Replies replies = replies();
        Frame ofServer = server.takeError();
        List<Frame> frames;
        if (ofServer != null && machine.failedOnServer()) {
            frames = new ArrayList<>(replies.frames());
            frames.add(ofServer);
        } else {
            if (ofServer != null) {
                ofServer.release();
            }
            replies.error(error);
            frames = replies.frames();
        }
        session.finished(frames, true, server.status() == TransactionStatus.FAILED);
    }

    /** Begins with what was noticed on the way, and with the warning that the statement did not wait for its transaction. */
    private Replies replies() {
        Replies replies = new Replies();
        evaluation.notices().forEach(replies::notice);
        StatementContext where = evaluation.context();
        if (inBlock
                && !request.hiddenBlock()
                && services.settings().warn()
                && machine.escaped()
                && where != null
                && siblings.warn(where.transactionStart())) {
            Dml dml = statement.dml();
            replies.notice(
                    ErrorCode.ESCAPES_TRANSACTION.error(dml == null ? "statement" : dml.operation(), target().name()));
        }
        return replies;
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

    private Account account() {
        Account account = services.accounts().get(target().account());
        if (account == null) {
            throw new IllegalStateException("no account " + target().account());
        }
        return account;
    }
}
