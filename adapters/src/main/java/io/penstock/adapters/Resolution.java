package io.penstock.adapters;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what became of a write whose answer was lost. Pure: the caller does what a {@link Step} says and comes back with what it saw.
 *
 * <pre>
 * the API knows repeated keys                      Resend, and parse the answer as that of the write
 * nothing looked up yet                            Ask: an INSERT by correlation, an UPDATE or DELETE by key
 * INSERT without a correlation field               InDoubt: nothing can be asked
 *
 *          looked up and seen                      request may still run        request is over
 * INSERT   all rows                                Settled, applied             Settled, applied
 *          no row                                  Wait                         Settled, not applied
 *          some rows                               Wait                         atomic: InDoubt, else Settled
 * UPDATE   all rows hold the values                Settled, applied             Settled, applied
 *          no row left                             Wait                         Settled, not applied
 *          an atomic one not touched since sent    Wait                         Settled, not applied
 *          not atomic, each holds the values,
 *          was not touched since sent or is gone   Wait                         Settled by row
 *          anything else                           Wait                         InDoubt
 * DELETE   no row left                             Settled, applied             Settled, applied
 *          all or some left                        Wait                         atomic: Settled, not applied; else Settled by row
 * </pre>
 *
 * The danger is the request that still runs: the absence of its rows proves nothing until the API's own timeout has passed.
 */
public final class Resolution {
    /** How far the API's clock and ours may be apart before a timestamp of the one proves something to the other. */
    static final Duration CLOCK_SKEW = Duration.ofMinutes(2);

    /** How soon to look again while the request may still run. */
    static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    /**
     * What is known.
     *
     * @param sentAt when the first bytes may have left
     * @param seen canonical rows by ordinal as they were found after that, or null before the first look
     */
    public record Facts(
            Instant sentAt, Instant now, @Nullable Map<Integer, ObjectNode> seen) {}

    /** What to do next. */
    public sealed interface Step {
        /** Send these reads and hand their answers to {@link #observe}. */
        record Ask(List<ApiCall> calls) implements Step {}

        /** Send these writes again: their keys make it safe. */
        record Resend(List<ApiCall> calls) implements Step {}

        /** Known for every row. */
        record Settled(List<RowOutcome.Applied> applied, List<Integer> notApplied, String reason) implements Step {}

        /** Ask again after this time. */
        record Wait(Duration time) implements Step {}

        /** It cannot be found out; a person decides. */
        record InDoubt(String reason) implements Step {}
    }

    private Resolution() {}

    public static Step next(Adapter adapter, Mutation mutation, Facts facts) {
        Capabilities can = adapter.capabilities(mutation.table(), mutation.operation());
        Map<Integer, ObjectNode> seen = facts.seen();
        if (seen == null) {
            return begin(adapter, mutation, can);
        }
        Duration running = Duration.between(facts.now(), facts.sentAt().plus(can.serverTimeout()));
        Step settled = settle(adapter, mutation, can, facts.sentAt(), seen);
        boolean applied =
                settled instanceof Step.Settled done && done.notApplied().isEmpty();
        if (applied || !running.isPositive()) {
            return settled;
        }
        return new Step.Wait(running.compareTo(LOOK_AGAIN) < 0 ? running : LOOK_AGAIN);
    }

    private static Step begin(Adapter adapter, Mutation mutation, Capabilities can) {
        if (can.idempotency() == Capabilities.Idempotency.KEY
                && adapter.plan(mutation) instanceof Plan.Planned planned) {
            return new Step.Resend(planned.calls());
        }
        if (mutation.operation() != Operation.INSERT) {
            return new Step.Ask(adapter.readBack(mutation.table(), keys(mutation)));
        }
        ApiCall find = adapter.findByCorrelation(mutation);
        return find == null ? new Step.InDoubt("the table has no correlation field") : new Step.Ask(List.of(find));
    }

    /** Puts the answers to an {@link Step.Ask} together, in the order of its calls; the first failure where one failed. */
    public static Reading<Map<Integer, ObjectNode>> observe(
            Adapter adapter, Mutation mutation, List<ApiCall> calls, List<ApiResponse> responses) {
        Map<Integer, ObjectNode> seen = new TreeMap<>();
        for (int i = 0; i < calls.size(); i++) {
            Reading<Map<Integer, ObjectNode>> reading = mutation.operation() == Operation.INSERT
                    ? adapter.parseCorrelated(mutation, responses.get(i))
                    : byOrdinal(mutation, adapter.parseReadBack(mutation.table(), calls.get(i), responses.get(i)));
            switch (reading) {
                case Reading.Got<Map<Integer, ObjectNode>>(Map<Integer, ObjectNode> rows) -> seen.putAll(rows);
                case Reading.Failed<Map<Integer, ObjectNode>> failed -> {
                    return failed;
                }
            }
        }
        return new Reading.Got<>(seen);
    }

    private static Reading<Map<Integer, ObjectNode>> byOrdinal(
            Mutation mutation, Reading<Map<String, ObjectNode>> reading) {
        return switch (reading) {
            case Reading.Failed<Map<String, ObjectNode>>(Failure failure) -> new Reading.Failed<>(failure);
            case Reading.Got<Map<String, ObjectNode>>(Map<String, ObjectNode> rows) -> {
                Map<Integer, ObjectNode> seen = new TreeMap<>();
                for (RowChange row : mutation.rows()) {
                    ObjectNode canonical = rows.get(row.key());
                    if (canonical != null) {
                        seen.put(row.ordinal(), canonical);
                    }
                }
                yield new Reading.Got<>(seen);
            }
        };
    }

    private static Step settle(
            Adapter adapter, Mutation mutation, Capabilities can, Instant sentAt, Map<Integer, ObjectNode> seen) {
        List<RowOutcome.Applied> applied = new ArrayList<>();
        List<Integer> others = new ArrayList<>();
        boolean untouched = false;
        boolean changed = false;
        for (RowChange row : mutation.rows()) {
            ObjectNode canonical = seen.get(row.ordinal());
            RowOutcome.Applied outcome = applied(adapter, mutation, row, canonical);
            if (outcome != null) {
                applied.add(outcome);
            } else {
                others.add(row.ordinal());
                boolean old = canonical != null && untouchedSince(mutation.table(), canonical, sentAt);
                untouched |= old;
                changed |= canonical != null && !old;
            }
        }
        if (others.isEmpty()) {
            return new Step.Settled(applied, List.of(), "the API holds all rows as the statement left them");
        }
        return switch (mutation.operation()) {
            case INSERT ->
                applied.isEmpty() || !can.atomic()
                        ? new Step.Settled(applied, others, "the API does not hold the rows")
                        : new Step.InDoubt("the API holds some of the rows, though it takes all or none");
            case UPDATE -> {
                boolean gone = seen.isEmpty();
                if (gone || (can.atomic() && untouched)) {
                    yield new Step.Settled(
                            List.of(),
                            mutation.rows().stream().map(RowChange::ordinal).toList(),
                            gone
                                    ? "the rows no longer exist at the API"
                                    : "the API's rows are older than the statement");
                }
                if (!can.atomic() && !changed) {
                    yield new Step.Settled(applied, others, "the API's other rows are older than the statement");
                }
                yield new Step.InDoubt("the API's rows have changed since, but not to what the statement asked for");
            }
            case DELETE ->
                can.atomic()
                        ? new Step.Settled(
                                List.of(),
                                mutation.rows().stream().map(RowChange::ordinal).toList(),
                                "the API still holds rows")
                        : new Step.Settled(applied, others, "the API still holds some of the rows");
        };
    }

    private static RowOutcome.@Nullable Applied applied(
            Adapter adapter, Mutation mutation, RowChange row, @Nullable ObjectNode canonical) {
        String key = row.key();
        return switch (mutation.operation()) {
            case INSERT ->
                canonical == null
                        ? null
                        : new RowOutcome.Applied(
                                row.ordinal(),
                                canonical.path(mutation.table().keyColumn()).asText(),
                                canonical);
            case UPDATE ->
                key == null || canonical == null || !adapter.holds(mutation.table(), row, canonical)
                        ? null
                        : new RowOutcome.Applied(row.ordinal(), key, canonical);
            case DELETE -> key == null || canonical != null ? null : new RowOutcome.Applied(row.ordinal(), key, null);
        };
    }

    private static boolean untouchedSince(TableMapping table, ObjectNode canonical, Instant sentAt) {
        String column = table.modifiedColumn();
        String modified = column == null ? null : Json.text(canonical, column);
        if (modified == null) {
            return false;
        }
        try {
            return OffsetDateTime.parse(modified).toInstant().isBefore(sentAt.minus(CLOCK_SKEW));
        } catch (DateTimeException notATime) {
            return false;
        }
    }

    private static List<String> keys(Mutation mutation) {
        return mutation.rows().stream().map(row -> String.valueOf(row.key())).toList();
    }
}
