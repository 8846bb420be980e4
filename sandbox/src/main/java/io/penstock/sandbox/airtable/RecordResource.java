package io.penstock.sandbox.airtable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The writes of a table, one record or up to ten, and the reading of one. A request is applied as a whole or not at all. */
final class RecordResource {
    private static final int MOST_RECORDS = 10;
    private static final int MOST_MERGE_FIELDS = 3;

    private final RecordStore store;
    private final RecordWriter writer;

    RecordResource(RecordStore store, RecordWriter writer) {
        this.store = store;
        this.writer = writer;
    }

    SandboxResponse one(Call call, String id) {
        if (!id.matches("rec[0-9A-Za-z]{14}")) {
            throw ApiException.notFound();
        }
        AirtableRecord record = store.get(call.table(), id);
        if (record == null) {
            throw ApiException.noRecord();
        }
        return switch (call.request().method()) {
            case "GET" -> SandboxResponse.json(200, show(call, record), 1);
            case "PATCH", "PUT" -> {
                refuse(call);
                ObjectNode fields = fields(call.body());
                yield SandboxResponse.json(200, show(call, update(call, record, fields)), 1);
            }
            case "DELETE" -> {
                refuse(call);
                writer.delete(call.base(), call.table(), record);
                yield SandboxResponse.json(
                        200, Json.object().put("deleted", true).put("id", id), 1);
            }
            default -> throw ApiException.notFound();
        };
    }

    SandboxResponse create(Call call) {
        refuse(call);
        boolean typecast = call.flag("typecast");
        if (!call.body().has("records")) {
            AirtableRecord record = writer.create(call.base(), call.table(), fields(call.body()), typecast);
            return SandboxResponse.json(200, show(call, record), 1);
        }
        ArrayNode records = Json.array();
        for (ObjectNode input : inputs(call, "each with a \"fields\" object for cell values.")) {
            records.add(show(call, writer.create(call.base(), call.table(), fields(input), typecast)));
        }
        return SandboxResponse.json(200, Json.object().set("records", records), records.size());
    }

    SandboxResponse update(Call call) {
        refuse(call);
        JsonNode upsert = call.body().path("performUpsert");
        List<AirtableField> merge = upsert.isMissingNode() ? List.of() : mergeFields(call, upsert);
        ArrayNode records = Json.array();
        ArrayNode created = Json.array();
        ArrayNode updated = Json.array();
        Set<String> seen = new HashSet<>();
        for (ObjectNode input : inputs(call, "each with an \"id\" ID field and a \"fields\" object for cell values.")) {
            ObjectNode fields = fields(input);
            List<AirtableRecord> found = found(call, input, fields, merge);
            AirtableRecord record;
            if (found.isEmpty()) {
                record = writer.create(call.base(), call.table(), fields, call.flag("typecast"));
                created.add(record.id());
            } else {
                record = update(call, found.getFirst(), fields);
                updated.add(record.id());
            }
            if (!seen.add(record.id())) {
                throw new ApiException(
                        422,
                        "INVALID_RECORDS",
                        "You cannot update the same record multiple times in a single request.");
            }
            records.add(show(call, record));
        }
        ObjectNode answer = Json.object();
        answer.set("records", records);
        if (!merge.isEmpty()) {
            answer.set("createdRecords", created);
            answer.set("updatedRecords", updated);
        }
        return SandboxResponse.json(200, answer, records.size());
    }

    SandboxResponse delete(Call call) {
        refuse(call);
        List<String> ids = call.list("records");
        if (ids.isEmpty() || ids.size() > MOST_RECORDS) {
            throw new ApiException(422, "INVALID_RECORDS", "You must provide an array of up to 10 record IDs.");
        }
        ArrayNode records = Json.array();
        for (String id : ids) {
            AirtableRecord record = store.get(call.table(), id);
            if (record == null) {
                throw ApiException.noRow(id);
            }
            writer.delete(call.base(), call.table(), record);
            records.addObject().put("id", id).put("deleted", true);
        }
        return SandboxResponse.json(200, Json.object().set("records", records), ids.size());
    }

    private AirtableRecord update(Call call, AirtableRecord record, ObjectNode fields) {
        return writer.update(call.base(), call.table(), record, fields, call.flag("typecast"), call.is("PUT"));
    }

    /** The record that an input is meant for; none when an upsert has to make it. */
    private List<AirtableRecord> found(Call call, ObjectNode input, ObjectNode fields, List<AirtableField> merge) {
        if (input.has("id")) {
            String id = input.path("id").asText();
            AirtableRecord record = store.get(call.table(), id);
            if (record == null) {
                throw ApiException.noRow(id);
            }
            return List.of(record);
        }
        if (merge.isEmpty()) {
            throw new ApiException(
                    422,
                    "INVALID_RECORDS",
                    "You must provide an array of up to 10 record objects, each with an \"id\" ID field and a \"fields\""
                            + " object for cell values.");
        }
        List<AirtableRecord> matches = new ArrayList<>();
        for (AirtableRecord record : store.all(call.table())) {
            if (merge.stream().allMatch(field -> same(call.table(), record, field, fields))) {
                matches.add(record);
            }
        }
        if (matches.size() > 1) {
            throw new ApiException(
                    422,
                    "INVALID_VALUE_FOR_COLUMN",
                    "Cannot upsert: more than one record matches the values of the fields to merge on");
        }
        return matches;
    }

    private static boolean same(AirtableTable table, AirtableRecord record, AirtableField field, ObjectNode fields) {
        JsonNode wanted = fields.has(field.name()) ? fields.path(field.name()) : fields.path(field.id());
        JsonNode actual = record.value(table, field);
        String value = actual == null ? "" : actual.asText();
        return wanted.isNumber() && actual != null && actual.isNumber()
                ? wanted.decimalValue().compareTo(actual.decimalValue()) == 0
                : value.equals(wanted.asText(""));
    }

    private static List<AirtableField> mergeFields(Call call, JsonNode upsert) {
        JsonNode names = upsert.path("fieldsToMergeOn");
        if (!names.isArray() || names.isEmpty() || names.size() > MOST_MERGE_FIELDS) {
            throw ApiException.badRequest();
        }
        List<AirtableField> fields = new ArrayList<>();
        for (JsonNode name : names) {
            AirtableField field = call.table().field(name.asText());
            if (field == null) {
                throw new ApiException(422, "UNKNOWN_FIELD_NAME", "Unknown field name: \"" + name.asText() + "\"");
            }
            if (field.type().computed() || field.type() == FieldType.LINKS) {
                throw ApiException.badRequest();
            }
            fields.add(field);
        }
        return fields;
    }

    private static List<ObjectNode> inputs(Call call, String what) {
        JsonNode records = call.body().path("records");
        List<ObjectNode> inputs = new ArrayList<>();
        for (JsonNode record : records) {
            if (record instanceof ObjectNode object && object.path("fields").isObject()) {
                inputs.add(object);
            }
        }
        if (!records.isArray()
                || records.isEmpty()
                || records.size() > MOST_RECORDS
                || inputs.size() < records.size()) {
            throw new ApiException(
                    422, "INVALID_RECORDS", "You must provide an array of up to 10 record objects, " + what);
        }
        return inputs;
    }

    private static ObjectNode fields(ObjectNode input) {
        if (input.path("fields") instanceof ObjectNode fields) {
            return fields;
        }
        throw new ApiException(
                422, "INVALID_REQUEST_MISSING_FIELDS", "Could not find field \"fields\" in the request body");
    }

    private static ObjectNode show(Call call, AirtableRecord record) {
        return record.show(call.table(), field -> true, call.flag("returnFieldsByFieldId"));
    }

    private static void refuse(Call call) {
        var refusal = call.request().refusal();
        if (refusal != null) {
            throw new ApiException(422, refusal.code(), refusal.message());
        }
    }
}
