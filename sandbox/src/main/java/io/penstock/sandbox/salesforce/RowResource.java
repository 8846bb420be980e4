package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Single records: {@code /sobjects/T}, {@code /sobjects/T/{id}} and {@code /sobjects/T/{external id field}/{value}}. */
final class RowResource {
    private final RecordStore store;
    private final RecordWriter writer;

    RowResource(RecordStore store, RecordWriter writer) {
        this.store = store;
        this.writer = writer;
    }

    SandboxResponse create(Call call, SalesforceObject type) {
        Map<SalesforceField, JsonNode> values = RecordInput.read(type, call.object(), false);
        SaveResult result = writer.create(type, values, call.refusal());
        return result.success() ? created(call, type, result) : refused(result, 400);
    }

    SandboxResponse row(Call call, SalesforceObject type, String id) {
        return switch (call.method()) {
            case "GET", "HEAD" -> read(call, type, existing(type, id));
            case "PATCH" -> {
                Map<SalesforceField, JsonNode> values = RecordInput.read(type, call.object(), false);
                SaveResult result = writer.update(type, id, values, call.refusal());
                yield result.success() ? SandboxResponse.empty(204, 1) : refused(result, id);
            }
            case "DELETE" -> {
                SaveResult result = writer.delete(type, id, call.refusal());
                yield result.success() ? SandboxResponse.empty(204, 1) : refused(result, id);
            }
            default -> throw ApiException.methodNotAllowed(call.method());
        };
    }

    /** By external id. PATCH creates the record when there is none. */
    SandboxResponse rowByExternalId(Call call, SalesforceObject type, String fieldName, String value) {
        SalesforceField field = externalId(type, fieldName);
        List<ObjectNode> found = store.lookUp(type, field.name(), value);
        if (found.size() > 1) {
            ArrayNode choices = Json.array();
            found.forEach(
                    record -> choices.add(url(call, type, record.path("Id").asText())));
            return SandboxResponse.json(300, choices, 0);
        }
        if (call.is("PATCH")) {
            SaveResult result = upsert(call, type, field, value, call.object());
            if (!result.success()) {
                return refused(result, 400);
            }
            boolean made = Boolean.TRUE.equals(result.created());
            SandboxResponse response = SandboxResponse.json(made ? 201 : 200, result.json(), 1);
            return made ? response.withHeader("Location", url(call, type, String.valueOf(result.id()))) : response;
        }
        if (found.isEmpty()) {
            throw ApiException.notFound();
        }
        return row(call, type, found.getFirst().path("Id").textValue());
    }

    /** Creates or updates the record that holds {@code value}; the field's value in the body is not looked at. */
    SaveResult upsert(Call call, SalesforceObject type, SalesforceField field, String value, ObjectNode json) {
        List<ObjectNode> found = store.lookUp(type, field.name(), value);
        if (found.size() > 1) {
            return SaveResult.refused(
                    null,
                    List.of(RecordError.of(
                            "DUPLICATE_EXTERNAL_ID",
                            "External ID Field: " + field.name()
                                    + ": More than one record found for external id field: "
                                    + found.stream()
                                            .map(record -> record.path("Id").asText())
                                            .toList())));
        }
        ObjectNode whole = json.deepCopy();
        List<String> given = new ArrayList<>();
        whole.fieldNames().forEachRemaining(given::add);
        given.stream().filter(name -> name.equalsIgnoreCase(field.name())).forEach(whole::remove);
        whole.put(field.name(), value);
        Map<SalesforceField, JsonNode> values = RecordInput.read(type, whole, false);
        return found.isEmpty()
                ? writer.create(type, values, call.refusal()).upserted(true)
                : writer.update(type, found.getFirst().path("Id").textValue(), values, call.refusal())
                        .upserted(false);
    }

    static SalesforceField externalId(SalesforceObject type, String name) {
        SalesforceField field = type.field(name);
        if (field == null || !field.externalId()) {
            throw new ApiException(
                    404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: " + name);
        }
        return field;
    }

    /** The record as the API shows it: where it is, then these fields. */
    static ObjectNode show(String base, SalesforceObject type, ObjectNode record, Iterable<SalesforceField> fields) {
        ObjectNode shown = Json.object();
        shown.putObject("attributes")
                .put("type", type.name())
                .put(
                        "url",
                        base + "/sobjects/" + type.name() + "/"
                                + record.path("Id").textValue());
        for (SalesforceField field : fields) {
            shown.set(field.name(), record.path(field.name()));
        }
        return shown;
    }

    private SandboxResponse read(Call call, SalesforceObject type, ObjectNode record) {
        String names = call.query().get("fields");
        if (names == null) {
            return SandboxResponse.json(200, show(call.base(), type, record, type.fields()), 1);
        }
        List<SalesforceField> fields = new ArrayList<>();
        fields.add(SoqlCondition.field(type, "Id"));
        for (String name : names.split(",")) {
            SalesforceField field = SoqlCondition.field(type, name.strip());
            if (!fields.contains(field)) {
                fields.add(field);
            }
        }
        return SandboxResponse.json(200, show(call.base(), type, record, fields), 1);
    }

    private ObjectNode existing(SalesforceObject type, String givenId) {
        String id = SalesforceId.normalize(givenId);
        if (id == null) {
            throw new ApiException(
                    404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: " + givenId);
        }
        ObjectNode record = store.get(type, id);
        if (record == null) {
            throw ApiException.notFound();
        }
        if (RecordStore.isDeleted(record)) {
            throw new ApiException(404, "ENTITY_IS_DELETED", "entity is deleted", List.of());
        }
        return record;
    }

    private static SandboxResponse created(Call call, SalesforceObject type, SaveResult result) {
        return SandboxResponse.json(201, result.json(), 1)
                .withHeader("Location", url(call, type, String.valueOf(result.id())));
    }

    private static String url(Call call, SalesforceObject type, String id) {
        return call.base() + "/sobjects/" + type.name() + "/" + id;
    }

    /** A record that is not there is a path that is not there, when the id stands in the path. */
    private static SandboxResponse refused(SaveResult result, String id) {
        RecordError error = result.errors().getFirst();
        if (error.equals(RecordError.NO_SUCH_RECORD) && result.id() == null) {
            return new ApiException(
                            404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: " + id)
                    .response();
        }
        return refused(result, error.equals(RecordError.DELETED) ? 404 : 400);
    }

    private static SandboxResponse refused(SaveResult result, int status) {
        ArrayNode errors = Json.array();
        result.errors().forEach(error -> errors.add(error.json("errorCode")));
        return SandboxResponse.json(status, errors, 0);
    }
}
