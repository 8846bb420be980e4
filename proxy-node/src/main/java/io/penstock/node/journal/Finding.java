package io.penstock.node.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Operation;
import io.penstock.adapters.RowChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/** What a look at the API says about a mutation whose answer was lost. Pure: the reads have been done. */
sealed interface Finding {
    /**
     * It took effect.
     *
     * @param answer the rows as they are now
     * @param missing how many rows of the statement do not show it; 0 where all do
     */
    record Found(Answer answer, int missing) implements Finding {}

    /** No effect is to be seen. It proves something only once no request can still be at work. */
    record Absent() implements Finding {}

    /** Nothing can be concluded. */
    record Unclear(String reason) implements Finding {}

    /**
     * Of an INSERT.
     *
     * @param correlated the rows found by the correlation field, by ordinal, deleted ones included
     * @param current the same rows read by key: one that is missing has been deleted since
     */
    static Finding ofInsert(int rows, Map<Integer, String> correlated, Map<String, ObjectNode> current) {
        if (correlated.isEmpty()) {
            return new Absent();
        }
        List<AnswerRow> found = new ArrayList<>();
        for (int ordinal = 0; ordinal < rows; ordinal++) {
            String key = correlated.get(ordinal);
            if (key != null) {
                found.add(row(ordinal, key, current));
            }
        }
        return new Found(new Answer(found), rows - found.size());
    }

    /**
     * Of an UPDATE or DELETE, from the rows as they are now.
     *
     * @param holds whether the API's row holds what the change asked for
     */
    static Finding ofKeyed(
            Operation operation,
            List<RowChange> changes,
            Map<String, ObjectNode> current,
            BiPredicate<RowChange, ObjectNode> holds) {
        List<AnswerRow> rows = new ArrayList<>();
        int effects = 0;
        int missing = 0;
        for (RowChange change : changes) {
            AnswerRow row = row(change.ordinal(), String.valueOf(change.key()), current);
            rows.add(row);
            boolean effect = switch (row) {
                case AnswerRow.Present present -> operation == Operation.UPDATE && holds.test(change, present.row());
                // Of an UPDATE it says nothing: deleted afterwards, or before and therefore refused. The row has to go
                // either way.
                case AnswerRow.Gone _ -> operation == Operation.DELETE;
                case AnswerRow.KeyOnly _ -> false;
            };
            if (effect) {
                effects++;
            } else {
                missing++;
            }
        }
        boolean allGone = rows.stream().allMatch(AnswerRow.Gone.class::isInstance);
        return effects == 0 && !allGone ? new Absent() : new Found(new Answer(rows), missing);
    }

    private static AnswerRow row(int ordinal, String key, Map<String, ObjectNode> current) {
        ObjectNode row = current.get(key);
        return row == null ? new AnswerRow.Gone(ordinal, key) : new AnswerRow.Present(ordinal, key, row);
    }
}
