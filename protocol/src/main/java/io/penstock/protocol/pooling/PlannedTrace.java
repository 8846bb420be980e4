package io.penstock.protocol.pooling;

import io.penstock.protocol.sql.SessionTrace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a statement leaves behind as soon as the server has completed it.
 *
 * @param definition what it prepares or deallocates; null if nothing, or what the client does not have
 * @param there the name of that on the server
 */
record PlannedTrace(
        SessionTrace trace,
        @Nullable Definition definition,
        @Nullable String there) {
    static List<PlannedTrace> of(List<SessionTrace> traces) {
        return traces.isEmpty()
                ? List.of()
                : traces.stream().map(PlannedTrace::of).toList();
    }

    static PlannedTrace of(SessionTrace trace) {
        return new PlannedTrace(trace, null, null);
    }

    /** Whether its completion has to be noticed. */
    boolean isNoted() {
        return trace.isStructural() || trace.listening() != null;
    }

    /** Whether names mean something else behind it. */
    boolean isStructural() {
        return trace.isStructural();
    }
}
