package io.penstock.node.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/**
 * A connection of a random run that counts what it is told.
 *
 * <p>Every failure is one that the statement must have; any other ends the run. Only where faults strike may each statement fail by one of
 * {@link #TROUBLE}, and nothing is certain of what it did.
 */
final class TalliedConnection implements AutoCloseable {
    /** Outcome unknown; API unavailable, limited, or not accepting the token; row locked or still in doubt; not stored yet. */
    private static final Set<String> TROUBLE =
            Set.of("40003", "HV000", "53400", "HV00N", "55P03", "55000", "SY002", "23505");

    /** Perhaps applied, or applied and not stored yet: the journal says later which. */
    private static final Set<String> UNDECIDED = Set.of("40003", "SY002");

    private static final Pattern JOURNAL_ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** What a statement does at the API. */
    enum Asks {
        NOTHING,
        ONE_REQUEST
    }

    /** @param rows null where the statement failed */
    record Outcome(@Nullable List<List<@Nullable String>> rows, int count) {
        static final Outcome FAILED = new Outcome(null, 0);

        List<List<@Nullable String>> rowsOrNone() {
            return rows == null ? List.of() : rows;
        }

        boolean failed() {
            return rows == null;
        }

        @Nullable
        String value(int row, int column) {
            return rows == null ? null : rows.get(row).get(column);
        }
    }

    private final Connection connection;
    private final String name;
    private final boolean faults;
    private final RandomTally tally = new RandomTally();
    /** A fault has ended the transaction. */
    private boolean aborted;

    TalliedConnection(Connection connection, String name, boolean faults) {
        this.connection = connection;
        this.name = name;
        this.faults = faults;
    }

    RandomTally tally() {
        return tally;
    }

    /** Whether the API may fail at any time. */
    boolean faults() {
        return faults;
    }

    Connection connection() {
        return connection;
    }

    /** @param isolation one of {@link Connection}'s constants */
    void begin(int isolation) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(isolation);
        aborted = false;
    }

    /** Whether a fault has ended the transaction since {@link #begin}. */
    boolean aborted() {
        return aborted;
    }

    void end(boolean commit) throws SQLException {
        if (commit) {
            connection.commit();
        } else {
            connection.rollback();
        }
        connection.setAutoCommit(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    }

    Outcome run(Asks asks, String sql, Object... parameters) throws SQLException {
        return run(asks, Set.of(), sql, parameters);
    }

    /** @param expected SQLSTATEs with which the statement may fail */
    Outcome run(Asks asks, Set<String> expected, String sql, Object... parameters) throws SQLException {
        tally.statements++;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<List<@Nullable String>> rows = new ArrayList<>();
            int count = 0;
            if (statement.execute()) {
                try (ResultSet result = statement.getResultSet()) {
                    while (result.next()) {
                        List<@Nullable String> row = new ArrayList<>();
                        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                            row.add(result.getString(i));
                        }
                        rows.add(row);
                    }
                }
                count = rows.size();
            } else {
                count = Math.max(0, statement.getUpdateCount());
            }
            if (asks == Asks.ONE_REQUEST && count > 0) {
                tally.accepted++;
            }
            return new Outcome(rows, count);
        } catch (SQLException failure) {
            failed(asks, expected, sql, parameters, failure);
            return Outcome.FAILED;
        }
    }

    private void failed(Asks asks, Set<String> expected, String sql, Object[] parameters, SQLException failure)
            throws SQLException {
        String sqlState = String.valueOf(failure.getSQLState());
        if (!expected.contains(sqlState) && !(faults && TROUBLE.contains(sqlState))) {
            throw new AssertionError(
                    name + ", statement " + tally.statements + ": " + sqlState + " of " + sql + " "
                            + Arrays.toString(parameters),
                    failure);
        }
        tally.failed(sqlState);
        if (UNDECIDED.contains(sqlState)
                && failure instanceof PSQLException told
                && told.getServerErrorMessage() != null) {
            Matcher id = JOURNAL_ID.matcher(
                    String.valueOf(told.getServerErrorMessage().getHint()));
            assertThat(id.find()).as("a journal id in the hint").isTrue();
            tally.unknown.add(id.group());
        } else if (asks == Asks.ONE_REQUEST && !sqlState.startsWith("40")) {
            tally.rejected++;
        }
        if (!connection.getAutoCommit() && !expected.contains(sqlState)) {
            aborted = true;
            connection.rollback();
        }
    }

    /** Compares one row, but for its first column, which is its id. */
    void expect(Outcome outcome, int row, Object... values) {
        if (!faults) {
            List<String> expected = Arrays.stream(values).map(String::valueOf).toList();
            assertThat(outcome.rowsOrNone().get(row).subList(1, values.length + 1))
                    .isEqualTo(expected);
        }
    }

    void expectCount(Outcome outcome, int count) {
        if (!faults) {
            assertThat(outcome.count()).isEqualTo(count);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
