package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.RowOutcome;
import io.penstock.protocol.error.PgError;
import java.util.List;

/** What a mutation wants done. Each but the last three and the notes is answered by exactly one event. */
sealed interface MutationEffect {
    /** Ask the client's server connection for the context. */
    record AskContext() implements MutationEffect {}

    /** Evaluate the statement on the client's server connection and roll it back. */
    record Capture() implements MutationEffect {}

    /** Have Postgres describe the RETURNING query. */
    record CheckReturning() implements MutationEffect {}

    /** Lease a writer, open its transaction, lock and compare the rows. */
    record Lock(List<CapturedRow> rows) implements MutationEffect {}

    /** Get permits and a token. */
    record Prepare(List<ApiCall> calls) implements MutationEffect {}

    /** Make the intent durable. */
    record Intend(Mutation mutation) implements MutationEffect {}

    /** Send one request. */
    record Send(ApiCall call) implements MutationEffect {}

    /** Read canonical rows of accepted keys. */
    record ReadBack(List<RowOutcome.Applied> applied) implements MutationEffect {}

    /** Find out what became of a lost request. */
    record Resolve(Mutation mutation) implements MutationEffect {}

    /**
     * Store rows and mark the journal, in one transaction, and commit.
     *
     * @param rows what each row becomes, by the order of the captured rows; key included
     * @param journalled whether there is an entry to mark: not for a change of local columns
     */
    record Store(List<CapturedRow> captured, List<ObjectNode> rows, boolean journalled) implements MutationEffect {}

    /** Evaluate RETURNING over these rows on the client's server connection. */
    record Return(List<ObjectNode> rows) implements MutationEffect {}

    /** Keep the answer on the node's disk before anything else is done with it. */
    record NoteAccepted(List<ObjectNode> rows) implements MutationEffect {}

    /** The journal: refused, nothing applied. */
    record NoteRejected(PgError error) implements MutationEffect {}

    /** The journal: nobody knows yet. */
    record NoteInDoubt(String reason) implements MutationEffect {}

    /** The journal: accepted by the API, refused by Postgres. */
    record NoteParked(PgError error) implements MutationEffect {}

    /** Roll back the writer's transaction, if one is open, and give the writer back. */
    record ReleaseWriter() implements MutationEffect {}

    /** End well: command tag and the rows of {@link Return} go to the client. */
    record Finish(int rows) implements MutationEffect {}

    /** End badly. */
    record Fail(PgError error) implements MutationEffect {}

    /** The target is no synced table: the server shall do the statement itself. */
    record Decline() implements MutationEffect {}
}
