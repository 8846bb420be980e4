package io.penstock.adapters;

import java.util.List;

/** What an adapter makes of a mutation before anything is sent. */
public sealed interface Plan {
    /**
     * The requests, in order. One where the API takes the rows in one request; one a row where it must fan out; none where no assigned column
     * is the API's.
     */
    record Planned(List<ApiCall> calls) implements Plan {
        public Planned {
            calls = List.copyOf(calls);
        }
    }

    /** Nothing will be sent. */
    record Refused(Rejection rejection) implements Plan {}
}
