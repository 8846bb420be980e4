package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The records of all types, deleted ones too. A stored record is never changed, only replaced, so whoever holds one holds a snapshot.
 *
 * <p>Every change can be undone back to a {@link #mark()}.
 */
final class RecordStore {
    /** What stood under an id before a change; null when nothing did. */
    private record Before(
            SalesforceObject type, String id, @Nullable ObjectNode record) {}

    /** The records of one type, and for each field that a record is looked up by, its values (in lower case, sorted) to ids. */
    private static final class Table {
        private final Map<String, ObjectNode> records = new LinkedHashMap<>();
        private final Map<String, NavigableMap<String, Set<String>>> indexes = new HashMap<>();

        private Table(SalesforceObject type) {
            for (SalesforceField field : type.fields()) {
                if (field.externalId() || field.name().equals(type.duplicatesBy())) {
                    indexes.put(field.name(), new TreeMap<>());
                }
            }
        }

        private void replace(String id, @Nullable ObjectNode record) {
            ObjectNode before = record == null ? records.remove(id) : records.put(id, record);
            for (Map.Entry<String, NavigableMap<String, Set<String>>> index : indexes.entrySet()) {
                String old = key(before, index.getKey());
                String now = key(record, index.getKey());
                if (old != null && !old.equals(now)) {
                    Set<String> ids = index.getValue().getOrDefault(old, new LinkedHashSet<>());
                    ids.remove(id);
                    if (ids.isEmpty()) {
                        index.getValue().remove(old);
                    }
                }
                if (now != null && !now.equals(old)) {
                    index.getValue()
                            .computeIfAbsent(now, key -> new LinkedHashSet<>())
                            .add(id);
                }
            }
        }

        private NavigableMap<String, Set<String>> index(String field) {
            return indexes.getOrDefault(field, new TreeMap<>());
        }

        private List<ObjectNode> records(Set<String> ids) {
            List<ObjectNode> found = new ArrayList<>(ids.size());
            for (String id : ids) {
                ObjectNode record = records.get(id);
                if (record != null) {
                    found.add(record);
                }
            }
            return found;
        }

        private static @Nullable String key(@Nullable ObjectNode record, String field) {
            JsonNode value = record == null ? MissingNode.getInstance() : record.path(field);
            return value.isTextual() ? value.textValue().toLowerCase(Locale.ROOT) : null;
        }
    }

    private final Map<String, Table> tables = new HashMap<>();
    private final Deque<Before> changes = new ArrayDeque<>();

    static boolean isDeleted(ObjectNode record) {
        return record.path("IsDeleted").asBoolean();
    }

    void put(SalesforceObject type, ObjectNode record) {
        String id = record.path("Id").textValue();
        Table table = table(type);
        changes.push(new Before(type, id, table.records.get(id)));
        table.replace(id, record);
    }

    /** The record, deleted or not. */
    @Nullable
    ObjectNode get(SalesforceObject type, String id) {
        return table(type).records.get(id);
    }

    /** All records of a type in the order in which they were made, deleted ones too. */
    Collection<ObjectNode> all(SalesforceObject type) {
        return table(type).records.values();
    }

    /** The records that are not deleted and hold this value, whatever its case. The field must be an external id. */
    List<ObjectNode> lookUp(SalesforceObject type, String field, String value) {
        return lookUpAll(type, field, value).stream()
                .filter(record -> !isDeleted(record))
                .toList();
    }

    /** The same, deleted ones too. */
    List<ObjectNode> lookUpAll(SalesforceObject type, String field, String value) {
        Table table = table(type);
        Set<String> ids = table.index(field).get(value.toLowerCase(Locale.ROOT));
        return ids == null ? List.of() : table.records(ids);
    }

    /** The records whose value begins so, deleted ones too, sorted by that value. */
    List<ObjectNode> lookUpPrefix(SalesforceObject type, String field, String prefix) {
        Table table = table(type);
        String from = prefix.toLowerCase(Locale.ROOT);
        List<ObjectNode> found = new ArrayList<>();
        for (Map.Entry<String, Set<String>> entry :
                table.index(field).tailMap(from, true).entrySet()) {
            if (!entry.getKey().startsWith(from)) {
                break;
            }
            found.addAll(table.records(entry.getValue()));
        }
        return found;
    }

    int mark() {
        return changes.size();
    }

    void undoTo(int mark) {
        while (changes.size() > mark) {
            Before before = changes.pop();
            table(before.type()).replace(before.id(), before.record());
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

    private Table table(SalesforceObject type) {
        return tables.computeIfAbsent(type.name(), name -> new Table(type));
    }
}
