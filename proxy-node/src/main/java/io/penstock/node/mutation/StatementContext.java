package io.penstock.node.mutation;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a statement runs, by the word of the client's own server connection.
 *
 * @param table the target on the live search path; null where that is no synced table
 * @param processId of the client's server process
 * @param repeatableRead the transaction may not see rows that were committed after it began
 * @param transactionStart identifies the transaction within its session
 * @param sessionUser who logged in to Postgres
 * @param role current_user
 * @param dryRun penstock.dry_run
 * @param inTransaction penstock.in_transaction, null where the session leaves it to the database's setting
 * @param settings what changes how a value is written as text, to be the same in the writer's session
 */
record StatementContext(
        @Nullable SyncedTable table,
        int processId,
        boolean repeatableRead,
        String transactionStart,
        String sessionUser,
        String role,
        boolean dryRun,
        @Nullable String inTransaction,
        Map<String, String> settings) {
    StatementContext {
        settings = Map.copyOf(settings);
    }
}
