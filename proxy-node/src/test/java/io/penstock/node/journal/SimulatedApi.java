package io.penstock.node.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.RowChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The API in a simulation: requests reach it late, or never, and answers are lost. */
final class SimulatedApi {
    /** How long it may work on a request that nobody waits for. */
    static final long SERVER_TIMEOUT = 3_000;

    /** A request under way. Times are virtual milliseconds. */
    static final class Flight {
        final Mutation mutation;
        final long arrives;
        final boolean refused;
        final long answerArrives;

        @Nullable
        Answer answer;

        boolean arrived;

        Flight(Mutation mutation, long arrives, boolean refused, long answerArrives) {
            this.mutation = mutation;
            this.arrives = arrives;
            this.refused = refused;
            this.answerArrives = answerArrives;
        }
    }

    final Map<String, ObjectNode> rows = new TreeMap<>();
    /** How often each mutation took effect. */
    final Map<UUID, Integer> applied = new HashMap<>();

    private final Map<String, String> keyByCorrelation = new HashMap<>();
    private final List<Flight> flights = new ArrayList<>();
    private int nextKey;

    /** @param deadline the sender sends nothing after it */
    Flight send(Mutation mutation, long now, long deadline, Random random) {
        long latest = deadline + SERVER_TIMEOUT - now;
        long delay = random.nextInt(4) == 0 ? (long) (random.nextDouble() * latest) : random.nextInt(300);
        boolean answered = random.nextInt(6) != 0;
        Flight flight = new Flight(
                mutation,
                random.nextInt(8) == 0 ? Long.MAX_VALUE : now + delay,
                random.nextInt(8) == 0,
                answered ? now + delay + random.nextInt(300) : Long.MAX_VALUE);
        flights.add(flight);
        return flight;
    }

    void deliver(long now) {
        for (Flight flight : flights) {
            if (!flight.arrived && flight.arrives <= now) {
                flight.arrived = true;
                if (!flight.refused) {
                    flight.answer = apply(flight.mutation, now);
                }
            }
        }
        flights.removeIf(flight -> flight.arrived);
    }

    boolean quiet() {
        return flights.stream().allMatch(flight -> flight.arrives == Long.MAX_VALUE);
    }

    private Answer apply(Mutation mutation, long now) {
        RowChange change = mutation.rows().getFirst();
        if (mutation.operation() == Operation.UPDATE && !rows.containsKey(change.key())) {
            // Deleted meanwhile: no effect; the real one refuses it.
            return new Answer(List.of(new AnswerRow.Gone(0, String.valueOf(change.key()))));
        }
        applied.merge(mutation.id(), 1, Integer::sum);
        if (mutation.operation() == Operation.DELETE) {
            rows.remove(change.key());
            return new Answer(List.of(new AnswerRow.Gone(0, String.valueOf(change.key()))));
        }
        String key = mutation.operation() == Operation.INSERT ? "k" + nextKey++ : String.valueOf(change.key());
        ObjectNode row = JournalJson.object().put("id", key);
        row.setAll(change.values());
        // The API's clock counts in seconds.
        row.put("modified", Long.toString(now / 1_000));
        rows.put(key, row);
        if (mutation.operation() == Operation.INSERT) {
            keyByCorrelation.put(mutation.correlation(0), key);
        }
        return new Answer(List.of(new AnswerRow.Present(0, key, row)));
    }

    Finding find(Mutation mutation) {
        if (mutation.operation() == Operation.INSERT) {
            String key = keyByCorrelation.get(mutation.correlation(0));
            return Finding.ofInsert(1, key == null ? Map.of() : Map.of(0, key), rows);
        }
        return Finding.ofKeyed(
                mutation.operation(),
                mutation.rows(),
                rows,
                (change, row) -> row.get("name").equals(change.values().get("name")));
    }

    AnswerRow read(int ordinal, String key) {
        ObjectNode row = rows.get(key);
        return row == null ? new AnswerRow.Gone(ordinal, key) : new AnswerRow.Present(ordinal, key, row);
    }
}
