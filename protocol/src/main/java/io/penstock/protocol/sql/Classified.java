package io.penstock.protocol.sql;

import io.penstock.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** What a session has to do with one statement. */
public sealed interface Classified {
    /** Send it to the server as it is: it names no synced table as a target. */
    record Relay(Command command) implements Classified {}

    /** An INSERT, UPDATE or DELETE whose target may be a synced table. */
    record Mutation(Dml dml) implements Classified {}

    /**
     * EXPLAIN of such a mutation.
     *
     * @param inner the explained statement in the text of the EXPLAIN; the spans of {@code dml} count from its start
     */
    record Explain(ExplainOptions options, Span inner, Dml dml) implements Classified {}

    /**
     * PREPARE of such a mutation. PREPARE of anything else is relayed.
     *
     * @param types the list of parameter types between the parentheses, if there is one
     * @param inner the prepared statement in the text of the PREPARE; the spans within {@code innerClass} count from its start
     */
    record Prepare(String name, @Nullable Span types, Span inner, Classified innerClass) implements Classified {}

    /**
     * EXECUTE of a statement prepared by SQL or by Parse, whatever that is.
     *
     * @param arguments what stands between the parentheses, if there are any
     */
    record Execute(String name, @Nullable Span arguments) implements Classified {}

    /** EXPLAIN EXECUTE: like EXPLAIN of what was prepared under that name. */
    record ExplainExecute(
            ExplainOptions options, String name, @Nullable Span arguments) implements Classified {}

    /** DEALLOCATE of one prepared statement, or of all where the name is null. */
    record Deallocate(@Nullable String name) implements Classified {}

    /**
     * A statement that writes to a table that may be a synced one in a way that is not supported.
     *
     * @param table as written: where it has no schema, the live search path decides whether it is a synced table at all
     */
    record Refused(ErrorCode code, QualifiedName table) implements Classified {}

    /**
     * SET, RESET or SHOW of {@code penstock.dry_run}.
     *
     * @param local SET LOCAL: until the end of the transaction
     */
    record DryRun(Action action, boolean local) implements Classified {
        /** INVALID is a value that is no Boolean (SQLSTATE 22023). RESET is also SET ... TO DEFAULT. */
        public enum Action {
            ON,
            OFF,
            RESET,
            SHOW,
            INVALID
        }
    }
}
