package io.penstock.adapters.definition;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.Json;
import io.penstock.adapters.Likeness;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.TableMapping;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records of an API as rows of a table. */
final class DefinitionRows {
    private DefinitionRows() {}

    /** All mapped columns of a record, or null where it is no record or has no key. */
    static @Nullable ObjectNode canonical(TableRule rule, TableMapping table, JsonNode record) {
        FieldPaths paths = new FieldPaths(rule.values());
        String key = paths.key(table, record);
        if (!record.isObject() || key.isEmpty()) {
            return null;
        }
        ObjectNode row = Json.object();
        for (ColumnMapping column : table.columns()) {
            ValueCodec codec = new ValueCodec(rule.encoding(column.field()));
            row.set(column.column(), codec.fromApi(column.type(), paths.read(record, column.field())));
        }
        row.put(table.keyColumn(), key);
        return row;
    }

    /** The records at a place: the elements of a list, or the one object that stands there. */
    static @Nullable List<JsonNode> records(JsonNode body, JsonPointer at) {
        JsonNode rows = body.at(at);
        if (rows.isObject()) {
            return List.of(rows);
        }
        return rows.isArray() ? rows.valueStream().toList() : null;
    }

    /** Whether the API's row holds what was asked for, see {@link Likeness}. */
    static boolean holds(TableRule rule, TableMapping table, RowChange change, ObjectNode canonical) {
        for (Map.Entry<String, JsonNode> assigned : change.values().properties()) {
            ColumnMapping column = table.column(assigned.getKey());
            if (column == null) {
                continue;
            }
            ValueCodec codec = new ValueCodec(rule.encoding(column.field()));
            if (!(codec.toApi(column.type(), assigned.getValue()) instanceof ValueCodec.Converted.Value(JsonNode sent))
                    || !Likeness.alike(codec.fromApi(column.type(), sent), canonical.path(column.column()))) {
                return false;
            }
        }
        return true;
    }
}
