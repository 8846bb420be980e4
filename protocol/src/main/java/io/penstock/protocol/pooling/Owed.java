package io.penstock.protocol.pooling;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer that the server still owes, or that is given here in its place, in the order of the messages.
 *
 * <p>Where an error makes the server skip a message, {@code undo} of its answer takes back what was noted when it was sent.
 */
sealed interface Owed {
    /**
     * ParseComplete for the client.
     *
     * @param failed what is so if this very message is refused, instead of skipped for an error before it
     */
    record Parse(Runnable undo, Runnable failed) implements Owed {}

    /** Likewise, of a statement that the server has already: given here. */
    record KnownParse(Runnable undo) implements Owed {}

    /** ParseComplete of a statement that is prepared on demand: nobody sees it. */
    record OwnParse(Runnable undo, Runnable failed) implements Owed {}

    /** BindComplete or CommandComplete of a PREPARE that is repeated on demand: nobody sees it. */
    record OwnStep(Runnable undo) implements Owed {}

    record Bind(@Nullable Definition definition) implements Owed {}

    /** Of a statement or a portal. */
    record Describe(@Nullable Definition definition) implements Owed {}

    record Execute(List<PlannedTrace> traces) implements Owed {}

    /** CloseComplete for the client, from the server. */
    record Close(Runnable undo) implements Owed {}

    /** CloseComplete of a statement that stays on the server for others: given here. */
    record KnownClose(Runnable undo) implements Owed {}

    record OwnClose(Runnable undo) implements Owed {}

    record Sync() implements Owed {}

    /** ReadyForQuery that nobody sees. */
    record OwnSync() implements Owed {}

    record Query(List<PlannedTrace> traces, Runnable undo) implements Owed {}

    record FunctionCall() implements Owed {}

    /** Nothing: here the client ended its COPY data, before the server asked for them. */
    record CopyEnd() implements Owed {}

    /** Everything up to ReadyForQuery: the server is asked for settings. */
    record Ask(List<String> names) implements Owed {}

    /** Likewise: whether anything keeps the server. */
    record AskStays() implements Owed {}

    /** Likewise: the client's settings are set. */
    record Replay() implements Owed {}

    /** Likewise: a simple query whose answer nobody needs but that it did not fail. */
    record OwnQuery() implements Owed {}
}
