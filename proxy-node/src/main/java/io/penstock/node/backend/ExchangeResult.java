package io.penstock.node.backend;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessage.Column;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.TransactionStatus;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one exchange as results.
 *
 * @param results one for each statement that was executed or only described, in order
 * @param notices all NoticeResponses, wherever they came
 * @param error the first ErrorResponse; the statements before it have their results
 * @param status of the transaction at the end
 */
public record ExchangeResult(
        List<StatementResult> results,
        List<PgError> notices,
        @Nullable PgError error,
        TransactionStatus status) {

    public ExchangeResult {
        results = List.copyOf(results);
        notices = List.copyOf(notices);
    }

    /**
     * What one statement gave.
     *
     * @param parameterTypes object ids, if the statement was described
     * @param columns if it was described and gives rows
     * @param rows values in the formats asked for
     * @param tag the command tag; empty for an empty statement, null if it was only described, failed or is suspended
     * @param suspended whether the row limit was reached
     */
    public record StatementResult(
            @Nullable List<Integer> parameterTypes,
            @Nullable List<Column> columns,
            List<Row> rows,
            @Nullable String tag,
            boolean suspended) {
        public StatementResult {
            parameterTypes = parameterTypes == null ? null : List.copyOf(parameterTypes);
            columns = columns == null ? null : List.copyOf(columns);
            rows = List.copyOf(rows);
        }

        /** For logs: no values. */
        @Override
        public String toString() {
            return "StatementResult[" + rows.size() + " rows, " + tag + "]";
        }
    }

    /** One row. */
    public record Row(List<byte @Nullable []> values) {
        /** A value that came as text, null for NULL. */
        public @Nullable String text(int column) {
            byte @Nullable [] value = values.get(column);
            return value == null ? null : new String(value, UTF_8);
        }

        @Override
        public String toString() {
            return "Row[" + values.size() + " values]";
        }
    }

    /** Reads and releases the frames of one exchange. */
    public static ExchangeResult read(List<Frame> frames) {
        ExchangeReader reader = new ExchangeReader();
        try {
            for (Frame frame : frames) {
                BackendMessage message = BackendMessages.decode(frame);
                reader.on(message);
            }
        } finally {
            frames.forEach(Frame::release);
        }
        return reader.result();
    }

    /** The error's SQLSTATE, or {@code 00000}. */
    public String sqlState() {
        return error == null ? "00000" : error.sqlState();
    }

    /** This result, or the error as an exception. */
    public ExchangeResult orThrow() {
        if (error != null) {
            throw new StatementFailed(error);
        }
        return this;
    }

    /** The only, or last, statement's result. */
    public StatementResult last() {
        return results.getLast();
    }

    /** The rows of the last statement. */
    public List<Row> rows() {
        return last().rows();
    }

    /** The first column of the only row, as text, for a query that cannot give NULL there. */
    public String single() {
        if (rows().size() != 1) {
            throw new IllegalStateException(rows().size() + " rows in place of one");
        }
        return Objects.requireNonNull(rows().getFirst().text(0));
    }
}
