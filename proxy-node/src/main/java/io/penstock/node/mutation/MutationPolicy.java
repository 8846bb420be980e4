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
        PgError always = refusal(dml, table);
        if (always != null || dml == null) {
            return always;
        }
        String ofSession = context.inTransaction();
        boolean refuse = ofSession == null || ofSession.isEmpty() ? refuseInTransaction : "refuse".equals(ofSession);
        return dependsOnSession() && refuse
                ? ErrorCode.MUTATION_IN_TRANSACTION.error(dml.operation(), table.name())
                : null;
    }

    /** Whether the statement may be evaluated before its context is known, as far as database and shape are concerned. */
    boolean allows(@Nullable Dml dml) {
        return refused == null && dml != null && dml.onConflict() != OnConflict.DO_UPDATE && !dml.whereCurrentOf();
    }

    /** Whether the session's penstock.in_transaction decides. */
    boolean dependsOnSession() {
        return inTransaction && !explain;
    }

    private @Nullable PgError refusal(@Nullable Dml dml, SyncedTable table) {
        if (refused != null) {
            return refused.error(table.name());
        }
        if (dml == null) {
            return ErrorCode.SHAPE_NOT_UNDERSTOOD.error(table.name(), "it is no INSERT, UPDATE or DELETE");
        }
        if (dml.onConflict() == OnConflict.DO_UPDATE && table.upsertColumn(dml) == null) {
            return ErrorCode.ON_CONFLICT_DO_UPDATE_REFUSED.error(table.name());
        }
        return dml.whereCurrentOf() ? ErrorCode.WHERE_CURRENT_OF_REFUSED.error(table.name()) : null;
    }
}
