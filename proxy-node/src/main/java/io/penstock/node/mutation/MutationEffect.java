package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
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
    record ReadBack(List<String> keys) implements MutationEffect {}

    /** Send a request again that the API knows by its key, until it says what became of it. */
    record Resend(ApiCall call) implements MutationEffect {}

    /** Find out what became of a lost request. */
    record Resolve(Mutation mutation) implements MutationEffect {}

    /**
     * Store rows and mark the journal, in one transaction, and commit.
     *
     * @param rows what each row becomes, key included
     * @param keys the API's ids, for the journal; empty where there is no entry to mark, as for a change of local columns
     */
    record Store(Operation operation, List<ObjectNode> rows, List<String> keys) implements MutationEffect {}

    /** Evaluate RETURNING over these rows on the client's server connection. */
    record Return(List<ObjectNode> rows) implements MutationEffect {}

    /** Keep the answer on the node's disk before anything else is done with it. */
    record NoteAccepted(Operation operation, List<RowOutcome> outcomes) implements MutationEffect {}

    /** The journal: the API refused it. */
    record NoteRejected(PgError error) implements MutationEffect {}

    /** The journal: certainly nothing took effect. */
    record NoteNotApplied(PgError error) implements MutationEffect {}

    /** The journal: nobody knows yet. */
    record NoteInDoubt(String reason) implements MutationEffect {}

    /** The journal: accepted by the API, refused by Postgres. */
    record NoteParked(PgError error) implements MutationEffect {}

    /** Roll back the writer's transaction, if one is open, and give the writer back. */
    record ReleaseWriter() implements MutationEffect {}

    /** Tell the client what would be asked of the API; that is the end. Without rows nothing would be. */
    record Explain(List<CapturedRow> rows, List<ApiCall> calls) implements MutationEffect {}

    /** End well: command tag and the rows of {@link Return} go to the client. */
    record Finish(int rows) implements MutationEffect {}

    /** End badly. */
    record Fail(PgError error) implements MutationEffect {}

    /** The target is no synced table: the server shall do the statement itself. */
    record Decline() implements MutationEffect {}
}
