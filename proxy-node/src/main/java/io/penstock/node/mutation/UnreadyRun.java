package io.penstock.node.mutation;

import io.penstock.node.backend.ExchangeResult;
import io.penstock.node.backend.ExchangeResult.StatementResult;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.session.MutationRequest;
import io.penstock.protocol.sql.QualifiedName;
import org.jspecify.annotations.Nullable;

/** A mutation before the synced tables are ready: refused where it means one of them, the server's own affair where it means another table. */
final class UnreadyRun implements MutationRunner.Running {
    private final ConfiguredTables configured;
    private final MutationRunner.Session session;
    private final QualifiedName target;
    private final ServerDialogue server;

    UnreadyRun(ConfiguredTables configured, MutationRequest request, MutationRunner.Session session) {
        this.configured = configured;
        this.session = session;
        this.target = RequestedStatement.of(request).target();
        this.server = new ServerDialogue(session::sendToServer, request.transactionStatus());
    }

    void begin() {
        server.exchange(ClientSteps.askName(target))
                .whenComplete((result, lost) -> session.loop().execute(() -> answered(result)));
    }

    private void answered(@Nullable ExchangeResult result) {
        if (result != null && result.error() == null) {
            StatementResult found = result.last();
            String schema =
                    found.rows().isEmpty() ? null : found.rows().getFirst().text(0);
            String name =
                    found.rows().isEmpty() ? null : found.rows().getFirst().text(1);
            if (schema == null || name == null || !configured.contains(schema, name)) {
                session.declined();
                return;
            }
            refuse(schema + "." + name);
            return;
        }
        // The transaction has failed, or the server is gone: it is not known what the name means, so nothing is done.
        refuse(target.name());
    }

    private void refuse(String table) {
        Frame said = server.takeError();
        if (said != null) {
            said.release();
        }
        Replies replies = new Replies();
        replies.error(ErrorCode.TABLE_NOT_READY.error(table));
        session.finished(replies.frames(), true, server.status() == TransactionStatus.FAILED);
    }

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
        // Its one question is answered before a cancel could reach it.
    }

    @Override
    public void orphaned() {
        // It ends by itself.
    }
}
