package io.penstock.sandbox.hubspot;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The records of all types by id, archived ones too, and the live ones by each unique property. Every change can be undone back to a mark. */
final class RecordStore {
    private record Change(
            HubSpotObject type, long id, @Nullable HubSpotRecord before) {}

    private static final class Table {
        private final NavigableMap<Long, HubSpotRecord> records = new TreeMap<>();
        private final Map<String, Map<String, Long>> unique = new HashMap<>();
    }

    private final Map<HubSpotObject, Table> tables = new HashMap<>();
    private final Deque<Change> changes = new ArrayDeque<>();
    private final Duration indexLag;

    /** @param indexLag how long the version before a change has to be kept for searches */
    RecordStore(Duration indexLag) {
        this.indexLag = indexLag;
    }

    void put(HubSpotObject type, HubSpotRecord record) {
        HubSpotRecord last = table(type).records.get(record.id());
        changes.push(new Change(type, record.id(), last));
        // A search that saw the last version already needs none before it.
        boolean indexed = last != null && !last.updated().plus(indexLag).isAfter(record.updated());
        HubSpotRecord before = last != null && indexed ? last.following(null) : last;
        replace(type, record.id(), record.following(before));
    }

    /** The record, archived or not. */
    @Nullable
    HubSpotRecord get(HubSpotObject type, long id) {
        return table(type).records.get(id);
    }

    /** The record that is not archived and has this value of a unique property. */
    @Nullable
    HubSpotRecord lookUp(HubSpotObject type, HubSpotProperty property, String value) {
        Map<String, Long> ids = table(type).unique.get(property.name());
        Long id = ids == null ? null : ids.get(value);
        return id == null ? null : get(type, id);
    }

    /** By id, archived ones too. */
    Collection<HubSpotRecord> all(HubSpotObject type) {
        return table(type).records.values();
    }

    /** Those from this id on. */
    Collection<HubSpotRecord> from(HubSpotObject type, long id) {
        return table(type).records.tailMap(id, true).values();
    }

    int mark() {
        return changes.size();
    }

    void undoTo(int mark) {
        while (changes.size() > mark) {
            Change change = changes.pop();
            replace(change.type(), change.id(), change.before());
        }
    }

    /** What has been done stays done. */
    void commit() {
        changes.clear();
    }

    void clear() {
        tables.clear();
        changes.clear();
    }

    private void replace(HubSpotObject type, long id, @Nullable HubSpotRecord record) {
        Table table = table(type);
        HubSpotRecord old = record == null ? table.records.remove(id) : table.records.put(id, record);
        for (HubSpotProperty property : type.properties()) {
            if (property.unique()) {
                Map<String, Long> ids = table.unique.computeIfAbsent(property.name(), name -> new HashMap<>());
                String before = key(old, property);
                String now = key(record, property);
                if (before != null) {
                    ids.remove(before, id);
                }
                if (now != null) {
                    ids.put(now, id);
                }
            }
        }
    }

    private static @Nullable String key(@Nullable HubSpotRecord record, HubSpotProperty property) {
        return record == null || record.archived() != null
                ? null
                : record.properties().get(property.name());
    }

    private Table table(HubSpotObject type) {
        return tables.computeIfAbsent(type, key -> new Table());
    }
}
