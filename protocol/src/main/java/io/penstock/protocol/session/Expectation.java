package io.penstock.protocol.session;

import io.penstock.protocol.message.FrontendMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer that the server still owes. One stands in the queue for each message that was sent to it and that it answers, in order.
 *
 * <p>{@code hidden} ones answer a message of the session's own making: the client does not see them.
 */
sealed interface Expectation {
    /** ParseComplete. */
    record Parse(String statement, @Nullable KnownStatement known, boolean hidden) implements Expectation {}

    /**
     * BindComplete.
     *
     * @param message kept only where the statement may be one that is held
     */
    record Bind(String portal, String statement, FrontendMessage.@Nullable Bind message, boolean hidden)
            implements Expectation {}

    /**
     * RowDescription or NoData, of a statement after its ParameterDescription.
     *
     * @param ofQuery on behalf of a simple query: the client sees the RowDescription, not NoData
     */
    record Describe(boolean ofQuery) implements Expectation {}

    /** Rows, then CommandComplete, EmptyQueryResponse or PortalSuspended; or a COPY. */
    record Execute(String portal) implements Expectation {}

    /** Likewise, for one statement of a simple query that the session has split. */
    record Step(QueryStatement statement) implements Expectation {}

    /** CommandComplete of BEGIN, COMMIT or ROLLBACK that the session sends around what the client sees as one implicit transaction. */
    record HiddenTransaction(boolean begins) implements Expectation {}

    /** CloseComplete. */
    record CloseStatement(String statement, boolean hidden) implements Expectation {}

    record ClosePortal(String portal, boolean hidden) implements Expectation {}

    /** ReadyForQuery. */
    record Sync() implements Expectation {}

    /**
     * Everything up to ReadyForQuery.
     *
     * @param statements in order, null for those that the session need not know; empty if that is all of them
     */
    record Query(List<@Nullable KnownStatement> statements) implements Expectation {}

    /** FunctionCallResponse and ReadyForQuery. */
    record FunctionCall() implements Expectation {}

    /** An error, swallowed: it is the session that made the client's transaction fail. */
    record Poison() implements Expectation {}

    /** Nothing: here the client ended its COPY data, before the server asked for them. */
    record CopyEnd() implements Expectation {}

    /** Nothing: the session's own work begins when this is at the head. Always the last one. */
    record Held(HeldWork work) implements Expectation {}
}
