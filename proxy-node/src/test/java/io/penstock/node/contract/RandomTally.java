package io.penstock.node.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the clients of a random run have been told, to be compared with what API, table and journal hold in the end. */
final class RandomTally {
    /** Statements sent. */
    int statements;
    /** Statements that the API must have accepted, one request each. */
    int accepted;
    /** Statements that the API must have refused, one request each. */
    int rejected;
    /** By how much the scores of the contended rows must have risen. */
    int bumps;
    /** Contended rows that were deleted. */
    int eaten;
    /** Rows of the ordinary table that were committed. */
    int orders;
    /** Journal entries of the statements whose outcome was said to be unknown, or not to be stored yet. */
    final List<String> unknown = new ArrayList<>();
    /** How often each SQLSTATE was seen. */
    final Map<String, Integer> failures = new TreeMap<>();

    void failed(String sqlState) {
        failures.merge(sqlState, 1, Integer::sum);
    }

    void add(RandomTally other) {
        statements += other.statements;
        accepted += other.accepted;
        rejected += other.rejected;
        bumps += other.bumps;
        eaten += other.eaten;
        orders += other.orders;
        unknown.addAll(other.unknown);
        other.failures.forEach((sqlState, count) -> failures.merge(sqlState, count, Integer::sum));
    }

    @Override
    public String toString() {
        return statements + " statements: " + accepted + " accepted by the API, " + rejected + " refused by it, "
                + unknown.size() + " of unknown outcome; failures " + failures;
    }
}
