package io.penstock.node.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Mutation;
import java.time.Duration;
import java.util.List;

/**
 * What is written down before a request leaves: enough to find out later what became of it, and to finish it.
 *
 * @param mutation what will be sent; its id is the entry's
 * @param local values of columns that the API does not know, one object for each row of the mutation; empty where there are none
 * @param api the adapter's name, for people
 * @param user who logged in
 * @param role in whose name the statement runs
 * @param timeLeft how long the node may still send. Once it is over the node must not: recovery, here or elsewhere, takes the entry up then
 */
public record JournalEntry(
        Mutation mutation, List<ObjectNode> local, String api, String user, String role, Duration timeLeft) {
    public JournalEntry {
        local = List.copyOf(local);
        if (!local.isEmpty() && local.size() != mutation.rows().size()) {
            throw new IllegalArgumentException("local values for some rows only");
        }
        if (timeLeft.isNegative() || timeLeft.isZero()) {
            throw new IllegalArgumentException("no time is left to send anything");
        }
    }
}
