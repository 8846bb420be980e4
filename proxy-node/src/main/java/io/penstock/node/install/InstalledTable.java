package io.penstock.node.install;

import java.util.List;
import java.util.Set;

/**
 * A synced table as it stands in the database.
 *
 * @param relation its oid
 * @param columns those that can be written, in the table's order
 * @param generated those that only Postgres fills
 */
public record InstalledTable(long relation, List<String> columns, Set<String> generated) {
    public InstalledTable {
        columns = List.copyOf(columns);
        generated = Set.copyOf(generated);
    }
}
