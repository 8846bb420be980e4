package io.penstock.node.journal;

import io.penstock.adapters.Operation;
import io.penstock.adapters.RowOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the API has said about a mutation that it applied: the rows that have to be in Postgres, or out of it, for the two to agree. */
public record Answer(List<AnswerRow> rows) {
    public Answer {
        rows = List.copyOf(rows);
    }

    /** The applied rows among {@code outcomes}, as an adapter parsed them. */
    public static Answer of(Operation operation, List<RowOutcome> outcomes) {
        List<AnswerRow> rows = new ArrayList<>();
        for (RowOutcome outcome : outcomes) {
            if (outcome instanceof RowOutcome.Applied applied) {
                if (operation == Operation.DELETE) {
                    rows.add(new AnswerRow.Gone(applied.ordinal(), applied.key()));
                } else if (applied.canonical() == null) {
                    rows.add(new AnswerRow.KeyOnly(applied.ordinal(), applied.key()));
                } else {
                    rows.add(new AnswerRow.Present(applied.ordinal(), applied.key(), applied.canonical()));
                }
            }
        }
        return new Answer(rows);
    }

    /** The API's ids, in the order of the rows. */
    public List<String> keys() {
        return rows.stream().map(AnswerRow::key).toList();
    }

    /** The same, with what was read later in the place of what was answered. */
    Answer with(Map<String, AnswerRow> read) {
        return new Answer(
                rows.stream().map(row -> read.getOrDefault(row.key(), row)).toList());
    }
}
