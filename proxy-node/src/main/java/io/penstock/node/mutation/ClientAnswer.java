package io.penstock.node.mutation;

import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Operation;
import io.penstock.node.api.Account;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage.Column;
import io.penstock.protocol.session.MutationRequest;
import io.penstock.protocol.sql.Dml;
import io.penstock.protocol.sql.ExplainOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the client is told at the end of a mutation: rows, plan or error, behind the notices that belong to it. */
final class ClientAnswer {
    private final MutationServices services;
    private final SessionMutations siblings;
    private final MutationRequest request;
    private final RequestedStatement statement;
    private final Evaluation evaluation;
    private final boolean inBlock;

    /** @param inBlock the client has a transaction block open, of its own or the session's */
    ClientAnswer(
            MutationServices services,
            SessionMutations siblings,
            MutationRequest request,
            RequestedStatement statement,
            Evaluation evaluation,
            boolean inBlock) {
        this.services = services;
        this.siblings = siblings;
        this.request = request;
        this.statement = statement;
        this.evaluation = evaluation;
        this.inBlock = inBlock;
    }

    List<Frame> finished(MutationMachine machine, int rows) {
        Replies replies = replies(machine);
        SyncedTable target = machine.table();
        StatementContext where = evaluation.context();
        if (target != null && where != null && where.dryRun() && machine.mutation() != null) {
            replies.notice(ErrorCode.DRY_RUN
                    .error(target.adapter().api())
                    .withDetail(String.join("\n", ExplainText.requests(target, machine.calls(), true))));
        }
        List<Column> columns = evaluation.columns();
        if (request.simpleQuery() && columns != null) {
            replies.columns(columns);
        }
        replies.rows(evaluation.returned());
        Dml dml = statement.dml();
        if (dml != null) {
            replies.complete(Operation.valueOf(dml.operation().name()), rows);
        }
        return replies.frames();
    }

    List<Frame> explained(MutationMachine machine, List<CapturedRow> rows, List<ApiCall> calls) {
        Replies replies = replies(machine);
        ExplainOptions options = statement.explain();
        Dml dml = statement.dml();
        SyncedTable target = machine.table();
        Account account = target == null ? null : services.accounts().get(target.account());
        if (options != null && dml != null && target != null && account != null) {
            List<String> lines = new ExplainText(
                            target,
                            Operation.valueOf(dml.operation().name()),
                            rows.size(),
                            calls,
                            services.gateway().lastFeedback(account))
                    .lines(options);
            replies.plan(lines, options.format() == ExplainOptions.Format.JSON, request.simpleQuery());
        }
        return replies.frames();
    }

    /** @param ofServer the server's own message where it is the cause, to be given as it came. Taken over */
    List<Frame> failed(MutationMachine machine, PgError error, @Nullable Frame ofServer) {
        Replies replies = replies(machine);
        if (ofServer != null && machine.failedOnServer()) {
            List<Frame> frames = new ArrayList<>(replies.frames());
            frames.add(ofServer);
            return frames;
        }
        if (ofServer != null) {
            ofServer.release();
        }
        replies.error(error);
        return replies.frames();
    }

    /** Begins with what was noticed on the way, and with the warning that the statement did not wait for its transaction. */
    private Replies replies(MutationMachine machine) {
        Replies replies = new Replies();
        evaluation.notices().forEach(replies::notice);
        StatementContext where = evaluation.context();
        SyncedTable target = machine.table();
        if (inBlock
                && !request.hiddenBlock()
                && services.settings().warn()
                && machine.escaped()
                && where != null
                && target != null
                && siblings.warn(where.transactionStart())) {
            Dml dml = statement.dml();
            replies.notice(
                    ErrorCode.ESCAPES_TRANSACTION.error(dml == null ? "statement" : dml.operation(), target.name()));
        }
        return replies;
    }
}
