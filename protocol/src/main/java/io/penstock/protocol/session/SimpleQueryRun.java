package io.penstock.protocol.session;

import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.Target;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.sql.Classified;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A simple query of which at least one statement may be the proxy's, run statement by statement.
 *
 * <p>The server's statements go through the extended protocol without Sync, one at a time: so they are one implicit transaction, as they
 * would be in one string. One at a time, because a message behind a COPY FROM would end the connection.
 *
 * <pre>
 * the next statement is ...                                 what happens
 * the only one, and the server's after all                  the query is relayed as it came
 * the server's                                              Parse, Bind, Describe, Execute, Flush; it is completed: the next
 * the proxy's, in a failed transaction block, or refused    error, end
 * the proxy's, in an implicit transaction not empty         BEGIN around it, then again
 * the proxy's                                               the mutation runs; it is finished: the next; declined: to the server
 * there is none                                             end
 *
 * the end                                                   ReadyForQuery
 * nothing has been sent to the server                       with the status that is known
 * otherwise                                                 Sync; the server's own
 * after an error that the server does not know              the transaction is made to fail, Sync; the server's own
 * </pre>
 */
final class SimpleQueryRun {
    private final Conversation conversation;
    private final List<QueryStatement> statements;
    private @Nullable Frame query;
    private final @Nullable PgError failure;
    private final boolean blockHadFailed;
    private int index;
    private boolean serverTouched;
    private boolean serverStatementSent;

    SimpleQueryRun(Conversation conversation, HeldWork.Query work) {
        this.conversation = conversation;
        this.statements = work.statements();
        this.query = work.frame();
        this.failure = null;
        this.blockHadFailed = failed(conversation);
    }

    private SimpleQueryRun(Conversation conversation, PgError failure) {
        this.conversation = conversation;
        this.statements = List.of();
        this.query = null;
        this.failure = failure;
        this.blockHadFailed = failed(conversation);
    }

    private static boolean failed(Conversation conversation) {
        return conversation.memory().transaction().status() == TransactionStatus.FAILED;
    }

    /** A query that is nothing but an error. */
    static SimpleQueryRun failing(Conversation conversation, PgError failure) {
        return new SimpleQueryRun(conversation, failure);
    }

    void begin() {
        if (failure != null) {
            fail(failure);
        } else {
            next();
        }
    }

    /** Goes on with the statement whose turn it is. */
    void next() {
        if (index == statements.size()) {
            end(false);
            return;
        }
        QueryStatement statement = statements.get(index);
        KnownStatement known = statement.known();
        ServerMemory memory = conversation.memory();
        if (known == null || !Interception.applies(known, memory.statements())) {
            toServer(statement);
            return;
        }
        PgError refusal = refusal(known);
        if (refusal != null) {
            fail(refusal);
        } else if (known.classified() instanceof Classified.DryRun) {
            OwnAnswers.showDryRun(conversation.out(), memory.dryRun(), true);
            index++;
            next();
        } else if (conversation.hidden().blockNeeded()) {
            serverTouched = true;
            conversation.hidden().begin();
            conversation.hold(new HeldWork.Resume());
        } else {
            closeUnnamed();
            conversation.mutation().start(known);
        }
    }

    private @Nullable PgError refusal(KnownStatement known) {
        PgError general = Interception.refusal(conversation.memory());
        if (general != null) {
            return general;
        }
        return known.classified() instanceof Classified.DryRun dryRun
                ? OwnAnswers.refusal(dryRun)
                : Interception.refusal(known, conversation.memory().statements());
    }

    /** A simple query forgets the unnamed statement before it does anything else. */
    private void closeUnnamed() {
        if (!serverStatementSent) {
            conversation.hidden().closeUnnamed(!blockHadFailed);
        }
    }

    private void toServer(QueryStatement statement) {
        Frame whole = query;
        if (statements.size() == 1 && whole != null) {
            query = null;
            conversation.relay(whole, statements);
            conversation.runEnded(false);
            return;
        }
        serverTouched = true;
        serverStatementSent = true;
        ExpectationQueue queue = conversation.queue();
        queue.add(new Expectation.Parse("", null, true));
        queue.add(new Expectation.Bind("", "", null, true));
        queue.add(new Expectation.Describe(true));
        queue.add(new Expectation.Step(statement));
        conversation
                .out()
                .toServer(
                        conversation.memory().charset(),
                        new FrontendMessage.Parse("", statement.sql(), new int[0]),
                        new FrontendMessage.Bind("", "", new short[0], List.of(), new short[0]),
                        new FrontendMessage.Describe(Target.PORTAL, ""),
                        new FrontendMessage.Execute("", 0),
                        new FrontendMessage.Flush());
    }

    /** Whether the statement that is running is the last one. */
    boolean last() {
        return index == statements.size() - 1;
    }

    /** The server has completed a statement. */
    void stepped() {
        index++;
        next();
    }

    /** The server has failed at a statement, told the client, and skips. */
    void serverFailed() {
        end(true);
    }

    void mutationFinished(SessionEvent.MutationFinished finished) {
        finished.toClient().forEach(conversation.out()::toClient);
        if (!finished.failed()) {
            index++;
            next();
        } else if (finished.serverFailed()) {
            end(true);
        } else {
            poison();
            end(serverTouched);
        }
    }

    void mutationDeclined() {
        toServer(statements.get(index));
    }

    private void fail(PgError error) {
        conversation.out().error(error);
        poison();
        end(serverTouched);
    }

    private void poison() {
        int before = conversation.queue().size();
        conversation.hidden().poison();
        serverTouched |= conversation.queue().size() > before;
    }

    /** @param failed the server has to be brought back, or skips */
    private void end(boolean failed) {
        clear();
        ServerMemory memory = conversation.memory();
        boolean inHiddenBlock = memory.hiddenBlock() != ServerMemory.HiddenBlock.NONE;
        boolean forgets = memory.statements().hasUnnamed();
        if (!failed
                && !serverTouched
                && !inHiddenBlock
                && !forgets
                && !memory.transaction().dirty()) {
            conversation.out().ready(memory.transaction().status());
            conversation.runEnded(false);
            return;
        }
        if (failed) {
            // A server that skips would skip the closing too.
            boolean waits = conversation.sync();
            conversation.hidden().closeUnnamed(!blockHadFailed);
            conversation.runEnded(waits);
        } else {
            conversation.hidden().closeUnnamed(!blockHadFailed);
            conversation.runEnded(conversation.sync());
        }
    }

    void clear() {
        if (query != null) {
            query.release();
            query = null;
        }
    }
}
