package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.RowOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rows of a mutation that the API has applied, in the statement's order. */
final class AppliedRows {
    private final Map<Integer, RowOutcome.Applied> rows = new TreeMap<>();

    void add(RowOutcome.Applied row) {
        rows.put(row.ordinal(), row);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    List<RowOutcome> all() {
        return List.copyOf(rows.values());
    }

    List<String> keys() {
        return rows.values().stream().map(RowOutcome.Applied::key).toList();
    }

    /** Whether the API has told the key of a row and nothing else. */
    boolean lacksRow() {
        return rows.values().stream().anyMatch(row -> row.canonical() == null);
    }

    /** @param canonical by key; a row that is not among them stays as it is */
    void readBack(Map<String, ObjectNode> canonical) {
        rows.replaceAll((ordinal, row) ->
                new RowOutcome.Applied(ordinal, row.key(), canonical.getOrDefault(row.key(), row.canonical())));
    }

    /** The rows to store: as Postgres evaluated them, with everything over it that the API has said. */
    List<ObjectNode> over(List<CapturedRow> captured, String keyColumn) {
        List<ObjectNode> results = new ArrayList<>(rows.size());
        for (RowOutcome.Applied row : rows.values()) {
            ObjectNode result = captured.get(row.ordinal()).result().deepCopy();
            ObjectNode canonical = row.canonical();
            if (canonical != null) {
                result.setAll(canonical);
            }
            result.put(keyColumn, row.key());
            results.add(result);
        }
        return results;
    }
}
