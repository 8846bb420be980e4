package io.penstock.node.journal;

import io.penstock.adapters.Operation;
import io.penstock.node.journal.SyncedRowStore.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What recovery does with an open entry: the pure core of {@link Recoverer}.
 *
 * <pre>
 * entry                 known                                  step
 * ACCEPTED, PARKED      the API's answer                       store it
 * INTENT, IN_DOUBT      nothing                                ask the API
 *   asked               found, all rows                        store what was found
 *   asked               found, some rows; quiet                store what was found, with a remark
 *   asked               found, some rows; not quiet            later
 *   asked               no effect; quiet                       close: NOT_APPLIED
 *   asked               no effect; not quiet                   later: a request may still be at work
 *   asked               no conclusion                          later
 *   stored              refused by Postgres for good           park, later
 * </pre>
 *
 * "Quiet" is the time from which no request of the entry can be at work any more: its deadline, after which its node sends nothing, plus the
 * time that the API may spend on a request that nobody waits for.
 */
final class RecoveryDecision {
    /** What to do next. */
    sealed interface Step {
        /** Bring the table to what the API answered, and close the entry in the same transaction. */
        record Store(Answer answer, @Nullable String remark) implements Step {}

        /** Look the mutation up at the API. */
        record AskApi() implements Step {}

        /** It is known now that it took no effect. */
        record Close(String reason) implements Step {}

        /** Look again later. */
        record Later(JournalEvent event, String reason, Duration delay) implements Step {}
    }

    /** Two nodes' clocks play no part (all times are the database's), but a packet may still be under way when its sender gives up. */
    static final Duration MARGIN = Duration.ofSeconds(2);

    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(5);

    private RecoveryDecision() {}

    static Step first(JournalState state, @Nullable Answer answer) {
        return switch (state) {
            case INTENT, IN_DOUBT -> new Step.AskApi();
            case ACCEPTED, PARKED -> {
                if (answer == null) {
                    throw new IllegalStateException(state + " without an answer");
                }
                yield new Step.Store(answer, null);
            }
            case APPLIED, NOT_APPLIED, REJECTED ->
                throw new IllegalStateException("nothing is left to do about an entry that is " + state);
        };
    }

    /**
     * @param attempts how often it was tried before
     * @param untilQuiet zero or negative once no request can be at work any more
     */
    static Step afterFinding(Finding finding, int attempts, Duration untilQuiet) {
        boolean quiet = !untilQuiet.isPositive();
        return switch (finding) {
            case Finding.Found found when found.missing() == 0 -> new Step.Store(found.answer(), null);
            case Finding.Found found
            when quiet ->
                new Step.Store(
                        found.answer(),
                        found.missing()
                                + " of its rows do not show it: they were refused, or changed or deleted since");
            case Finding.Found found ->
                later(found.missing() + " of its rows do not show it yet", attempts, untilQuiet);
            case Finding.Absent _
            when quiet -> new Step.Close("looked for and not found: it was never applied, or changed back since");
            case Finding.Absent _ ->
                later("no effect so far, but the request may still be at work", attempts, untilQuiet);
            case Finding.Unclear unclear ->
                new Step.Later(JournalEvent.STILL_UNCLEAR, unclear.reason(), backOff(attempts));
        };
    }

    /**
     * The keys of an answer that may be history by now, so that its rows have to be read once more before they are stored.
     *
     * @param standings how the answer's rows compare with the table's, which are locked
     */
    static List<String> toReadAgain(Operation operation, Answer answer, Map<String, Standing> standings) {
        return answer.rows().stream()
                .filter(row -> mayBeHistory(operation, row, standings))
                .map(AnswerRow::key)
                .distinct()
                .toList();
    }

    private static boolean mayBeHistory(Operation operation, AnswerRow row, Map<String, Standing> standings) {
        return switch (row) {
            case AnswerRow.KeyOnly _ -> true;
            case AnswerRow.Gone _ -> false;
            case AnswerRow.Present present ->
                switch (standings.getOrDefault(present.key(), Standing.ABSENT)) {
                    case SAME, OLDER -> false;
                    case NOT_CERTAINLY_OLDER -> true;
                    // A row that was there when the UPDATE began is gone: somebody deleted it since.
                    case ABSENT -> operation != Operation.INSERT;
                };
        };
    }

    /** After Postgres has refused the rows for a reason that repeating alone does not mend. */
    static Step.Later afterRefusal(String reason, int attempts) {
        // Somebody has to change something first, so the first second is not worth much.
        return new Step.Later(JournalEvent.ROW_REFUSED, reason, backOff(attempts + 3));
    }

    /** 1 s, 2 s, 4 s ... 5 min: for ever, and visibly, but never often. */
    static Duration backOff(int attempts) {
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.clamp(attempts, 0, 20));
        return delay.compareTo(LONGEST_DELAY) < 0 ? delay : LONGEST_DELAY;
    }

    private static Step later(String reason, int attempts, Duration untilQuiet) {
        Duration delay = backOff(attempts);
        // Not much beyond the moment at which the answer becomes final.
        return new Step.Later(JournalEvent.STILL_UNCLEAR, reason, delay.compareTo(untilQuiet) < 0 ? delay : untilQuiet);
    }
}
