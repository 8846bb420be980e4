package io.penstock.protocol.session;

import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.Target;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.sql.Classified;
import org.jspecify.annotations.Nullable;

/**
 * Execute of a portal that may be a mutation's, once everything before it has been answered.
 *
 * <pre>
 * the portal                                      what happens
 * is not there, or is no mutation's after all     Execute goes to the server
 * has run, and gives rows                         the next rows, or CommandComplete for none
 * has run, and gives no rows                      55000, as in Postgres
 * in a failed transaction block                   25P02
 * is of a statement that is refused               its error
 * in an implicit transaction that is not empty    BEGIN around it, then again
 * otherwise                                       the mutation runs
 *
 * the mutation                                    what happens
 * finishes                                        its rows, up to the limit, then CommandComplete or PortalSuspended
 * fails                                           its error; the transaction fails; skipped until Sync
 * is declined                                     Execute goes to the server; outside a block after the portal is made anew
 * </pre>
 */
final class HeldExecute {
    private final Conversation conversation;
    private HeldWork.@Nullable Execute running;
    private @Nullable Portal portal;

    HeldExecute(Conversation conversation) {
        this.conversation = conversation;
    }

    void begin(HeldWork.Execute work) {
        ServerMemory memory = conversation.memory();
        Portal found = memory.portals().find(work.portal());
        FrontendMessage.Bind bind = found == null ? null : found.bind();
        if (found == null || bind == null || !Interception.applies(found.statement(), memory.statements())) {
            relay(work);
            return;
        }
        PgError refusal = refusal(work, found);
        if (refusal != null) {
            work.release();
            conversation.fail(refusal);
        } else if (found.hasRun()) {
            work.release();
            give(found, work.maxRows());
            conversation.release();
        } else if (found.statement().classified() instanceof Classified.DryRun) {
            work.release();
            OwnAnswers.showDryRun(conversation.out(), memory.dryRun(), false);
            conversation.release();
        } else if (conversation.hidden().blockNeeded()) {
            conversation.hidden().begin();
            conversation.hold(work);
        } else {
            running = work;
            portal = found;
            conversation.mutation().start(found.statement(), bind, work.maxRows());
        }
    }

    private @Nullable PgError refusal(HeldWork.Execute work, Portal found) {
        PgError general = Interception.refusal(conversation.memory());
        if (general != null) {
            return general;
        }
        if (found.hasRun() && !found.mayRunAgain()) {
            return ErrorCode.PORTAL_CANNOT_RUN.error(work.portal());
        }
        if (found.statement().classified() instanceof Classified.DryRun dryRun) {
            return OwnAnswers.refusal(dryRun);
        }
        return Interception.refusal(found.statement(), conversation.memory().statements());
    }

    void mutationFinished(SessionEvent.MutationFinished finished) {
        HeldWork.Execute work = running;
        Portal executed = portal;
        clear();
        if (work == null || executed == null || finished.failed()) {
            finished.toClient().forEach(conversation.out()::toClient);
            conversation.failed(finished.serverFailed());
            return;
        }
        for (Frame frame : finished.toClient()) {
            switch (frame.type()) {
                case BackendType.DATA_ROW -> executed.keep(frame);
                case BackendType.COMMAND_COMPLETE -> {
                    if (BackendMessages.decode(frame) instanceof BackendMessage.CommandComplete(String tag)) {
                        executed.ran(tag, givesRows(executed.statement()));
                    }
                    frame.release();
                }
                default -> conversation.out().toClient(frame);
            }
        }
        give(executed, work.maxRows());
        conversation.release();
    }

    private boolean givesRows(KnownStatement statement) {
        KnownStatement executed =
                Interception.executed(statement, conversation.memory().statements());
        return switch (statement.classified()) {
            case Classified.Explain _, Classified.ExplainExecute _ -> true;
            case Classified.Mutation mutation -> mutation.dml().returning() != null;
            case Classified.Execute _ ->
                executed != null
                        && (executed.classified() instanceof Classified.Explain
                                || (executed.classified() instanceof Classified.Mutation mutation
                                        && mutation.dml().returning() != null));
            case Classified.Relay _,
                    Classified.Prepare _,
                    Classified.Deallocate _,
                    Classified.DryRun _,
                    Classified.Refused _ -> false;
        };
    }

    private void give(Portal executed, int maxRows) {
        int given = 0;
        boolean limited = maxRows > 0 && executed.mayRunAgain();
        while (!limited || given < maxRows) {
            Frame row = executed.nextRow();
            if (row == null) {
                break;
            }
            conversation.out().toClient(row);
            given++;
        }
        // Like Postgres, which does not look whether there is another row once it has given as many as were asked for.
        if (limited && given == maxRows) {
            conversation.out().toClient(new BackendMessage.PortalSuspended());
        } else {
            conversation.out().toClient(new BackendMessage.CommandComplete(executed.tag(given)));
        }
    }

    void mutationDeclined() {
        HeldWork.Execute work = running;
        FrontendMessage.Bind bind = portal == null ? null : portal.bind();
        running = null;
        portal = null;
        if (work == null) {
            return;
        }
        if (bind != null && conversation.memory().transaction().status() == TransactionStatus.IDLE) {
            // What was asked to find out whose statement it is ended in a Sync, which closes every portal outside a
            // block. If nothing had to be asked the portal is still there, and a named one stands in its own way.
            conversation.queue().add(new Expectation.ClosePortal(bind.portal(), true));
            conversation.out().toServer(new FrontendMessage.Close(Target.PORTAL, bind.portal()));
            // Without its Bind the portal is the server's from now on: it may have been run in part when the next
            // Execute
            // comes.
            conversation.queue().add(new Expectation.Bind(bind.portal(), bind.statement(), null, true));
            conversation.out().toServer(bind);
        }
        relay(work);
    }

    private void relay(HeldWork.Execute work) {
        conversation.queue().add(new Expectation.Execute(work.portal()));
        conversation.out().toServer(work.frame());
        conversation.release();
    }

    void clear() {
        if (running != null) {
            running.release();
        }
        running = null;
        portal = null;
    }
}
