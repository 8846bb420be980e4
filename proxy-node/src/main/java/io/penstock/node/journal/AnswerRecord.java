package io.penstock.node.journal;

import java.util.UUID;

/** One record of an {@link AnswerFile}. */
sealed interface AnswerRecord {
    /** The mutation it is about. */
    UUID id();

    /**
     * The API accepted the mutation and answered this.
     *
     * @param answer JSON in UTF-8, see {@link Answer}; not copied, so nobody may write to it afterwards
     */
    record Held(UUID id, byte[] answer) implements AnswerRecord {
        /** Well above any answer to 200 rows, well below what would make a wrong length allocate a heap. */
        static final int MAX_BYTES = 64 << 20;

        public Held {
            if (answer.length > MAX_BYTES) {
                throw new IllegalArgumentException("an answer of " + answer.length + " bytes is beyond the bound");
            }
        }
    }

    /** The answer is in Postgres now (or can never be needed again): forget it. */
    record Released(UUID id) implements AnswerRecord {}
}
