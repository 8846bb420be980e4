package io.penstock.node.mutation;

import io.penstock.config.DatabaseSettings;
import io.penstock.protocol.sql.QualifiedName;
import io.penstock.protocol.sql.SyncedNames;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The names of the synced tables of one database as the configuration has them, known before any API has described what they hold.
 *
 * @param schemasByName table name to the schemas that have one of this name
 */
public record ConfiguredTables(Map<String, Set<String>> schemasByName) implements SyncedNames {
    public ConfiguredTables {
        schemasByName = Map.copyOf(schemasByName);
    }

    public static ConfiguredTables of(DatabaseSettings database) {
        Map<String, Set<String>> schemas = new HashMap<>();
        database.syncs()
                .values()
                .forEach(sync -> sync.tables()
                        .keySet()
                        .forEach(table -> schemas.computeIfAbsent(table, _ -> new HashSet<>())
                                .add(sync.schema())));
        return new ConfiguredTables(schemas);
    }

    @Override
    public boolean maybe(QualifiedName name) {
        Set<String> schemas = schemasByName.get(name.name());
        return schemas != null && (name.schema() == null || schemas.contains(name.schema()));
    }

    boolean contains(String schema, String name) {
        return schemasByName.getOrDefault(name, Set.of()).contains(schema);
    }
}
