package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.salesforce.SoqlQuery.Condition;
import io.penstock.sandbox.salesforce.SoqlQuery.Kind;
import io.penstock.sandbox.salesforce.SoqlQuery.Literal;
import io.penstock.sandbox.salesforce.SoqlQuery.Operator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Runs a parsed query on the store. */
final class SoqlExecutor {
    private static final int LARGEST_OFFSET = 2_000;
    private static final int LARGEST_FIELDS_ALL = 200;

    /** The records found, whole, and the fields selected of them. */
    record Found(SalesforceObject type, List<SalesforceField> fields, List<ObjectNode> records) {}

    private final SalesforceSchema schema;
    private final RecordStore store;

    SoqlExecutor(SalesforceSchema schema, RecordStore store) {
        this.schema = schema;
        this.store = store;
    }

    Found run(SoqlQuery query, boolean deletedToo) {
        SalesforceObject type = schema.object(query.from());
        if (type == null) {
            throw new ApiException(
                    400,
                    "INVALID_TYPE",
                    "sObject type '" + query.from()
                            + "' is not supported. If you are attempting to use a custom object, be sure to append the"
                            + " '__c' after the entity name. Please reference your WSDL or the describe call for the"
                            + " appropriate names.");
        }
        if (query.offset() > LARGEST_OFFSET) {
            throw new ApiException(
                    400, "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is " + LARGEST_OFFSET);
        }
        List<SalesforceField> fields = selected(type, query);
        Condition where = query.where();
        Predicate<ObjectNode> matches = where == null ? record -> true : new SoqlCondition(type).compile(where);
        List<ObjectNode> records = new ArrayList<>();
        for (ObjectNode record : candidates(type, where)) {
            if ((deletedToo || !RecordStore.isDeleted(record)) && matches.test(record)) {
                records.add(record);
            }
        }
        if (!query.order().isEmpty()) {
            records.sort(order(type, query.order()));
        }
        int from = Math.min(query.offset(), records.size());
        int to = query.limit() < 0 ? records.size() : (int) Math.min(records.size(), (long) from + query.limit());
        return new Found(type, fields, records.subList(from, to));
    }

    private static List<SalesforceField> selected(SalesforceObject type, SoqlQuery query) {
        Map<String, SalesforceField> fields = new LinkedHashMap<>();
        for (String name : query.fields()) {
            if (name.startsWith("FIELDS(")) {
                String group = name.substring("FIELDS(".length(), name.length() - 1);
                boolean all = group.equalsIgnoreCase("ALL");
                boolean custom = group.equalsIgnoreCase("CUSTOM");
                if ((all || custom) && (query.limit() < 0 || query.limit() > LARGEST_FIELDS_ALL)) {
                    throw new ApiException(
                            400,
                            "MALFORMED_QUERY",
                            "The SOQL FIELDS function must have a LIMIT of at most " + LARGEST_FIELDS_ALL);
                }
                for (SalesforceField field : type.fields()) {
                    if (all || custom == field.custom()) {
                        fields.put(field.name(), field);
                    }
                }
                continue;
            }
            SalesforceField field = SoqlCondition.field(type, name);
            if (fields.put(field.name(), field) != null) {
                throw new ApiException(400, "INVALID_FIELD", "duplicate field selected: " + field.name());
            }
        }
        return List.copyOf(fields.values());
    }

    /** Where ids or an external id (or how one begins) are asked for, only those records are looked at: read-back stays quick in a large org. */
    private Collection<ObjectNode> candidates(SalesforceObject type, @Nullable Condition where) {
        List<ObjectNode> narrowed = where == null ? null : narrow(type, where);
        return narrowed == null ? store.all(type) : narrowed;
    }

    private @Nullable List<ObjectNode> narrow(SalesforceObject type, Condition condition) {
        return switch (condition) {
            case Condition.And(List<Condition> all) -> {
                for (Condition part : all) {
                    List<ObjectNode> narrowed = narrow(type, part);
                    if (narrowed != null) {
                        yield narrowed;
                    }
                }
                yield null;
            }
            case Condition.Comparison(String name, Operator operator, Literal value) ->
                switch (operator) {
                    case EQUAL -> byKey(type, name, List.of(value));
                    case LIKE -> byPrefix(type, name, value);
                    case NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> null;
                };
            case Condition.In(String name, boolean negated, List<Literal> values) ->
                negated ? null : byKey(type, name, values);
            case Condition.Or or -> null;
            case Condition.Not not -> null;
        };
    }

    private @Nullable List<ObjectNode> byPrefix(SalesforceObject type, String name, Literal pattern) {
        SalesforceField field = type.field(name);
        String prefix = pattern.text().split("[%_\\\\]", 2)[0];
        return field == null || !field.externalId() || pattern.kind() != Kind.TEXT || prefix.isEmpty()
                ? null
                : store.lookUpPrefix(type, field.name(), prefix);
    }

    private @Nullable List<ObjectNode> byKey(SalesforceObject type, String name, List<Literal> values) {
        SalesforceField field = type.field(name);
        boolean byId = field != null && field.type() == FieldType.ID;
        boolean byExternalId = field != null && field.externalId();
        if (field == null || !byId && !byExternalId || values.stream().anyMatch(value -> value.kind() != Kind.TEXT)) {
            return null;
        }
        Map<String, ObjectNode> found = new LinkedHashMap<>();
        for (Literal value : values) {
            if (byId) {
                String id = SalesforceId.normalize(value.text());
                ObjectNode record = id == null ? null : store.get(type, id);
                if (record != null) {
                    found.put(record.path("Id").textValue(), record);
                }
            } else {
                for (ObjectNode record : store.lookUpAll(type, field.name(), value.text())) {
                    found.put(record.path("Id").textValue(), record);
                }
            }
        }
        return List.copyOf(found.values());
    }

    private static Comparator<ObjectNode> order(SalesforceObject type, List<SoqlQuery.Order> keys) {
        Comparator<ObjectNode> order = (one, other) -> 0;
        for (SoqlQuery.Order key : keys) {
            SalesforceField field = SoqlCondition.field(type, key.field());
            order = order.thenComparing(
                    (one, other) -> compare(field, key, one.path(field.name()), other.path(field.name())));
        }
        return order;
    }

    private static int compare(SalesforceField field, SoqlQuery.Order key, JsonNode one, JsonNode other) {
        if (one.isNull() || other.isNull()) {
            int nullFirst = Boolean.compare(other.isNull(), one.isNull());
            return key.nullsLast() ? -nullFirst : nullFirst;
        }
        int comparison = switch (field.type()) {
            case STRING, EMAIL, PHONE, URL, TEXTAREA, PICKLIST ->
                one.textValue().compareToIgnoreCase(other.textValue());
            case ID, REFERENCE, DATE, DATETIME -> one.textValue().compareTo(other.textValue());
            case BOOLEAN -> Boolean.compare(one.booleanValue(), other.booleanValue());
            case DOUBLE, CURRENCY, INT -> Double.compare(one.doubleValue(), other.doubleValue());
        };
        return key.descending() ? -comparison : comparison;
    }
}
