package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.penstock.adapters.Operation;
import io.penstock.node.backend.ExchangeResult;
import io.penstock.node.backend.ExchangeResult.Row;
import io.penstock.node.backend.ExchangeResult.StatementResult;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage.Column;
import io.penstock.protocol.sql.Dml;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A statement on its client's own server connection: where it runs, what it would write, and in the end its RETURNING list. Each step is an event for
 * the machine.
 *
 * <p>The first three steps mostly travel together, in the exchange that the first of them sends; the others then find their answers here. That needs
 * the target to be what its name promises, which the server itself checks before it evaluates anything. Where it is not (a temporary table of that
 * name, say), the exchange fails there, is undone, and the steps are taken one by one.
 */
final class Evaluation {
    private final SyncedTables tables;
    private final RequestedStatement statement;
    private final MutationPolicy policy;
    private final ServerDialogue server;
    private final boolean inBlock;

    private @Nullable StatementContext context;
    private @Nullable MutationEvent capturedAhead;
    private @Nullable MutationEvent returningAhead;
    private @Nullable StatementResult captured;
    private @Nullable String returningQuery;
    private List<PgError> notices = List.of();
    private List<Row> returned = List.of();

    /** @param inBlock the client has a block open, or a part of an implicit one */
    Evaluation(
            SyncedTables tables,
            RequestedStatement statement,
            MutationPolicy policy,
            ServerDialogue server,
            boolean inBlock) {
        this.tables = tables;
        this.statement = statement;
        this.policy = policy;
        this.server = server;
        this.inBlock = inBlock;
    }

    /** Where the statement runs, once that is known. */
    @Nullable
    StatementContext context() {
        return context;
    }

    /** What Postgres noticed on the way, for the client. */
    List<PgError> notices() {
        return notices;
    }

    /** As Postgres describes the statement; null where it gives no rows. */
    @Nullable
    List<Column> columns() {
        StatementResult evaluated = captured;
        return evaluated == null ? null : evaluated.columns();
    }

    /** The rows of RETURNING, in the client's formats. */
    List<Row> returned() {
        return returned;
    }

    // ---- where ----

    CompletionStage<MutationEvent> ask() {
        List<SyncedTable> candidates = tables.named(statement.target());
        if (candidates.isEmpty() || !policy.allows(statement.dml())) {
            return askAlone();
        }
        String query = candidates.size() == 1 ? returningWithoutParameters(candidates.getFirst()) : null;
        return server.exchange(ClientSteps.evaluate(statement, candidates, policy, query, inBlock))
                .thenCompose(result -> {
                    PgError error = result.error();
                    if (error != null && error.sqlState().equals(ClientSteps.NOT_AS_EXPECTED)) {
                        dropError();
                        return server.exchange(ClientSteps.undo(inBlock)).thenCompose(_ -> askAlone());
                    }
                    if (error != null && result.results().size() <= ClientSteps.CONTEXT_STEP) {
                        return undone(new MutationEvent.ServerRefused(error));
                    }
                    StatementContext known =
                            ClientSteps.context(result.results().get(ClientSteps.CONTEXT_STEP), tables);
                    context = known;
                    MutationEvent event = new MutationEvent.ContextKnown(known);
                    if (error != null && !ClientSteps.isUndone(result)) {
                        capturedAhead = refused(error, candidates.getFirst());
                        return undone(event);
                    }
                    capturedAhead = captured(result);
                    returningQuery = query;
                    returningAhead = query == null ? null : agreed(result);
                    return CompletableFuture.completedFuture(event);
                });
    }

    private CompletionStage<MutationEvent> askAlone() {
        return asked(ClientSteps.askContext(statement.target()), result -> {
            StatementContext known = ClientSteps.context(result.last(), tables);
            context = known;
            return new MutationEvent.ContextKnown(known);
        });
    }

    // ---- what it would write ----

    /** @param target the table that the context has named */
    CompletionStage<MutationEvent> capture(SyncedTable target) {
        MutationEvent known = capturedAhead;
        capturedAhead = null;
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        return server.exchange(ClientSteps.capture(statement.evaluated(), inBlock))
                .thenCompose(result -> {
                    PgError error = result.error();
                    return error == null
                            ? CompletableFuture.completedFuture(captured(result))
                            : undone(refused(error, target));
                });
    }

    private MutationEvent captured(ExchangeResult result) {
        captured = result.results().get(ClientSteps.STATEMENT_STEP);
        notices = result.notices();
        return new MutationEvent.Captured(ClientSteps.captured(result.results().get(ClientSteps.ROWS_STEP)));
    }

    private MutationEvent refused(PgError error, SyncedTable target) {
        if (!error.sqlState().equals(ClientSteps.BOUND_REACHED)) {
            return new MutationEvent.ServerRefused(error);
        }
        // The guard's own words are for us, not for the client.
        dropError();
        Dml dml = statement.dml();
        Operation operation = Operation.valueOf(String.valueOf(dml == null ? "" : dml.operation()));
        return new MutationEvent.ServerRefused(ErrorCode.TOO_MANY_ROWS.error(
                operation,
                target.name(),
                "more than " + ClientSteps.CAPTURE_BOUND,
                target.adapter().capabilities(target.mapping(), operation).maxRows()));
    }

    /** After an error: ends the block that a capture has opened. A client's own block has failed, and is the client's to end. */
    private CompletionStage<MutationEvent> undone(MutationEvent event) {
        return inBlock
                ? CompletableFuture.completedFuture(event)
                : server.exchange(ClientSteps.undo(false)).thenApply(_ -> event);
    }

    private void dropError() {
        Frame error = server.takeError();
        if (error != null) {
            error.release();
        }
    }

    // ---- RETURNING ----

    /** Whether the list can be evaluated over rows of the table alone: Postgres must describe it as it describes the statement. */
    CompletionStage<MutationEvent> checkReturning(SyncedTable target) {
        MutationEvent known = returningAhead;
        returningAhead = null;
        Dml dml = statement.dml();
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        if (captured == null || dml == null || dml.returning() == null) {
            return CompletableFuture.completedFuture(new MutationEvent.ReturningAgreed());
        }
        if (dml.returningUsesOldNew()) {
            return differs("OLD and NEW in RETURNING");
        }
        if (statement.executed() && dml.returning().of(statement.text()).contains("$")) {
            return differs("a parameter in RETURNING of a prepared statement");
        }
        int[] types = parameterTypes();
        String query = ClientSteps.returningQuery(statement.text(), dml, target, types.length + 1);
        returningQuery = query;
        if (query == null) {
            return CompletableFuture.completedFuture(new MutationEvent.ReturningAgreed());
        }
        return server.exchange(ClientSteps.describeReturning(query, types)).thenApply(this::agreed);
    }

    private MutationEvent agreed(ExchangeResult result) {
        return result.error() == null
                        && ClientSteps.sameColumns(columns(), result.last().columns())
                ? new MutationEvent.ReturningAgreed()
                : new MutationEvent.ReturningDiffers("RETURNING names more than the columns of the table itself");
    }

    private static CompletionStage<MutationEvent> differs(String reason) {
        return CompletableFuture.completedFuture(new MutationEvent.ReturningDiffers(reason));
    }

    /** @param rows as they were stored */
    CompletionStage<MutationEvent> evaluateReturning(List<ObjectNode> rows) {
        String query = returningQuery;
        if (query == null || rows.isEmpty()) {
            return CompletableFuture.completedFuture(new MutationEvent.Returned());
        }
        return asked(ClientSteps.evaluateReturning(query, parameterTypes(), statement.evaluated(), rows), result -> {
            returned = result.rows();
            return new MutationEvent.Returned();
        });
    }

    /** The query of a list that needs nothing of the statement's parameters, and so can be described before their types are known; else null. */
    private @Nullable String returningWithoutParameters(SyncedTable target) {
        Dml dml = statement.dml();
        if (dml == null || dml.returning() == null || dml.returningUsesOldNew() || statement.explain() != null) {
            return null;
        }
        return takesParameters(dml) ? null : ClientSteps.returningQuery(statement.text(), dml, target, 1);
    }

    /** Every parameter begins with a dollar, though not every dollar a parameter. */
    private boolean takesParameters(Dml dml) {
        return dml.returning() != null && dml.returning().of(statement.text()).contains("$")
                || dml.with() != null && dml.with().of(statement.text()).contains("$");
    }

    private int[] parameterTypes() {
        Dml dml = statement.dml();
        StatementResult evaluated = captured;
        List<Integer> types = evaluated == null ? null : evaluated.parameterTypes();
        return types == null || dml == null || !takesParameters(dml)
                ? new int[0]
                : types.stream().mapToInt(Integer::intValue).toArray();
    }

    private CompletionStage<MutationEvent> asked(ByteBuf messages, Function<ExchangeResult, MutationEvent> read) {
        return server.exchange(messages).thenApply(result -> {
            PgError error = result.error();
            return error != null ? new MutationEvent.ServerRefused(error) : read.apply(result);
        });
    }
}
