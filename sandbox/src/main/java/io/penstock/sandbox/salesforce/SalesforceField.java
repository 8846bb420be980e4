package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One field of an object type, with what describe says of it.
 *
 * @param length of text; 0 for other types
 * @param scale digits after the point; of numbers only
 * @param writable whether create and update take it
 * @param required whether a record must have it
 * @param picklist the values that a picklist takes; all picklists here are restricted ones
 * @param referenceTo the object type that a reference points to
 */
record SalesforceField(
        String name,
        String label,
        FieldType type,
        int length,
        int scale,
        boolean writable,
        boolean required,
        boolean unique,
        boolean externalId,
        boolean calculated,
        List<String> picklist,
        @Nullable String referenceTo) {
    private static final int LONGEST_FILTERABLE = 255;

    static SalesforceField text(String name, String label, FieldType type, int length) {
        return new SalesforceField(name, label, type, length, 0, true, false, false, false, false, List.of(), null);
    }

    static SalesforceField of(String name, String label, FieldType type) {
        int scale = type == FieldType.CURRENCY ? 2 : 0;
        return new SalesforceField(name, label, type, 0, scale, true, false, false, false, false, List.of(), null);
    }

    static SalesforceField picklist(String name, String label, String... values) {
        return new SalesforceField(
                name, label, FieldType.PICKLIST, 255, 0, true, false, false, false, false, List.of(values), null);
    }

    static SalesforceField reference(String name, String label, String to) {
        return new SalesforceField(
                name, label, FieldType.REFERENCE, 18, 0, true, false, false, false, false, List.of(), to);
    }

    SalesforceField mandatory() {
        return new SalesforceField(
                name,
                label,
                type,
                length,
                scale,
                writable,
                true,
                unique,
                externalId,
                calculated,
                picklist,
                referenceTo);
    }

    SalesforceField readOnly() {
        return new SalesforceField(
                name,
                label,
                type,
                length,
                scale,
                false,
                required,
                unique,
                externalId,
                calculated,
                picklist,
                referenceTo);
    }

    /** Composed of other fields by the API. */
    SalesforceField derived() {
        return new SalesforceField(
                name, label, type, length, scale, false, required, unique, externalId, true, picklist, referenceTo);
    }

    SalesforceField asExternalId(boolean mustBeUnique) {
        return new SalesforceField(
                name,
                label,
                type,
                length,
                scale,
                writable,
                required,
                mustBeUnique,
                true,
                calculated,
                picklist,
                referenceTo);
    }

    SalesforceField withScale(int digits) {
        return new SalesforceField(
                name,
                label,
                type,
                length,
                digits,
                writable,
                required,
                unique,
                externalId,
                calculated,
                picklist,
                referenceTo);
    }

    boolean custom() {
        return name.endsWith("__c");
    }

    /** Long text can be read but not be searched. */
    boolean filterable() {
        return type != FieldType.TEXTAREA || length <= LONGEST_FILTERABLE;
    }

    ObjectNode describe() {
        ObjectNode node = Json.object()
                .put("name", name)
                .put("label", label)
                .put("type", type.describedAs())
                .put("soapType", type.soapType())
                .put("length", length)
                .put("byteLength", length * 3)
                .put("precision", type == FieldType.DOUBLE || type == FieldType.CURRENCY ? 18 : 0)
                .put("digits", type == FieldType.INT ? 8 : 0)
                .put("scale", scale)
                .put("createable", writable)
                .put("updateable", writable)
                .put("nillable", !required && type != FieldType.BOOLEAN && !system())
                .put("defaultedOnCreate", type == FieldType.BOOLEAN || system() || defaulted())
                .put("unique", unique)
                .put("caseSensitive", false)
                .put("externalId", externalId)
                .put("idLookup", type == FieldType.ID || externalId || type == FieldType.EMAIL)
                .put("calculated", calculated && custom())
                .put("custom", custom())
                .put("filterable", filterable())
                .put("sortable", filterable())
                .put("groupable", filterable() && !type.isNumber() && type != FieldType.DATETIME)
                .put("restrictedPicklist", type == FieldType.PICKLIST)
                .put("nameField", name.equals("Name"))
                .put("deprecatedAndHidden", false);
        ArrayNode values = node.putArray("picklistValues");
        for (String value : picklist) {
            values.addObject()
                    .put("active", true)
                    .put("defaultValue", false)
                    .put("label", value)
                    .putNull("validFor")
                    .put("value", value);
        }
        ArrayNode targets = node.putArray("referenceTo");
        if (referenceTo == null) {
            node.putNull("relationshipName");
        } else {
            targets.add(referenceTo);
            node.put("relationshipName", name.replaceFirst("Id$", ""));
        }
        return node;
    }

    /** A new record gets a value here when it brings none. */
    private boolean defaulted() {
        return name.equals("OwnerId") || name.equals("Status");
    }

    private boolean system() {
        return !writable && !calculated && type != FieldType.TEXTAREA;
    }
}
