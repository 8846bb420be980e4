package io.penstock.adapters.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.TableMapping;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the placeholders of a table's requests stand for. The names in here are those that docs/api-definitions.md lists. */
final class TableNames implements Template.Names {
    static final String OBJECT = "table.object";
    static final String OPTION = "table.";
    static final String FIELDS = "fields";
    static final String CORRELATION = "correlation.field";
    static final String MUTATION = "mutation.id";
    static final String UPSERT = "upsert.field";
    static final String UPSERTED = "row.upsert";
    static final String ROWS = "rows";
    static final String KEYS = "keys";
    static final String COLUMNS = "columns";
    static final String KEY = "row.key";
    static final String KEY_NUMBER = "row.key_number";
    static final String REFERENCE = "row.reference";
    static final String CURSOR = "cursor";
    static final String SINCE = "since";

    /** Without a zero in front, which a number would lose. */
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");

    private final Map<String, JsonNode> values = new HashMap<>();

    private TableNames() {}

    static TableNames of(TableMapping table) {
        TableNames names = object(table.object(), table.options());
        ArrayNode fields = names.list(FIELDS);
        for (ColumnMapping column : table.columns()) {
            if (!column.field().startsWith("/")) {
                fields.add(column.field());
            }
        }
        String correlation = table.correlationField();
        if (correlation != null) {
            names.with(CORRELATION, correlation);
        }
        return names;
    }

    /** Of a table that is not described yet. */
    static TableNames object(String object, Map<String, String> options) {
        TableNames names = new TableNames();
        options.forEach((option, value) -> names.with(OPTION + option, value));
        return names.with(OBJECT, object);
    }

    static TableNames of(Mutation mutation) {
        TableNames names = of(mutation.table()).with(MUTATION, mutation.id().toString());
        String upsertOn = mutation.upsertOn();
        ColumnMapping column = upsertOn == null ? null : mutation.table().column(upsertOn);
        return column == null ? names : names.with(UPSERT, column.field());
    }

    TableNames with(String name, @Nullable String value) {
        if (value != null) {
            values.put(name, new TextNode(value));
        }
        return this;
    }

    /** The names of one row beside those of its table. */
    TableNames row(@Nullable String key, @Nullable String reference) {
        TableNames names = new TableNames();
        names.values.putAll(values);
        if (key != null && NUMBER.matcher(key).matches()) {
            names.values.put(KEY_NUMBER, LongNode.valueOf(Long.parseLong(key)));
        } else {
            names.with(KEY_NUMBER, key);
        }
        return names.with(KEY, key).with(REFERENCE, reference);
    }

    /** The names of one row that is written. */
    TableNames row(Mutation mutation, RowChange row, JsonNode columns) {
        TableNames names = row(row.key(), mutation.correlation(row.ordinal()));
        names.values.put(COLUMNS, columns);
        JsonNode upserted = mutation.upsertOn() == null ? null : row.values().get(mutation.upsertOn());
        return upserted == null ? names : names.with(UPSERTED, Template.plain(upserted));
    }

    /** All keys, and the row template of a request once for each row. */
    TableNames rows(RequestRule request, List<TableNames> rows) {
        ArrayNode keys = list(KEYS);
        ArrayNode rendered = list(ROWS);
        JsonNode template = request.row();
        for (TableNames row : rows) {
            JsonNode key = row.value(KEY);
            if (key != null) {
                keys.add(key);
            }
            JsonNode one = template == null ? null : Requests.render(template, row);
            if (one != null) {
                rendered.add(one);
            }
        }
        return this;
    }

    /** Names of a row to be read by key. */
    List<TableNames> byKey(List<String> keys) {
        return keys.stream().map(key -> row(key, null)).toList();
    }

    /** Names of the rows of an INSERT that are looked for. */
    List<TableNames> byReference(Mutation mutation) {
        return mutation.rows().stream()
                .map(RowChange::ordinal)
                .map(ordinal -> row(null, mutation.correlation(ordinal)))
                .toList();
    }

    @Override
    public @Nullable JsonNode value(String name) {
        return values.get(name);
    }

    private ArrayNode list(String name) {
        ArrayNode list = Json.array();
        values.put(name, list);
        return list;
    }
}
