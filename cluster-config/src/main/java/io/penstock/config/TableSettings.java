package io.penstock.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One synced table.
 *
 * @param object the API's name for what a row is, for example {@code Contact}
 * @param correlationField a field of the API in which a mutation leaves its id, so that a lost answer to an INSERT can be found again;
 *     null where there is none, and such an INSERT stays in doubt for a person to decide
 * @param pollInterval how often changes at the API are fetched
 * @param columns column name to API field name, where the adapter's own choice does not fit
 * @param upsertOn columns by whose value {@code ON CONFLICT (column) DO UPDATE} may leave it to the API which rows are there already
 * @param options what only this API needs to know of a table, such as the base of a table of Airtable
 */
public record TableSettings(
        String name,
        String object,
        @Nullable String correlationField,
        RowLimits maxRows,
        Duration pollInterval,
        Map<String, String> columns,
        List<String> upsertOn,
        Map<String, String> options) {
    public TableSettings {
        columns = Map.copyOf(columns);
        upsertOn = List.copyOf(upsertOn);
        options = Map.copyOf(options);
        if (name.isEmpty() || object.isEmpty() || !pollInterval.isPositive()) {
            throw new IllegalArgumentException("a synced table needs a name, an object and an interval");
        }
    }
}
