package io.penstock.adapters.definition;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.TableMapping;

/**
 * Where the field of a column is: a name is a field among the record's values, a pointer ({@code /address/city}) is a place in the record.
 *
 * @param values where a record has its values
 */
record FieldPaths(JsonPointer values) {
    /** In a record of an answer. */
    JsonPointer in(String field) {
        return field.startsWith("/") ? JsonPointer.compile(field) : values.appendProperty(field);
    }

    JsonNode read(JsonNode record, String field) {
        return record.at(in(field));
    }

    /** Whether a field lies among the values, where it can be written. */
    boolean isWritable(String field) {
        return !field.startsWith("/") || (field + "/").startsWith(values + "/");
    }

    /** Puts a value where its field is among the values that are sent. */
    void write(ObjectNode columns, String field, JsonNode value) {
        if (!field.startsWith("/")) {
            columns.set(field, value);
            return;
        }
        JsonPointer path = JsonPointer.compile(field.substring(values.toString().length()));
        ObjectNode at = columns;
        while (!path.tail().matches()) {
            JsonNode below = at.get(path.getMatchingProperty());
            at = below instanceof ObjectNode object ? object : at.putObject(path.getMatchingProperty());
            path = path.tail();
        }
        at.set(path.getMatchingProperty(), value);
    }

    /** The key of a record, or an empty text. */
    String key(TableMapping table, JsonNode record) {
        JsonNode key = read(record, table.key().field());
        return key.isValueNode() && !key.isNull() ? key.asText() : "";
    }
}
