package io.penstock.node.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the API has said about one row of a mutation that it applied. */
public sealed interface AnswerRow {
    /** The row's place in its statement. */
    int ordinal();

    /** The API's id. */
    String key();

    /** The API's canonical row: all columns that it knows, as {@code jsonb_populate_record} takes them. Nobody may change it afterwards. */
    record Present(int ordinal, String key, ObjectNode row) implements AnswerRow {
        /** Names no value: those stay out of logs. */
        @Override
        public String toString() {
            return "Present[" + ordinal + ", " + key + "]";
        }
    }

    /** The API applied it, and its canonical row has still to be read. */
    record KeyOnly(int ordinal, String key) implements AnswerRow {}

    /** The row does not exist at the API (any more): what a DELETE answers. */
    record Gone(int ordinal, String key) implements AnswerRow {}
}
