package io.penstock.adapters;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table that configuration asks for, before the API has described it.
 *
 * @param fields API fields to map; empty for all that the API describes. The key and the modified field are always among them
 * @param correlationField see {@link TableMapping}; must be a field that the API describes and that may be written
 * @param columns column name to API field, where the name that the adapter would choose does not fit; each field at most once
 * @param limits lowered limits, or null for the API's own
 */
public record TableRequest(
        String schema,
        String table,
        String object,
        List<String> fields,
        @Nullable String correlationField,
        Map<String, String> columns,
        @Nullable RowLimits limits,
        Map<String, String> options) {
    public TableRequest {
        fields = List.copyOf(fields);
        columns = Map.copyOf(columns);
        options = Map.copyOf(options);
    }
}
