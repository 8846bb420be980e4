package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One object type: its fields in the order of describe, its validation rules, and its duplicate rule if there is one. */
final class SalesforceObject {
    /** A rule of the org's own, as an administrator writes them: the record is refused when {@code broken} holds. */
    record ValidationRule(String field, String message, Predicate<ObjectNode> broken) {}

    private final String name;
    private final String labelPlural;
    private final String keyPrefix;
    private final Map<String, SalesforceField> fields = new LinkedHashMap<>();
    private final Map<String, SalesforceField> byLowerCaseName = new HashMap<>();
    private final List<ValidationRule> rules;
    private final @Nullable String duplicatesBy;

    /**
     * @param keyPrefix the first three characters of every id
     * @param duplicatesBy the field by which a duplicate rule blocks a second record
     */
    SalesforceObject(
            String name,
            String labelPlural,
            String keyPrefix,
            List<SalesforceField> fields,
            List<ValidationRule> rules,
            @Nullable String duplicatesBy) {
        this.name = name;
        this.labelPlural = labelPlural;
        this.keyPrefix = keyPrefix;
        this.rules = List.copyOf(rules);
        this.duplicatesBy = duplicatesBy;
        for (SalesforceField field : fields) {
            this.fields.put(field.name(), field);
            byLowerCaseName.put(field.name().toLowerCase(Locale.ROOT), field);
        }
    }

    String name() {
        return name;
    }

    String keyPrefix() {
        return keyPrefix;
    }

    Iterable<SalesforceField> fields() {
        return fields.values();
    }

    List<ValidationRule> rules() {
        return rules;
    }

    @Nullable
    String duplicatesBy() {
        return duplicatesBy;
    }

    /** By name, whatever its case: Salesforce does not mind. */
    @Nullable
    SalesforceField field(String fieldName) {
        SalesforceField exact = fields.get(fieldName);
        return exact != null ? exact : byLowerCaseName.get(fieldName.toLowerCase(Locale.ROOT));
    }

    ObjectNode describeBriefly(String base) {
        ObjectNode node = Json.object()
                .put("name", name)
                .put("label", name)
                .put("labelPlural", labelPlural)
                .put("keyPrefix", keyPrefix)
                .put("custom", false)
                .put("customSetting", false)
                .put("createable", true)
                .put("updateable", true)
                .put("deletable", true)
                .put("undeletable", true)
                .put("queryable", true)
                .put("retrieveable", true)
                .put("replicateable", true)
                .put("searchable", true)
                .put("triggerable", true)
                .put("layoutable", true)
                .put("mergeable", true)
                .put("feedEnabled", false)
                .put("deprecatedAndHidden", false);
        node.putObject("urls")
                .put("sobject", base + "/sobjects/" + name)
                .put("describe", base + "/sobjects/" + name + "/describe")
                .put("rowTemplate", base + "/sobjects/" + name + "/{ID}");
        return node;
    }

    ObjectNode describe(String base) {
        ObjectNode node = describeBriefly(base);
        ArrayNode described = node.putArray("fields");
        fields().forEach(field -> described.add(field.describe()));
        node.putArray("childRelationships");
        node.putArray("recordTypeInfos");
        return node;
    }
}
