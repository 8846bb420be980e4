package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * sObject Collections: many records in one request, results in its order. A request that can be read is answered 200 even when every
 * record was refused; with {@code allOrNone} one refused record undoes all.
 */
final class CollectionsResource {
    private static final int MOST_RECORDS = 200;
    private static final int MOST_RETRIEVED = 2_000;
    private static final int MOST_CHUNKS = 10;

    private final SalesforceSchema schema;
    private final RecordStore store;
    private final RecordWriter writer;
    private final RowResource rows;

    CollectionsResource(SalesforceSchema schema, RecordStore store, RecordWriter writer, RowResource rows) {
        this.schema = schema;
        this.store = store;
        this.writer = writer;
        this.rows = rows;
    }

    /** {@code call} is one to {@code /composite/sobjects[/T[/external id field]]}. */
    SandboxResponse answer(Call call) {
        String type = call.part(2);
        String field = call.part(3);
        return switch (call.method()) {
            case "POST" -> type.isEmpty() ? create(call) : retrieve(call, type, call.object());
            case "PATCH" -> type.isEmpty() ? update(call) : upsert(call, type, field);
            case "DELETE" -> delete(call);
            case "GET" -> retrieve(call, type, lists(call));
            default -> throw ApiException.methodNotAllowed(call.method());
        };
    }

    private SandboxResponse create(Call call) {
        List<Supplier<SaveResult>> changes = new ArrayList<>();
        for (ObjectNode record : records(call)) {
            SalesforceObject type = type(record);
            var values = RecordInput.read(type, record, false);
            changes.add(() -> writer.create(type, values, call.refusal()));
        }
        return apply(changes, allOrNone(call), true);
    }

    private SandboxResponse update(Call call) {
        List<Supplier<SaveResult>> changes = new ArrayList<>();
        for (ObjectNode record : records(call)) {
            SalesforceObject type = type(record);
            String id = id(record);
            var values = RecordInput.read(type, record, true);
            changes.add(() -> id == null
                    ? SaveResult.refused(
                            null, List.of(RecordError.of("MISSING_ARGUMENT", "Id not specified in an update call")))
                    : writer.update(type, id, values, call.refusal()));
        }
        return apply(changes, allOrNone(call), false);
    }

    private SandboxResponse upsert(Call call, String typeName, String fieldName) {
        SalesforceObject type = named(typeName);
        SalesforceField field = RowResource.externalId(type, fieldName);
        List<Supplier<SaveResult>> changes = new ArrayList<>();
        for (ObjectNode record : records(call)) {
            RecordInput.read(type, record, false);
            String value = external(record, field);
            changes.add(() -> value == null
                    ? SaveResult.refused(
                            null, List.of(RecordError.of("MISSING_ARGUMENT", field.name() + " not specified")))
                    : rows.upsert(call, type, field, value, record));
        }
        return apply(changes, allOrNone(call), false);
    }

    private SandboxResponse delete(Call call) {
        String ids = call.query().getOrDefault("ids", "");
        if (ids.isEmpty()) {
            throw new ApiException(400, "MISSING_ARGUMENT", "The ids parameter is required.");
        }
        List<Supplier<SaveResult>> changes = new ArrayList<>();
        for (String id : ids.split(",", -1)) {
            SalesforceObject type = schema.ofId(id);
            changes.add(() -> type == null
                    ? SaveResult.refused(null, List.of(RecordError.of("MALFORMED_ID", "malformed id " + id)))
                    : writer.delete(type, id, call.refusal()));
        }
        return apply(limited(changes), call.flag("allOrNone"), false);
    }

    private SandboxResponse apply(List<Supplier<SaveResult>> changes, boolean allOrNone, boolean creating) {
        int mark = store.mark();
        List<SaveResult> results = new ArrayList<>();
        changes.forEach(change -> results.add(change.get()));
        boolean allSaved = results.stream().allMatch(SaveResult::success);
        if (allOrNone && !allSaved) {
            store.undoTo(mark);
            results.replaceAll(result -> result.rolledBack(creating || Boolean.TRUE.equals(result.created())));
        }
        ArrayNode body = Json.array();
        results.forEach(result -> body.add(result.json()));
        return SandboxResponse.json(200, body, results.size());
    }

    private SandboxResponse retrieve(Call call, String typeName, ObjectNode wanted) {
        SalesforceObject type = named(typeName);
        List<SalesforceField> fields = new ArrayList<>();
        for (JsonNode name : wanted.path("fields")) {
            SalesforceField field = SoqlCondition.field(type, name.asText());
            if (!fields.contains(field)) {
                fields.add(field);
            }
        }
        if (fields.isEmpty()) {
            throw new ApiException(400, "MISSING_ARGUMENT", "The fields parameter is required.");
        }
        JsonNode ids = wanted.path("ids");
        if (ids.size() > MOST_RETRIEVED) {
            throw tooMany(MOST_RETRIEVED);
        }
        ArrayNode found = Json.array();
        for (JsonNode given : ids) {
            String id = SalesforceId.normalize(given.asText());
            if (id == null) {
                throw new ApiException(400, "MALFORMED_ID", "malformed id " + given.asText());
            }
            ObjectNode record = store.get(type, id);
            if (record == null || RecordStore.isDeleted(record)) {
                found.addNull();
            } else {
                found.add(RowResource.show(call.base(), type, record, fields));
            }
        }
        return SandboxResponse.json(200, found, found.size());
    }

    /** {@code ids} and {@code fields} of a GET in the form of the POST's body. */
    private static ObjectNode lists(Call call) {
        ObjectNode wanted = Json.object();
        for (String name : List.of("ids", "fields")) {
            ArrayNode list = wanted.putArray(name);
            String joined = call.query().getOrDefault(name, "");
            for (String value : joined.isEmpty() ? new String[0] : joined.split(",")) {
                list.add(value.strip());
            }
        }
        return wanted;
    }

    private List<ObjectNode> records(Call call) {
        List<ObjectNode> records = new ArrayList<>();
        String lastType = "";
        int chunks = 0;
        for (JsonNode record : call.object().path("records")) {
            if (!(record instanceof ObjectNode object)) {
                throw new ApiException(400, "JSON_PARSER_ERROR", "a record must be an object");
            }
            records.add(object);
            String type = record.path("attributes").path("type").asText();
            chunks += type.equalsIgnoreCase(lastType) ? 0 : 1;
            lastType = type;
        }
        if (records.isEmpty()) {
            throw new ApiException(400, "MISSING_ARGUMENT", "The records parameter is required.");
        }
        if (chunks > MOST_CHUNKS) {
            throw new ApiException(
                    400, "LIMIT_EXCEEDED", "Cannot have more than " + MOST_CHUNKS + " chunks in a single operation.");
        }
        return limited(records);
    }

    private static <T> List<T> limited(List<T> records) {
        if (records.size() > MOST_RECORDS) {
            throw tooMany(MOST_RECORDS);
        }
        return records;
    }

    private static ApiException tooMany(int most) {
        return new ApiException(
                400,
                "EXCEEDED_ID_LIMIT",
                "record limit reached. cannot submit more than " + most + " records into this call");
    }

    private static boolean allOrNone(Call call) {
        return call.object().path("allOrNone").asBoolean(false);
    }

    private SalesforceObject type(ObjectNode record) {
        String name = record.path("attributes").path("type").asText();
        if (name.isEmpty()) {
            throw new ApiException(400, "INVALID_INPUT", "Include an entity type with each record.");
        }
        SalesforceObject type = schema.object(name);
        if (type == null) {
            throw new ApiException(400, "INVALID_TYPE", "sObject type '" + name + "' is not supported.");
        }
        return type;
    }

    private SalesforceObject named(String name) {
        SalesforceObject type = schema.object(name);
        if (type == null) {
            throw ApiException.notFound();
        }
        return type;
    }

    private static @Nullable String id(ObjectNode record) {
        JsonNode id = record.hasNonNull("id") ? record.get("id") : record.path("Id");
        return id.isTextual() ? id.textValue() : null;
    }

    private static @Nullable String external(ObjectNode record, SalesforceField field) {
        for (var member : record.properties()) {
            if (member.getKey().equalsIgnoreCase(field.name())
                    && !member.getValue().isNull()) {
                return member.getValue().asText();
            }
        }
        return null;
    }
}
