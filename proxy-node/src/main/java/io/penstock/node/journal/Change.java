package io.penstock.node.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One change of an entry's state, and what is known with it.
 *
 * @param from the states that it may leave; from any other it changes nothing
 * @param error what the client was told, as JSON
 * @param reason why it is not done, for the one who looks at the journal
 * @param attempts how many attempts of recovery it counts as
 * @param retryIn when recovery looks again; null where nothing is left to do, or at once
 */
record Change(
        JournalState to,
        Set<JournalState> from,
        @Nullable Answer answer,
        @Nullable ObjectNode error,
        @Nullable String reason,
        ApiTrace trace,
        int attempts,
        @Nullable Duration retryIn) {
    /** As the table of {@link JournalMachine} has it: every state that this cause may move by the event moves to the same one. */
    static Change of(JournalEvent event, JournalCause cause) {
        Set<JournalState> from = JournalMachine.sources(event, cause);
        JournalState to = from.stream()
                .findFirst()
                .flatMap(state -> JournalMachine.next(state, event, cause))
                .orElseThrow(() -> new IllegalStateException(cause + " may not bring " + event));
        return new Change(to, from, null, null, null, ApiTrace.NONE, 0, null);
    }

    /** Also from the states that would first become ACCEPTED: the answer is in hand. */
    Change orAccepting() {
        EnumSet<JournalState> wider = EnumSet.copyOf(from);
        wider.addAll(JournalMachine.sources(JournalEvent.API_ACCEPTED, JournalCause.RECOVERY));
        return new Change(to, wider, answer, error, reason, trace, attempts, retryIn);
    }

    Change with(Answer known) {
        return new Change(to, from, known, error, reason, trace, attempts, retryIn);
    }

    Change with(@Nullable ObjectNode told, ApiTrace known) {
        return new Change(to, from, answer, told, reason, known, attempts, retryIn);
    }

    Change because(@Nullable String why) {
        return new Change(to, from, answer, error, why, trace, attempts, retryIn);
    }

    Change again(Duration later) {
        return new Change(to, from, answer, error, reason, trace, attempts + 1, later);
    }
}
