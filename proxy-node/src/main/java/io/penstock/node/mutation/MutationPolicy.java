package io.penstock.node.mutation;

import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.sql.Dml;
import io.penstock.protocol.sql.OnConflict;
import org.jspecify.annotations.Nullable;

/**
 * What database and session allow a mutation.
 *
 * @param inTransaction the client has a transaction block open
 * @param refuseInTransaction the database's policy refuses mutations there instead of letting them escape; the session's own wins
 * @param explain only show what would be sent
 * @param refused why no synced table takes the statement, whatever its rows
 */
record MutationPolicy(
        boolean inTransaction,
        boolean refuseInTransaction,
        boolean explain,
        @Nullable ErrorCode refused) {
    /** Why the statement cannot be done, known without evaluating it; null where it can. */
    @Nullable
    PgError refusal(@Nullable Dml dml, SyncedTable table, StatementContext context) {
        if (refused != null) {
            return refused.error(table.name());
        }
        if (dml == null) {
            return ErrorCode.SHAPE_NOT_UNDERSTOOD.error(table.name(), "it is no INSERT, UPDATE or DELETE");
        }
        String ofSession = context.inTransaction();
        boolean refuse = ofSession == null || ofSession.isEmpty() ? refuseInTransaction : "refuse".equals(ofSession);
        if (inTransaction && refuse && !explain) {
            return ErrorCode.MUTATION_IN_TRANSACTION.error(dml.operation(), table.name());
        }
        if (dml.onConflict() == OnConflict.DO_UPDATE) {
            return ErrorCode.ON_CONFLICT_DO_UPDATE_REFUSED.error(table.name());
        }
        if (dml.whereCurrentOf()) {
            return ErrorCode.WHERE_CURRENT_OF_REFUSED.error(table.name());
        }
        return null;
    }
}
