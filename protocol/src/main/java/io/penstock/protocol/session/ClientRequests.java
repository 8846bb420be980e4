package io.penstock.protocol.session;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendType;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import io.penstock.protocol.message.Target;
import io.penstock.protocol.sql.Classified;
import io.penstock.protocol.sql.Dml;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the client sends while nothing is held.
 *
 * <pre>
 * message                 while skipping   otherwise
 * Query                   dropped          relayed; held if a statement may be a mutation
 * Parse                   dropped          relayed; its statement is known once the server has prepared it
 * Bind, Describe, Close   dropped          relayed
 * Execute                 dropped          relayed; held if the portal's statement may be a mutation
 * Flush                   dropped          relayed
 * FunctionCall            dropped          relayed, or refused
 * Sync                    relayed: ends the skipping; not answered while the server reads COPY data
 * CopyData, CopyDone, CopyFail             relayed
 * Terminate               relayed
 * anything else           the session ends
 * </pre>
 */
final class ClientRequests {
    private final Conversation conversation;
    private final Statements texts;
    private final boolean relayFunctionCalls;

    ClientRequests(Conversation conversation, Statements texts, boolean relayFunctionCalls) {
        this.conversation = conversation;
        this.texts = texts;
        this.relayFunctionCalls = relayFunctionCalls;
    }

    /** Takes the frame over. */
    void accept(Frame frame) {
        switch (frame.type()) {
            case FrontendType.SYNC -> sync(frame);
            case FrontendType.TERMINATE -> conversation.ending().clientTerminates(frame);
            case FrontendType.COPY_DATA -> out().toServer(frame);
            case FrontendType.COPY_DONE, FrontendType.COPY_FAIL -> copyEnd(frame);
            default -> {
                if (conversation.skipping()) {
                    frame.release();
                } else {
                    request(frame);
                }
            }
        }
    }

    private void request(Frame frame) {
        try {
            switch (frame.type()) {
                case FrontendType.QUERY -> query(frame);
                case FrontendType.PARSE -> parse(frame);
                case FrontendType.BIND -> bind(frame);
                case FrontendType.DESCRIBE -> {
                    decode(frame);
                    relay(frame, new Expectation.Describe(false));
                }
                case FrontendType.EXECUTE -> execute(frame);
                case FrontendType.CLOSE -> close(frame);
                case FrontendType.FLUSH -> {
                    // With a body the server would answer it, and nobody would be waiting for that.
                    decode(frame);
                    out().toServer(frame);
                }
                case FrontendType.FUNCTION_CALL -> functionCall(frame);
                default -> {
                    frame.release();
                    conversation
                            .ending()
                            .end(ErrorCode.UNEXPECTED_MESSAGE.error(frame.type() & 0xff, "normal operation"));
                }
            }
        } catch (ProtocolViolation violation) {
            boolean simple = frame.is(FrontendType.QUERY) || frame.is(FrontendType.FUNCTION_CALL);
            frame.release();
            conversation.hold(new HeldWork.Failure(violation.error(), simple));
        }
    }

    private void query(Frame frame) {
        String sql = ((FrontendMessage.Query) decode(frame)).sql();
        List<QueryStatement> statements = texts.ofQuery(sql, memory().lexer());
        if (mayBeHeld(statements)) {
            conversation.hold(new HeldWork.Query(statements, frame));
        } else {
            relay(frame, statements);
        }
    }

    /** Relays a whole simple query. */
    void relay(Frame frame, List<QueryStatement> statements) {
        // The block would go on behind the query, which for the client ends the implicit transaction.
        conversation.hidden().commit();
        relay(frame, new Expectation.Query(known(statements)));
    }

    private static List<@Nullable KnownStatement> known(List<QueryStatement> statements) {
        if (statements.stream().allMatch(statement -> statement.known() == null)) {
            return List.of();
        }
        List<@Nullable KnownStatement> known = new ArrayList<>(statements.size());
        statements.forEach(statement -> known.add(statement.known()));
        return known;
    }

    private boolean mayBeHeld(List<QueryStatement> statements) {
        boolean prepares = false;
        for (QueryStatement statement : statements) {
            KnownStatement known = statement.known();
            if (known == null) {
                continue;
            }
            prepares |= known.classified() instanceof Classified.Prepare;
            if (prepares && Interception.preparedName(known) != null || mayBeHeld(known)) {
                return true;
            }
        }
        return false;
    }

    /** Whether running the statement may be the proxy's business, after all that has not been answered yet. */
    private boolean mayBeHeld(KnownStatement known) {
        if (!known.mayBeHeld()) {
            return false;
        }
        String name = Interception.preparedName(known);
        return name == null
                || Interception.executed(known, memory().statements()) != null
                || conversation.queue().anyNotable(pending -> mayPrepare(pending, name));
    }

    private static boolean mayPrepare(Expectation pending, String name) {
        return switch (pending) {
            case Expectation.Parse parse ->
                parse.statement().equals(name)
                        || (parse.known() != null && parse.known().classified() instanceof Classified.Prepare);
            case Expectation.Query _, Expectation.Bind _ -> true;
            default -> false;
        };
    }

    private void parse(Frame frame) {
        FrontendMessage.Parse parse = (FrontendMessage.Parse) decode(frame);
        KnownStatement known = texts.ofParse(parse.sql(), parse.parameterTypes(), memory().lexer());
        String upsert = known == null ? null : withoutConflictClause(known);
        if (upsert == null) {
            relay(frame, new Expectation.Parse(parse.statement(), known, false));
            return;
        }
        frame.release();
        conversation.queue().add(new Expectation.Parse(parse.statement(), known, false));
        out().toServer(
                        memory().charset(),
                        new FrontendMessage.Parse(parse.statement(), upsert, parse.parameterTypes()));
    }

    /**
     * The text of an upsert of a synced table as the server is to have it; null for any other statement. Postgres refuses to plan the clause without a
     * unique index of its own, though here the API decides which rows there are. Where the name has no schema the table may be an ordinary one, for which
     * the clause must stay.
     */
    private static @Nullable String withoutConflictClause(KnownStatement known) {
        return known.classified() instanceof Classified.Mutation(Dml dml)
                        && dml.upsert() != null
                        && dml.target().schema() != null
                ? dml.withoutConflictClause(known.sql())
                : null;
    }

    private void bind(Frame frame) {
        ByteBuf body = frame.body();
        String portal = Names.next(body, memory().charset());
        String statement = Names.next(body, memory().charset());
        FrontendMessage.Bind message = statementMayBeHeld(statement) ? (FrontendMessage.Bind) decode(frame) : null;
        relay(frame, new Expectation.Bind(portal, statement, message, false));
    }

    private boolean statementMayBeHeld(String name) {
        KnownStatement known = memory().statements().find(name);
        return (known != null && known.mayBeHeld())
                || conversation.queue().anyNotable(pending -> switch (pending) {
                    case Expectation.Parse parse ->
                        parse.statement().equals(name)
                                && parse.known() != null
                                && parse.known().mayBeHeld();
                    // A PREPARE may be among its statements.
                    case Expectation.Query _ -> true;
                    default -> false;
                });
    }

    private void execute(Frame frame) {
        FrontendMessage.Execute execute = (FrontendMessage.Execute) decode(frame);
        if (portalMayBeHeld(execute.portal())) {
            conversation.hold(new HeldWork.Execute(execute.portal(), execute.maxRows(), frame));
        } else {
            relay(frame, new Expectation.Execute(execute.portal()));
        }
    }

    private boolean portalMayBeHeld(String name) {
        Portal portal = memory().portals().find(name);
        return (portal != null && mayBeHeld(portal.statement()))
                || conversation
                        .queue()
                        .anyNotable(pending -> pending instanceof Expectation.Bind bind
                                && bind.portal().equals(name));
    }

    private void close(Frame frame) {
        FrontendMessage.Close close = (FrontendMessage.Close) decode(frame);
        relay(
                frame,
                close.target() == Target.STATEMENT
                        ? new Expectation.CloseStatement(close.name(), false)
                        : new Expectation.ClosePortal(close.name(), false));
    }

    private void functionCall(Frame frame) {
        if (relayFunctionCalls) {
            conversation.hidden().commit();
            relay(frame, new Expectation.FunctionCall());
        } else {
            frame.release();
            conversation.hold(new HeldWork.Failure(ErrorCode.FUNCTION_CALL_REFUSED.error(), true));
        }
    }

    private void sync(Frame frame) {
        if (conversation.copyIn()) {
            // The server ignores it while it reads data: libpq sends one before it notices that its statement is a
            // COPY.
            out().toServer(frame);
            return;
        }
        ProtocolViolation broken = null;
        try {
            decode(frame);
        } catch (ProtocolViolation violation) {
            broken = violation;
        }
        frame.release();
        if (broken == null) {
            conversation.sync();
        } else {
            // Postgres complains, and is ready again: as after a simple query.
            conversation.hold(new HeldWork.Failure(broken.error(), true));
        }
    }

    private void copyEnd(Frame frame) {
        if (conversation.copyIn()) {
            conversation.copyIn(false);
        } else if (!conversation.queue().isEmpty()) {
            conversation.queue().add(new Expectation.CopyEnd());
        }
        out().toServer(frame);
        if (conversation.running()) {
            // The server swallowed the Flush behind Execute together with the data, and nobody sends a Sync before the
            // end.
            out().toServer(new FrontendMessage.Flush());
        }
    }

    private void relay(Frame frame, Expectation expectation) {
        conversation.queue().add(expectation);
        out().toServer(frame);
    }

    private FrontendMessage decode(Frame frame) {
        return FrontendMessages.decode(frame, memory().charset());
    }

    private Outgoing out() {
        return conversation.out();
    }

    private ServerMemory memory() {
        return conversation.memory();
    }
}
