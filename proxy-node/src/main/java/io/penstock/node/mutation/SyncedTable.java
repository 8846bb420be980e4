package io.penstock.node.mutation;

import io.penstock.adapters.Adapter;
import io.penstock.adapters.TableMapping;
import io.penstock.protocol.sql.Dml;
import io.penstock.protocol.sql.Upsert;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A synced table as one node knows it.
 *
 * @param relation the table's oid
 * @param columns every column of the table that can be written, local ones included and generated ones not, in the table's order
 * @param generated columns of the table that only Postgres fills
 * @param upsertOn columns by whose value the API may decide between INSERT and UPDATE
 * @param account name of the API account in the configuration; what limits and tokens are counted by
 */
public record SyncedTable(
        TableMapping mapping,
        Adapter adapter,
        String account,
        long relation,
        List<String> columns,
        Set<String> generated,
        List<String> upsertOn) {
    public SyncedTable {
        columns = List.copyOf(columns);
        generated = Set.copyOf(generated);
        upsertOn = List.copyOf(upsertOn);
        if (!columns.contains(mapping.keyColumn())) {
            throw new IllegalArgumentException("the table has no column " + mapping.keyColumn());
        }
    }

    /**
     * The column by which the API decides between INSERT and UPDATE; null where the table is not made for the statement's conflict clause, or the clause
     * leaves out what the API would write all the same.
     */
    @Nullable
    String upsertColumn(Dml dml) {
        Upsert upsert = dml.upsert();
        String column = upsert == null || upsert.columns().size() != 1
                ? null
                : upsert.columns().getFirst();
        if (upsert == null || column == null || !upsertOn.contains(column)) {
            return null;
        }
        Set<String> assigned = new HashSet<>(upsert.assigned());
        assigned.add(column);
        return assigned.equals(Set.copyOf(dml.insertColumns())) ? column : null;
    }

    /** Whether the table had this column when the node began; whether the API has one that came later is not known. */
    boolean knows(String column) {
        return columns.contains(column) || generated.contains(column);
    }

    /** As people and errors name it: {@code salesforce.contacts}. */
    public String name() {
        return mapping.schema() + "." + mapping.table();
    }
}
