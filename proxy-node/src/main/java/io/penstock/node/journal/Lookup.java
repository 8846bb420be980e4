package io.penstock.node.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.RowChange;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Looks a mutation up at its API: an INSERT by what it left in the correlation field or by its idempotency keys, everything else by key. Blocks. */
final class Lookup {
    private Lookup() {}

    static Finding find(ApiTable table, OpenEntry entry) throws InterruptedException {
        String upsertOn = entry.upsertOn();
        Mutation mutation = new Mutation(
                entry.id(),
                entry.operation(),
                table.mapping(),
                entry.rows(),
                // A column that the table has no more is nothing that a row could be looked for by.
                upsertOn == null || table.mapping().column(upsertOn) == null ? null : upsertOn);
        try {
            return entry.operation() == Operation.INSERT
                    ? insert(table, mutation, entry.sinceDeadline())
                    : keyed(table, mutation);
        } catch (ReadFailed e) {
            return new Finding.Unclear(String.valueOf(e.getMessage()));
        }
    }

    private static Finding insert(ApiTable table, Mutation mutation, Duration sinceDeadline)
            throws ReadFailed, InterruptedException {
        ApiCall call = table.adapter().findByCorrelation(mutation);
        if (call == null) {
            return Replay.isPossible(table, mutation, sinceDeadline)
                    ? Replay.of(table, mutation)
                    : new Finding.Unclear(table.name() + " has no correlation field to look for the row by");
        }
        Map<Integer, ObjectNode> rows =
                table.read(call, response -> table.adapter().parseCorrelated(mutation, response));
        Map<Integer, String> keys = new HashMap<>();
        rows.forEach((ordinal, row) ->
                keys.put(ordinal, row.path(table.mapping().keyColumn()).asText()));
        // What was found may have been deleted since, and only a read by key says so.
        return Finding.ofInsert(
                mutation.rows().size(), keys, keys.isEmpty() ? Map.of() : table.readBack(List.copyOf(keys.values())));
    }

    private static Finding keyed(ApiTable table, Mutation mutation) throws ReadFailed, InterruptedException {
        List<String> keys = mutation.rows().stream()
                .map(RowChange::key)
                .map(String::valueOf)
                .distinct()
                .toList();
        return Finding.ofKeyed(
                mutation.operation(),
                mutation.rows(),
                table.readBack(keys),
                (change, row) -> table.adapter().holds(table.mapping(), change, row));
    }
}
