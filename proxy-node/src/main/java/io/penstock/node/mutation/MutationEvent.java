package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.Verdict;
import io.penstock.protocol.error.PgError;
import java.util.List;
import java.util.Map;

/** What happens to a mutation. */
sealed interface MutationEvent {
    /** The client's session wants it done. */
    record Begun() implements MutationEvent {}

    /** Postgres says where the statement runs and what its target is. */
    record ContextKnown(StatementContext context) implements MutationEvent {}

    /** The statement was evaluated and rolled back. */
    record Captured(List<CapturedRow> rows) implements MutationEvent {}

    /** Postgres describes the RETURNING query as it describes the statement itself, or there is no RETURNING. */
    record ReturningAgreed() implements MutationEvent {}

    /** It does not: what Postgres said, without a value of the statement. */
    record ReturningDiffers(String reason) implements MutationEvent {}

    /** The client's own server refused a step on the client's connection. */
    record ServerRefused(PgError error) implements MutationEvent {}

    /** The writer holds the rows, unchanged since they were captured. */
    record Locked() implements MutationEvent {}

    /** The rows are no longer what was captured. */
    record RowsChanged() implements MutationEvent {}

    /** The writer could not take the rows: locks, no writer, Postgres in trouble. */
    record LockRefused(PgError error) implements MutationEvent {}

    /** Permit and token are at hand. */
    record Prepared() implements MutationEvent {}

    /** They are not. */
    record PrepareRefused(PgError error) implements MutationEvent {}

    /** The intent is durable. */
    record IntentDurable() implements MutationEvent {}

    /** It is not, so nothing may be sent. */
    record IntentRefused(PgError error) implements MutationEvent {}

    /** The API answered. */
    record Answered(Verdict verdict) implements MutationEvent {}

    /** The request certainly did not leave. */
    record NotSent(PgError error) implements MutationEvent {}

    /** Bytes may have left and no answer came. */
    record Lost(String reason) implements MutationEvent {}

    /** Canonical rows by key, read after the API had accepted them. */
    record ReadBack(Map<String, ObjectNode> rows) implements MutationEvent {}

    /** They could not be read now; what is known has to do until the next poll. */
    record ReadBackFailed() implements MutationEvent {}

    /** The lost request took effect, for every row. */
    record FoundApplied(List<RowOutcome.Applied> rows) implements MutationEvent {}

    /** The lost request took no effect, for certain. */
    record FoundNotApplied(String reason) implements MutationEvent {}

    /** It cannot be found out within the statement's time. */
    record StillUnknown(String reason) implements MutationEvent {}

    /** Rows and journal are committed; the rows as they stand now, by the order of the mutation. */
    record Stored(List<ObjectNode> rows) implements MutationEvent {}

    /** Postgres refused the rows themselves. */
    record RowRefused(PgError error) implements MutationEvent {}

    /** Postgres could not store them now. */
    record StoreFailed(PgError error) implements MutationEvent {}

    /** RETURNING was evaluated, or there is none. */
    record Returned() implements MutationEvent {}

    /**
     * A step ended in a way that it must not: a mistake of ours.
     *
     * @param logged under which the log has it
     */
    record Broken(String logged) implements MutationEvent {}

    /** The client asks for the statement to be cancelled. */
    record CancelRequested() implements MutationEvent {}
}
