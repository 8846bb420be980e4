package io.penstock.sandbox.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the account holds, by type and id, in the order in which it was made; and the ids of what was deleted. */
final class StripeStore {
    private final Map<String, Map<String, ObjectNode>> live = new HashMap<>();
    private final Map<String, Set<String>> deleted = new HashMap<>();
    private final Map<String, Instant> changed = new HashMap<>();

    @Nullable
    ObjectNode get(String object, String id) {
        return of(object).get(id);
    }

    boolean deleted(String object, String id) {
        return deleted.getOrDefault(object, Set.of()).contains(id);
    }

    void put(ObjectNode record, Instant now) {
        of(record.path("object").asText()).put(id(record), record);
        changed.put(id(record), now);
    }

    void delete(ObjectNode record) {
        String object = record.path("object").asText();
        of(object).remove(id(record));
        deleted.computeIfAbsent(object, each -> new HashSet<>()).add(id(record));
    }

    /** What is left of a deleted object. */
    static ObjectNode tombstone(String object, String id) {
        return Json.object().put("id", id).put("object", object).put("deleted", true);
    }

    Collection<ObjectNode> live(String object) {
        return of(object).values();
    }

    /** The newest first, as every list shows them. */
    List<ObjectNode> newestFirst(String object) {
        return new ArrayList<>(of(object).values()).reversed();
    }

    /** When the object was last written. */
    Instant changed(ObjectNode record) {
        return changed.getOrDefault(id(record), Instant.EPOCH);
    }

    void clear() {
        live.clear();
        deleted.clear();
        changed.clear();
    }

    private Map<String, ObjectNode> of(String object) {
        return live.computeIfAbsent(object, each -> new LinkedHashMap<>());
    }

    private static String id(ObjectNode record) {
        return record.path("id").asText();
    }
}
