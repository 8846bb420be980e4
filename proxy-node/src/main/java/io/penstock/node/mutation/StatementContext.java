package io.penstock.node.mutation;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a statement runs, by the word of the client's own server connection.
 *
 * @param relation oid of the target on the live search path, 0 where there is no such table
 * @param processId of the client's server process
 * @param repeatableRead the transaction may not see rows that were committed after it began
 * @param transactionStart identifies the transaction within its session
 * @param settings what changes how a value is written as text, to be the same in the writer's session
 * @param role current_user, for the journal
 */
public record StatementContext(
        long relation,
        int processId,
        boolean repeatableRead,
        String transactionStart,
        String role,
        Map<String, String> settings,
        @Nullable SyncedTable table) {
    public StatementContext {
        settings = Map.copyOf(settings);
    }
}
