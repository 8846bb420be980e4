package io.penstock.protocol.session;

import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.TransactionStatus;
import org.jspecify.annotations.Nullable;

/**
 * What the server sends, held against what it is expected to.
 *
 * <pre>
 * message                       head of the queue                  what happens
 * ParameterStatus               any                                remembered, to the client
 * Notice, Notification          any                                to the client
 * ParseComplete, BindComplete,  its own                            remembered, taken from the queue, to the client unless hidden
 *   CloseComplete
 * RowDescription, NoData        Describe                           taken from the queue; NoData of a split simple query is hidden
 * rows, COPY data               Execute, Step, Query               to the client
 * CommandComplete, EmptyQuery   Execute, Step                      taken from the queue, remembered, to the client
 * CommandComplete               Query                              remembered, to the client
 * CommandComplete               HiddenTransaction                  taken from the queue, remembered
 * PortalSuspended               Execute                            taken from the queue, to the client
 * CopyInResponse                Execute, Step, Query               every Sync before the end of the data is no longer expected
 * ErrorResponse, FATAL          any                                to the client, the end follows
 * ErrorResponse                 Poison                             swallowed
 * ErrorResponse                 Query, FunctionCall, Sync          to the client, ReadyForQuery follows
 * ErrorResponse                 any other                          to the client, the queue is dropped up to the next Sync
 * ReadyForQuery                 Query, FunctionCall, Sync          taken from the queue, to the client; a hidden block that has failed is
 *                                                                  rolled back first
 * all                           nothing, and a mutation runs       to the mutation
 * anything else                                                    the server is no server: the session ends
 * </pre>
 */
final class ServerReplies {
    /** What Postgres says to COMMIT outside a block, in its words: the block is one that only the session sees. */
    private static final PgError NO_TRANSACTION =
            PgError.of(Severity.WARNING, "25P01", "there is no transaction in progress");

    private final Conversation conversation;
    private int completedOfQuery;

    ServerReplies(Conversation conversation) {
        this.conversation = conversation;
    }

    /** Takes the frame over. */
    void accept(Frame frame) {
        @Nullable Expectation head = conversation.queue().head();
        if (head == null && conversation.mutation().running()) {
            conversation.mutation().fromServer(frame, conversation.ending());
            return;
        }
        switch (frame.type()) {
            case BackendType.DATA_ROW,
                    BackendType.COPY_DATA,
                    BackendType.COPY_DONE,
                    BackendType.COPY_OUT_RESPONSE,
                    BackendType.COPY_BOTH_RESPONSE,
                    BackendType.PARAMETER_DESCRIPTION,
                    BackendType.FUNCTION_CALL_RESPONSE -> out().toClient(frame);
            case BackendType.NOTIFICATION_RESPONSE -> toldAtTheEnd(frame);
            case BackendType.NOTICE_RESPONSE -> notice(frame, head);
            case BackendType.PARAMETER_STATUS -> parameterStatus(frame);
            case BackendType.PARSE_COMPLETE -> parseComplete(frame, head);
            case BackendType.BIND_COMPLETE -> bindComplete(frame, head);
            case BackendType.CLOSE_COMPLETE -> closeComplete(frame, head);
            case BackendType.ROW_DESCRIPTION -> {
                if (head instanceof Expectation.Describe) {
                    conversation.queue().pop();
                }
                out().toClient(frame);
                conversation.advance();
            }
            case BackendType.NO_DATA -> {
                if (head instanceof Expectation.Describe(boolean ofQuery)) {
                    answered(frame, ofQuery);
                } else {
                    violated(frame);
                }
            }
            case BackendType.COMMAND_COMPLETE, BackendType.EMPTY_QUERY_RESPONSE -> completed(frame, head);
            case BackendType.PORTAL_SUSPENDED -> {
                if (head instanceof Expectation.Execute) {
                    answered(frame, false);
                } else {
                    violated(frame);
                }
            }
            case BackendType.COPY_IN_RESPONSE -> {
                conversation.copyIn(!conversation.queue().dropSyncsUntilCopyEnd());
                out().toClient(frame);
            }
            case BackendType.ERROR_RESPONSE -> error(frame, head);
            case BackendType.READY_FOR_QUERY -> ready(frame, head);
            default -> violated(frame);
        }
    }

    private void parameterStatus(Frame frame) {
        if (BackendMessages.decode(frame) instanceof BackendMessage.ParameterStatus(String name, String value)) {
            memory().parameter(name, value);
        }
        toldAtTheEnd(frame);
    }

    /** Postgres says this when a transaction has ended well, behind the completion that was withheld until that is certain. */
    private void toldAtTheEnd(Frame frame) {
        conversation.giveWithheld();
        out().toClient(frame);
    }

    private void notice(Frame frame, @Nullable Expectation head) {
        if (BackendMessages.decode(frame) instanceof BackendMessage.NoticeResponse notice
                && isOfHiddenBlock(notice.notice().sqlState(), head)) {
            frame.release();
        } else {
            out().toClient(frame);
        }
    }

    private boolean isOfHiddenBlock(String sqlState, @Nullable Expectation head) {
        return switch (sqlState) {
            // The client's own BEGIN in a block that only the session sees: for the client there is none in progress.
            case "25001" -> memory().hiddenBlock() != ServerMemory.HiddenBlock.NONE;
            // The session's own COMMIT, sent while the client's COMMIT or ROLLBACK was on its way, of which the client
            // has been told.
            case "25P01" -> head instanceof Expectation.HiddenTransaction;
            default -> false;
        };
    }

    private void parseComplete(Frame frame, @Nullable Expectation head) {
        if (head instanceof Expectation.Parse(String statement, KnownStatement known, boolean hidden)) {
            memory().statements().prepared(statement, known);
            answered(frame, hidden);
        } else {
            violated(frame);
        }
    }

    private void bindComplete(Frame frame, @Nullable Expectation head) {
        if (head instanceof Expectation.Bind bind) {
            KnownStatement known = memory().statements().find(bind.statement());
            memory().portals().bound(bind.portal(), known == null ? null : new Portal(known, bind.message()));
            answered(frame, bind.hidden());
        } else {
            violated(frame);
        }
    }

    private void closeComplete(Frame frame, @Nullable Expectation head) {
        if (head instanceof Expectation.CloseStatement(String statement, boolean hidden)) {
            memory().statements().closed(statement);
            answered(frame, hidden);
        } else if (head instanceof Expectation.ClosePortal(String portal, boolean hidden)) {
            memory().portals().closed(portal);
            answered(frame, hidden);
        } else {
            violated(frame);
        }
    }

    private void completed(Frame frame, @Nullable Expectation head) {
        switch (head) {
            case Expectation.Execute(String name) -> {
                Portal portal = memory().portals().find(name);
                completed(portal == null ? null : portal.statement());
                answered(frame, false);
            }
            case Expectation.Step(QueryStatement statement) -> {
                completed(statement.known());
                conversation.queue().pop();
                conversation.stepped(frame);
            }
            case Expectation.Query(var statements) -> {
                if (completedOfQuery < statements.size()) {
                    completed(statements.get(completedOfQuery++));
                } else {
                    completed(null);
                }
                out().toClient(frame);
            }
            case Expectation.HiddenTransaction(boolean begins) -> {
                if (begins) {
                    memory().hiddenBlockOpened();
                } else {
                    memory().hiddenBlockEnded();
                }
                answered(frame, true);
            }
            case null, default -> violated(frame);
        }
    }

    private void completed(@Nullable KnownStatement statement) {
        conversation.copyIn(false);
        if (statement != null
                && statement.endsTransaction()
                && memory().hiddenBlock() != ServerMemory.HiddenBlock.NONE) {
            out().toClient(BackendMessage.NoticeResponse.of(NO_TRANSACTION));
        }
        memory().completed(statement);
    }

    private void error(Frame frame, @Nullable Expectation head) {
        PgError error = ((BackendMessage.ErrorResponse) BackendMessages.decode(frame)).error();
        if (error.severity().endsSession()) {
            conversation.ending().serverSaid(error, true);
            out().toClient(frame);
            return;
        }
        switch (head) {
            case Expectation.Poison _ -> answered(frame, true);
            case Expectation.Query _, Expectation.FunctionCall _, Expectation.Sync _ -> {
                conversation.copyIn(false);
                conversation.dropWithheld();
                memory().failed();
                out().toClient(frame);
            }
            case Expectation.Parse parse -> {
                if (parse.statement().isEmpty()) {
                    memory().statements().closed("");
                }
                skip(frame);
            }
            case Expectation.HiddenTransaction _ -> {
                memory().hiddenStatementLeft(true);
                skip(frame);
            }
            case Expectation.Bind _,
                    Expectation.Describe _,
                    Expectation.Execute _,
                    Expectation.Step _,
                    Expectation.CloseStatement _,
                    Expectation.ClosePortal _ -> skip(frame);
            case Expectation.CopyEnd _, Expectation.Held _ -> violated(frame);
            case null -> violated(frame);
        }
    }

    private void skip(Frame frame) {
        conversation.dropWithheld();
        memory().failed();
        out().toClient(frame);
        conversation.serverSkips();
    }

    private void ready(Frame frame, @Nullable Expectation head) {
        if (!(BackendMessages.decode(frame) instanceof BackendMessage.ReadyForQuery(TransactionStatus status))) {
            return;
        }
        boolean ofQuery = head instanceof Expectation.Query;
        boolean expected = ofQuery || head instanceof Expectation.Sync || head instanceof Expectation.FunctionCall;
        if (expected) {
            conversation.queue().pop();
        } // else: of a Sync that the server was to ignore, but its COPY had failed before it came
        if (status == TransactionStatus.FAILED && memory().hiddenBlock() != ServerMemory.HiddenBlock.NONE) {
            frame.release();
            memory().transaction().ready(status);
            conversation.rollbackHiddenBlock();
            return;
        }
        conversation.giveWithheld();
        memory().ready(status);
        if (ofQuery) {
            completedOfQuery = 0;
            memory().statements().closed("");
            memory().portals().closed("");
        }
        out().toClient(frame);
        conversation.advance();
    }

    private void answered(Frame frame, boolean hidden) {
        conversation.queue().pop();
        if (hidden) {
            frame.release();
        } else {
            out().toClient(frame);
        }
        conversation.advance();
    }

    private void violated(Frame frame) {
        frame.release();
        conversation.ending().serverViolated(frame.type() & 0xff);
    }

    private Outgoing out() {
        return conversation.out();
    }

    private ServerMemory memory() {
        return conversation.memory();
    }
}
