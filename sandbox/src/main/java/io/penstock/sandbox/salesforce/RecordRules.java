package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Why a record may not be saved, in the order in which an org looks: fields that may not be written, values, required fields, the org's
 * own rules, duplicates. Errors of one stage come together; a later stage is not reached.
 */
final class RecordRules {
    private static final Pattern EMAIL = Pattern.compile("[^\\s@<>(),;:\"\\[\\]]+@[^\\s@.]+(\\.[^\\s@.]+)+");

    private final SalesforceSchema schema;
    private final RecordStore store;

    RecordRules(SalesforceSchema schema, RecordStore store) {
        this.schema = schema;
        this.store = store;
    }

    /** Errors in what was sent, whatever the record holds already. */
    List<RecordError> checkInput(Map<SalesforceField, JsonNode> values) {
        List<String> readOnly = values.keySet().stream()
                .filter(field -> !field.writable())
                .map(SalesforceField::name)
                .toList();
        if (!readOnly.isEmpty()) {
            return List.of(new RecordError(
                    "INVALID_FIELD_FOR_INSERT_UPDATE",
                    "Unable to create/update fields: " + String.join(", ", readOnly)
                            + ". Please check the security settings of this field and verify that it is read/write for"
                            + " your profile or permission set.",
                    readOnly));
        }
        List<RecordError> errors = new ArrayList<>();
        values.forEach((field, value) -> checkValue(field, value, errors));
        return errors;
    }

    /** Errors in the record as it would be saved. */
    List<RecordError> checkRecord(SalesforceObject type, ObjectNode record) {
        List<String> missing = new ArrayList<>();
        for (SalesforceField field : type.fields()) {
            if (field.required() && record.path(field.name()).isNull()) {
                missing.add(field.name());
            }
        }
        if (!missing.isEmpty()) {
            return List.of(new RecordError(
                    "REQUIRED_FIELD_MISSING",
                    "Required fields are missing: [" + String.join(", ", missing) + "]",
                    missing));
        }
        List<RecordError> broken = type.rules().stream()
                .filter(rule -> rule.broken().test(record))
                .map(rule -> RecordError.of("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message(), rule.field()))
                .toList();
        return broken.isEmpty() ? checkDuplicates(type, record) : broken;
    }

    private List<RecordError> checkDuplicates(SalesforceObject type, ObjectNode record) {
        String id = record.path("Id").asText();
        for (SalesforceField field : type.fields()) {
            boolean byRule = field.name().equals(type.duplicatesBy());
            JsonNode value = record.path(field.name());
            if ((field.unique() || byRule) && value.isTextual()) {
                for (ObjectNode other : store.lookUp(type, field.name(), value.textValue())) {
                    String otherId = other.path("Id").asText();
                    if (!otherId.equals(id)) {
                        return List.of(
                                byRule
                                        ? RecordError.of("DUPLICATES_DETECTED", "Use one of these records?")
                                        : RecordError.of(
                                                "DUPLICATE_VALUE",
                                                "duplicate value found: " + field.name()
                                                        + " duplicates value on record with id: "
                                                        + SalesforceId.shorten(otherId)));
                    }
                }
            }
        }
        return List.of();
    }

    private void checkValue(SalesforceField field, JsonNode value, List<RecordError> errors) {
        if (value.isNull()) {
            if (field.type() == FieldType.BOOLEAN) {
                errors.add(RecordError.of(
                        "INVALID_TYPE_ON_FIELD_IN_RECORD",
                        field.name() + ": value not of required type: null",
                        field.name()));
            }
            return;
        }
        String text = value.asText();
        if (field.type().isText()
                && field.type() != FieldType.PICKLIST
                && text.codePointCount(0, text.length()) > field.length()) {
            errors.add(RecordError.of(
                    "STRING_TOO_LONG",
                    field.label() + ": data value too large: " + text + " (max length=" + field.length() + ")",
                    field.name()));
        } else if (field.type() == FieldType.EMAIL && !EMAIL.matcher(text).matches()) {
            errors.add(RecordError.of(
                    "INVALID_EMAIL_ADDRESS", field.label() + ": invalid email address: " + text, field.name()));
        } else if (field.type() == FieldType.PICKLIST && !field.picklist().contains(text)) {
            errors.add(RecordError.of(
                    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                    field.label() + ": bad value for restricted picklist field: " + text,
                    field.name()));
        } else if (field.type() == FieldType.REFERENCE) {
            checkReference(field, text, errors);
        } else if (field.type().isNumber() && Math.abs(value.asDouble()) >= 1e16) {
            errors.add(RecordError.of(
                    "NUMBER_OUTSIDE_VALID_RANGE",
                    field.label() + ": value outside of valid range on numeric field: " + text,
                    field.name()));
        }
    }

    private void checkReference(SalesforceField field, String text, List<RecordError> errors) {
        String id = SalesforceId.normalize(text);
        if ("User".equals(field.referenceTo())) {
            if (id == null || !id.startsWith("005")) {
                errors.add(wrongId(field, text));
            }
            return;
        }
        SalesforceObject target = field.referenceTo() == null ? null : schema.object(field.referenceTo());
        if (id == null || target == null || !id.startsWith(target.keyPrefix())) {
            errors.add(wrongId(field, text));
            return;
        }
        ObjectNode record = store.get(target, id);
        if (record == null) {
            errors.add(RecordError.NO_SUCH_RECORD);
        } else if (RecordStore.isDeleted(record)) {
            errors.add(RecordError.DELETED);
        }
    }

    private static RecordError wrongId(SalesforceField field, String text) {
        return RecordError.of("MALFORMED_ID", field.label() + ": id value of incorrect type: " + text, field.name());
    }
}
