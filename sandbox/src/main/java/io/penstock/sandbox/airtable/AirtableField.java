package io.penstock.sandbox.airtable;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.util.ArrayList;
import java.util.List;

/** One field of a table. The choices of a select grow when a request with {@code typecast} brings a new one. */
final class AirtableField {
    private final String id;
    private final String name;
    private final FieldType type;
    private final List<String> choices;
    private final String linkedTable;
    private final String inverse;
    private final String formula;

    private AirtableField(
            String id,
            String name,
            FieldType type,
            List<String> choices,
            String linkedTable,
            String inverse,
            String formula) {
        this.id = id;
        this.name = name;
        this.type = type;
        this.choices = new ArrayList<>(choices);
        this.linkedTable = linkedTable;
        this.inverse = inverse;
        this.formula = formula;
    }

    static AirtableField of(String id, String name, FieldType type) {
        return new AirtableField(id, name, type, List.of(), "", "", "");
    }

    static AirtableField select(String id, String name, FieldType type, String... choices) {
        return new AirtableField(id, name, type, List.of(choices), "", "", "");
    }

    /** A field of links to another table, which shows the same links from its side in the field {@code inverse}. */
    static AirtableField links(String id, String name, String linkedTable, String inverse) {
        return new AirtableField(id, name, FieldType.LINKS, List.of(), linkedTable, inverse, "");
    }

    static AirtableField formula(String id, String name, String formula) {
        return new AirtableField(id, name, FieldType.FORMULA, List.of(), "", "", formula);
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    FieldType type() {
        return type;
    }

    List<String> choices() {
        return choices;
    }

    /** The name of the table that links lead to. */
    String linkedTable() {
        return linkedTable;
    }

    /** The name of the field there that shows them. */
    String inverse() {
        return inverse;
    }

    /** What computes the field. */
    String formula() {
        return formula;
    }

    boolean isCalled(String given) {
        return given.equals(name) || given.equals(id);
    }

    ObjectNode describe(AirtableBase base) {
        ObjectNode node =
                Json.object().put("type", type.described()).put("id", id).put("name", name);
        switch (type) {
            case TEXT, LONG_TEXT, EMAIL, URL, PHONE -> {}
            case NUMBER -> node.putObject("options").put("precision", 2);
            case CHECKBOX -> node.putObject("options").put("icon", "check").put("color", "greenBright");
            case DATE -> dateFormat(node.putObject("options"));
            case DATE_TIME -> timeFormat(node.putObject("options"));
            case SELECT, SELECTS -> {
                ArrayNode list = node.putObject("options").putArray("choices");
                for (int i = 0; i < choices.size(); i++) {
                    list.addObject()
                            .put("id", "sel" + id.substring(3, 15) + (10 + i))
                            .put("name", choices.get(i))
                            .put("color", "blueLight2");
                }
            }
            case LINKS -> {
                AirtableTable linked = base.named(linkedTable);
                node.putObject("options")
                        .put("linkedTableId", linked.id())
                        .put("isReversed", false)
                        .put("prefersSingleRecordLink", false)
                        .put("inverseLinkFieldId", linked.named(inverse).id());
            }
            case FORMULA -> {
                ObjectNode options =
                        node.putObject("options").put("isValid", true).put("formula", formula);
                options.putArray("referencedFieldIds");
                options.putObject("result").put("type", "singleLineText");
            }
            case CREATED, MODIFIED -> {
                ObjectNode options = node.putObject("options");
                if (type == FieldType.MODIFIED) {
                    options.put("isValid", true).putArray("referencedFieldIds");
                }
                timeFormat(options.putObject("result").put("type", "dateTime").putObject("options"));
            }
        }
        return node;
    }

    private static ObjectNode dateFormat(ObjectNode options) {
        options.putObject("dateFormat").put("name", "iso").put("format", "YYYY-MM-DD");
        return options;
    }

    private static void timeFormat(ObjectNode options) {
        dateFormat(options)
                .put("timeZone", "utc")
                .putObject("timeFormat")
                .put("name", "24hour")
                .put("format", "HH:mm");
    }
}
