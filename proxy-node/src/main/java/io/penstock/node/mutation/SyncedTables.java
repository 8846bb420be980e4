package io.penstock.node.mutation;

import io.penstock.protocol.sql.QualifiedName;
import io.penstock.protocol.sql.SyncedNames;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The synced tables of one database. */
public final class SyncedTables implements SyncedNames {
    private final Map<Long, SyncedTable> byRelation;
    private final Map<String, Set<String>> schemasByName;

    public SyncedTables(Collection<SyncedTable> tables) {
        byRelation = tables.stream().collect(Collectors.toUnmodifiableMap(SyncedTable::relation, Function.identity()));
        schemasByName = tables.stream()
                .collect(Collectors.groupingBy(
                        table -> table.mapping().table(),
                        Collectors.mapping(table -> table.mapping().schema(), Collectors.toUnmodifiableSet())));
    }

    @Override
    public boolean maybe(QualifiedName name) {
        Set<String> schemas = schemasByName.get(name.name());
        return schemas != null && (name.schema() == null || schemas.contains(name.schema()));
    }

    public @Nullable SyncedTable byRelation(long relation) {
        return byRelation.get(relation);
    }

    /** Every table that the name may mean, depending on the search path. */
    List<SyncedTable> named(QualifiedName name) {
        return maybe(name)
                ? byRelation.values().stream()
                        .filter(table -> table.mapping().table().equals(name.name())
                                && (name.schema() == null
                                        || name.schema().equals(table.mapping().schema())))
                        .toList()
                : List.of();
    }

    public List<SyncedTable> all() {
        return List.copyOf(byRelation.values());
    }
}
