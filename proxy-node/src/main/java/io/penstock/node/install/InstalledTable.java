package io.penstock.node.install;

import java.util.List;

/**
 * A synced table as it stands in the database.
 *
 * @param relation its oid
 * @param columns those that can be written, in the table's order
 */
public record InstalledTable(long relation, List<String> columns) {
    public InstalledTable {
        columns = List.copyOf(columns);
    }
}
