package io.penstock.protocol.session;

import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.sql.Classified;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement that the mutation side is to run. Everything that the client sent before it has been answered, without an error.
 *
 * <p>{@code statement} is never a {@link Classified.Relay}, {@link Classified.Prepare}, {@link Classified.Deallocate} or
 * {@link Classified.DryRun}. A {@link Classified.Refused} comes only where its table has no schema, so that the live search path has to
 * say whether it is a synced table at all; a mutation of a table that turns out not to be synced is given back by
 * {@link SessionEvent.MutationDeclined}.
 *
 * <p>On the client's server connection the mutation side may send what it likes (its BEGIN ... ROLLBACK outside a block, with Sync). When
 * the status is IDLE nothing uncommitted is there. When it is IN_BLOCK, everything that the client has done before is in that block: also
 * what it did outside one since the last Sync, for then the session has opened a block around it, {@code hiddenBlock}.
 *
 * @param sql exactly one statement
 * @param parameterTypes the object ids that Parse declared; may be shorter than the parameters
 * @param prepared what EXECUTE or EXPLAIN EXECUTE runs; null for every other statement
 * @param simpleQuery the client used the simple protocol, so the answer begins with a RowDescription where there are rows
 * @param transactionStatus never FAILED
 * @param hiddenBlock the block is the session's own, for what the client sees as one implicit transaction: no reason to warn it
 * @param maxRows row limit of Execute, 0 for none; for information only: the session itself hands out the rows in portions
 * @param dryRun {@code penstock.dry_run} is on, as far as the session saw it being set (function calls of set_config go unseen)
 */
public record MutationRequest(
        String sql,
        Classified statement,
        int[] parameterTypes,
        @Nullable KnownStatement prepared,
        short[] parameterFormats,
        List<byte @Nullable []> parameters,
        short[] resultFormats,
        boolean simpleQuery,
        TransactionStatus transactionStatus,
        boolean hiddenBlock,
        long maxRows,
        boolean dryRun) {
    public MutationRequest {
        parameters = Collections.unmodifiableList(new ArrayList<>(parameters));
        if (transactionStatus == TransactionStatus.FAILED) {
            throw new IllegalArgumentException("nothing runs in a failed transaction block");
        }
    }

    /** For logs: neither the text nor the values. */
    @Override
    public String toString() {
        return "MutationRequest[" + statement.getClass().getSimpleName() + ", " + parameters.size() + " parameters, "
                + transactionStatus + "]";
    }
}
