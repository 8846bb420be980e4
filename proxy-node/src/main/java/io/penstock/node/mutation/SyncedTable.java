package io.penstock.node.mutation;

import io.penstock.adapters.Adapter;
import io.penstock.adapters.TableMapping;
import java.util.List;

/**
 * A synced table as one node knows it.
 *
 * @param relation the table's oid
 * @param columns every column of the table that can be written, local ones included and generated ones not, in the table's order
 * @param account name of the API account in the configuration; what limits and tokens are counted by
 */
public record SyncedTable(TableMapping mapping, Adapter adapter, String account, long relation, List<String> columns) {
    public SyncedTable {
        columns = List.copyOf(columns);
        if (!columns.contains(mapping.keyColumn())) {
            throw new IllegalArgumentException("the table has no column " + mapping.keyColumn());
        }
    }

    /** As people and errors name it: {@code salesforce.contacts}. */
    public String name() {
        return mapping.schema() + "." + mapping.table();
    }
}
