package io.penstock.node.journal;

import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Tells a row that Postgres does not want from a Postgres that cannot just now. */
public final class Refusals {
    /**
     * Classes of SQLSTATE that speak about the row or the table's definition: 0A not supported, 21 cardinality, 22 data, 23 constraint, 2B and 42 definition,
     * 44 view check, 54 size, P0 a trigger's RAISE. The others (connection, resources, locks, shutdown, read-only) pass by themselves.
     */
    private static final Set<String> CLASSES = Set.of("0A", "21", "22", "23", "2B", "42", "44", "54", "P0");

    private Refusals() {}

    /** Whether repeating alone does not mend it. */
    public static boolean forGood(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && state.length() == 5 && CLASSES.contains(state.substring(0, 2));
    }

    /** What Postgres said, for the one who looks at the journal. The detail may hold values of the row; the journal holds them anyway. */
    static PgError error(SQLException failure) {
        String state = failure.getSQLState();
        @Nullable
        ServerErrorMessage server = failure instanceof PSQLException refused ? refused.getServerErrorMessage() : null;
        String message = server == null ? null : server.getMessage();
        PgError error = PgError.of(
                Severity.ERROR,
                state != null && PgError.isSqlState(state) ? state : "XX000",
                message == null ? "the row could not be stored" : message);
        return server == null
                ? error
                : error.withDetail(server.getDetail())
                        .withTable(server.getSchema(), server.getTable())
                        .withColumn(server.getColumn())
                        .withConstraint(server.getConstraint());
    }
}
