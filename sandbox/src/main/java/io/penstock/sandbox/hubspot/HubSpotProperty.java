package io.penstock.sandbox.hubspot;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.util.List;

/**
 * One property of an object type, with what its metadata say.
 *
 * @param readOnly set by HubSpot alone
 * @param unique no two records may have the same value; {@code idProperty} may name it
 * @param custom made by the account, not HubSpot's own
 * @param options the values that an enumeration takes
 */
record HubSpotProperty(
        String name,
        String label,
        PropertyType type,
        boolean readOnly,
        boolean unique,
        boolean custom,
        List<String> options) {

    static HubSpotProperty of(String name, String label, PropertyType type) {
        List<String> options = type == PropertyType.BOOLEAN ? List.of("true", "false") : List.of();
        return new HubSpotProperty(name, label, type, false, false, false, options);
    }

    static HubSpotProperty choice(String name, String label, String... values) {
        return new HubSpotProperty(name, label, PropertyType.ENUMERATION, false, false, false, List.of(values));
    }

    HubSpotProperty asReadOnly() {
        return new HubSpotProperty(name, label, type, true, unique, custom, options);
    }

    HubSpotProperty asUnique() {
        return new HubSpotProperty(name, label, type, readOnly, true, custom, options);
    }

    HubSpotProperty asCustom() {
        return new HubSpotProperty(name, label, type, readOnly, unique, true, options);
    }

    HubSpotProperty checkboxes() {
        return new HubSpotProperty(name, label, PropertyType.CHECKBOXES, readOnly, unique, custom, options);
    }

    ObjectNode describe(HubSpotObject object) {
        ObjectNode node = Json.object()
                .put("updatedAt", "2026-01-01T00:00:00.000Z")
                .put("createdAt", "2026-01-01T00:00:00.000Z")
                .put("name", name)
                .put("label", label)
                .put("type", type.described())
                .put("fieldType", type.fieldType())
                .put("description", "")
                .put("groupName", object.singular().toLowerCase(java.util.Locale.ROOT) + "information");
        ArrayNode values = node.putArray("options");
        for (int i = 0; i < options.size(); i++) {
            values.addObject()
                    .put("label", options.get(i))
                    .put("value", options.get(i))
                    .put("displayOrder", i)
                    .put("hidden", false);
        }
        node.put("displayOrder", -1)
                .put("calculated", false)
                .put("externalOptions", false)
                .put("archived", false)
                .put("hasUniqueValue", unique && custom)
                .put("hidden", false);
        if (!custom) {
            node.put("hubspotDefined", true);
        }
        node.putObject("modificationMetadata")
                .put("archivable", custom)
                .put("readOnlyDefinition", !custom)
                .put("readOnlyValue", readOnly);
        return node.put("formField", !readOnly);
    }
}
