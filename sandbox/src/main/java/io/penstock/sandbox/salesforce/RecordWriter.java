package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.Json;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Creates, updates and deletes records: rules first, then what the API itself fills in. */
final class RecordWriter {
    /** The one user of the org; owner and author of everything. */
    static final String USER = SalesforceId.of("005", 1);

    private final SalesforceSchema schema;
    private final RecordStore store;
    private final RecordRules rules;
    private final Clock clock;
    private long lastId;

    RecordWriter(SalesforceSchema schema, RecordStore store, Clock clock, long seed) {
        this.schema = schema;
        this.store = store;
        this.rules = new RecordRules(schema, store);
        this.clock = clock;
        restart(seed);
    }

    /** Ids start again as they did for this seed. */
    void restart(long seed) {
        // Real ids never start at 1; a first one of five or six digits looks like one and leaves room above.
        lastId = 1_000_000L + new Random(seed).nextInt(1_000_000_000);
    }

    SaveResult create(
            SalesforceObject type, Map<SalesforceField, JsonNode> values, Fault.@Nullable RefuseRecords refusal) {
        List<RecordError> errors = refusal == null ? rules.checkInput(values) : refused(refusal);
        if (!errors.isEmpty()) {
            return SaveResult.refused(null, errors);
        }
        String now = SalesforceTime.write(clock.instant());
        ObjectNode record = Json.object();
        for (SalesforceField field : type.fields()) {
            JsonNode value = values.get(field);
            if (value != null) {
                record.set(field.name(), canonical(field, value));
            } else if (field.type() == FieldType.BOOLEAN) {
                record.put(field.name(), false);
            } else {
                record.putNull(field.name());
            }
        }
        record.put("Id", SalesforceId.of(type.keyPrefix(), ++lastId));
        if (record.path("OwnerId").isNull()) {
            record.put("OwnerId", USER);
        }
        if (record.path("Status").isNull()) {
            record.put("Status", "Open - Not Contacted");
        }
        record.put("CreatedDate", now).put("CreatedById", USER);
        return save(type, record, now);
    }

    SaveResult update(
            SalesforceObject type,
            String givenId,
            Map<SalesforceField, JsonNode> values,
            Fault.@Nullable RefuseRecords refusal) {
        SaveResult located = locate(type, givenId);
        String id = located.id();
        ObjectNode before = id == null ? null : store.get(type, id);
        if (!located.success() || before == null) {
            return located;
        }
        List<RecordError> errors = refusal == null ? rules.checkInput(values) : refused(refusal);
        if (!errors.isEmpty()) {
            return SaveResult.refused(id, errors);
        }
        ObjectNode record = before.deepCopy();
        values.forEach((field, value) -> record.set(field.name(), canonical(field, value)));
        return save(type, record, SalesforceTime.write(clock.instant()));
    }

    /** Moves a record to the recycle bin, and with an account its contacts. */
    SaveResult delete(SalesforceObject type, String givenId, Fault.@Nullable RefuseRecords refusal) {
        SaveResult located = locate(type, givenId);
        String id = located.id();
        ObjectNode before = id == null ? null : store.get(type, id);
        if (!located.success() || before == null) {
            return located;
        }
        if (refusal != null) {
            return SaveResult.refused(id, refused(refusal));
        }
        markDeleted(type, before);
        SalesforceObject contact = schema.object("Contact");
        if (type.name().equals("Account") && contact != null) {
            List.copyOf(store.all(contact)).stream()
                    .filter(record -> record.path("AccountId").asText().equals(id) && !RecordStore.isDeleted(record))
                    .forEach(record -> markDeleted(contact, record));
        }
        return located;
    }

    private void markDeleted(SalesforceObject type, ObjectNode before) {
        ObjectNode record = before.deepCopy().put("IsDeleted", true);
        touch(record, SalesforceTime.write(clock.instant()));
        store.put(type, record);
    }

    private SaveResult save(SalesforceObject type, ObjectNode record, String now) {
        SalesforceField name = type.field("Name");
        if (name != null && name.calculated()) {
            String first = record.path("FirstName").asText("");
            String last = record.path("LastName").asText("");
            record.put("Name", record.path("FirstName").isNull() ? last : first + " " + last);
        }
        boolean isNew = record.path("LastModifiedDate").isNull();
        touch(record, now);
        List<RecordError> errors = rules.checkRecord(type, record);
        String id = record.path("Id").textValue();
        if (!errors.isEmpty()) {
            return SaveResult.refused(isNew ? null : id, errors);
        }
        store.put(type, record);
        return SaveResult.saved(id);
    }

    private static void touch(ObjectNode record, String now) {
        record.put("LastModifiedDate", now).put("LastModifiedById", USER).put("SystemModstamp", now);
    }

    /** The record that a change is meant for, or why there is none. */
    private SaveResult locate(SalesforceObject type, String givenId) {
        String id = SalesforceId.normalize(givenId);
        if (id == null) {
            return SaveResult.refused(null, List.of(RecordError.of("MALFORMED_ID", "malformed id " + givenId)));
        }
        if (!id.startsWith(type.keyPrefix())) {
            return SaveResult.refused(
                    null,
                    List.of(RecordError.of(
                            "MALFORMED_ID", type.name() + " ID: id value of incorrect type: " + givenId, "Id")));
        }
        ObjectNode record = store.get(type, id);
        if (record == null) {
            return SaveResult.refused(null, List.of(RecordError.NO_SUCH_RECORD));
        }
        return RecordStore.isDeleted(record)
                ? SaveResult.refused(id, List.of(RecordError.DELETED))
                : SaveResult.saved(id);
    }

    private static JsonNode canonical(SalesforceField field, JsonNode value) {
        String id = field.type().isId() && value.isTextual() ? SalesforceId.normalize(value.textValue()) : null;
        return id == null ? value : TextNode.valueOf(id);
    }

    private static List<RecordError> refused(Fault.RefuseRecords refusal) {
        return List.of(RecordError.of(refusal.code(), refusal.message()));
    }
}
