package io.penstock.sandbox.airtable;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The records of all tables in the order in which they were made. Every change can be undone back to the last commit. */
final class RecordStore {
    private record Change(
            AirtableTable table, String id, @Nullable AirtableRecord before) {}

    private final Map<String, Map<String, AirtableRecord>> tables = new HashMap<>();
    private final Deque<Change> changes = new ArrayDeque<>();

    void put(AirtableTable table, AirtableRecord record) {
        changes.push(new Change(table, record.id(), records(table).put(record.id(), record)));
    }

    void remove(AirtableTable table, String id) {
        changes.push(new Change(table, id, records(table).remove(id)));
    }

    @Nullable
    AirtableRecord get(AirtableTable table, String id) {
        return records(table).get(id);
    }

    Collection<AirtableRecord> all(AirtableTable table) {
        return records(table).values();
    }

    void undo() {
        while (!changes.isEmpty()) {
            Change change = changes.pop();
            if (change.before() == null) {
                records(change.table()).remove(change.id());
            } else {
                records(change.table()).put(change.id(), change.before());
            }
        }
    }

    void commit() {
        changes.clear();
    }

    void clear() {
        tables.clear();
        changes.clear();
    }

    private Map<String, AirtableRecord> records(AirtableTable table) {
        return tables.computeIfAbsent(table.id(), id -> new LinkedHashMap<>());
    }
}
