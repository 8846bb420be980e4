package io.penstock.adapters;

import java.util.List;

/** What the answer to a write means. */
public sealed interface Verdict permits Verdict.Answered, Failure {
    /**
     * The API has said for each row of the call what became of it. Rejected rows stand beside applied ones only where the API is not atomic;
     * a batch refused as a whole is a {@link Failure.RequestRejected}.
     */
    record Answered(List<RowOutcome> outcomes) implements Verdict {
        public Answered {
            outcomes = List.copyOf(outcomes);
        }
    }
}
