package io.penstock.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * One schema of synced tables, filled from and written through one API.
 *
 * @param schema the schema of the synced tables
 * @param api a name among {@link PenstockSettings#apis}
 * @param tables by name
 */
public record SyncSettings(String schema, String api, Map<String, TableSettings> tables) {
    public SyncSettings {
        tables = Collections.unmodifiableMap(new TreeMap<>(tables));
        if (schema.isEmpty() || api.isEmpty()) {
            throw new IllegalArgumentException("a sync needs a schema and an API");
        }
    }
}
