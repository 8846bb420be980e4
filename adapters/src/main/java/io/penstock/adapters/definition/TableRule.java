package io.penstock.adapters.definition;

import com.fasterxml.jackson.core.JsonPointer;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.Operation;
import io.penstock.adapters.RowLimits;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One table, or all tables, of an API.
 *
 * @param label for the table's comment
 * @param keyColumn its column; among {@code columns}
 * @param keyPattern what a key looks like: anything else is kept out of requests
 * @param values where a record has its fields
 * @param columns those that are known beforehand
 * @param encodings how values are written, by field where it differs
 * @param verbs what can be written
 * @param upsert an INSERT that updates what is there already; null where the API has none in one request
 * @param readBack rows by key
 * @param correlation the rows of an INSERT by their reference; null where they cannot be found
 * @param options what configuration may or must say about a table
 */
record TableRule(
        @Nullable String label,
        String keyColumn,
        Pattern keyPattern,
        JsonPointer values,
        List<ColumnMapping> columns,
        @Nullable String modifiedColumn,
        Values encoding,
        Map<String, Values> encodings,
        Map<Operation, VerbRule> verbs,
        @Nullable VerbRule upsert,
        ReadRule.Lookup readBack,
        ReadRule.@Nullable Lookup correlation,
        ReadRule.Listing list,
        ReadRule.@Nullable Listing changes,
        @Nullable DescribeRule describe,
        Map<String, Option> options) {
    TableRule {
        columns = List.copyOf(columns);
        encodings = Map.copyOf(encodings);
        verbs = Map.copyOf(verbs);
        options = Map.copyOf(options);
    }

    /**
     * Something that a table's configuration says.
     *
     * @param otherwise its value where configuration says nothing; null where it must
     * @param byObject the value for some objects
     */
    record Option(@Nullable String otherwise, Map<String, String> byObject) {
        Option {
            byObject = Map.copyOf(byObject);
        }

        @Nullable
        String of(String object) {
            return byObject.getOrDefault(object, otherwise);
        }
    }

    RowLimits maxima() {
        return new RowLimits(max(Operation.INSERT), max(Operation.UPDATE), max(Operation.DELETE));
    }

    RowLimits defaults() {
        return new RowLimits(usual(Operation.INSERT), usual(Operation.UPDATE), usual(Operation.DELETE));
    }

    Values encoding(String field) {
        return encodings.getOrDefault(field, encoding);
    }

    private int max(Operation operation) {
        VerbRule verb = verbs.get(operation);
        return verb == null ? 0 : verb.maxRows();
    }

    private int usual(Operation operation) {
        VerbRule verb = verbs.get(operation);
        return verb == null ? 0 : verb.defaultRows();
    }
}
