package io.penstock.sandbox.airtable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.sandbox.server.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a value of a request is as a cell of its field.
 *
 * <p>Without {@code typecast} a value has the field's own type or is refused. With it texts become numbers, times and truths as far as they
 * can, and choices and linked records that are not there are made.
 */
final class CellReader {
    private record NewChoice(AirtableField field, String name) {}

    private final RecordStore store;
    private final RecordWriter writer;
    private final List<NewChoice> newChoices = new ArrayList<>();

    CellReader(RecordStore store, RecordWriter writer) {
        this.store = store;
        this.writer = writer;
    }

    /** Null empties the cell. */
    @Nullable
    JsonNode read(AirtableBase base, AirtableField field, JsonNode given, boolean typecast) {
        if (field.type().computed()) {
            throw new ApiException(
                    422,
                    "INVALID_VALUE_FOR_COLUMN",
                    "Field \"" + field.name() + "\" cannot accept a value because the field is computed");
        }
        if (given.isNull()) {
            return null;
        }
        return switch (field.type()) {
            case TEXT, LONG_TEXT, EMAIL, URL, PHONE -> text(field, given, typecast);
            case NUMBER -> number(field, given, typecast);
            case CHECKBOX -> truth(field, given, typecast);
            case DATE -> {
                Instant time = time(field, given, typecast);
                yield time == null
                        ? null
                        : TextNode.valueOf(
                                time.atOffset(ZoneOffset.UTC).toLocalDate().toString());
            }
            case DATE_TIME -> {
                Instant time = time(field, given, typecast);
                yield time == null ? null : TextNode.valueOf(AirtableRecord.time(time));
            }
            case SELECT -> {
                JsonNode text = text(field, given, typecast);
                yield text == null ? null : TextNode.valueOf(choice(field, text.textValue(), typecast));
            }
            case SELECTS -> {
                Set<String> names = new LinkedHashSet<>();
                for (JsonNode each : list(field, given, typecast, "Value is not an array of choices.")) {
                    names.add(choice(field, each.asText(), typecast));
                }
                yield array(names);
            }
            case LINKS -> {
                Set<String> ids = new LinkedHashSet<>();
                for (JsonNode each : list(field, given, typecast, "Value is not an array of record IDs.")) {
                    ids.add(link(base, field, each, typecast));
                }
                yield array(ids);
            }
            case FORMULA, CREATED, MODIFIED -> throw new IllegalStateException("refused above: " + field.name());
        };
    }

    void undo() {
        newChoices.forEach(each -> each.field().choices().remove(each.name()));
        newChoices.clear();
    }

    void commit() {
        newChoices.clear();
    }

    private static @Nullable JsonNode text(AirtableField field, JsonNode given, boolean typecast) {
        if (!given.isTextual() && !(typecast && given.isValueNode())) {
            throw ApiException.badValue(field);
        }
        return given.asText().isEmpty() ? null : TextNode.valueOf(given.asText());
    }

    private static @Nullable JsonNode number(AirtableField field, JsonNode given, boolean typecast) {
        if (given.isNumber()) {
            return given;
        }
        if (!typecast) {
            throw ApiException.badValue(field);
        }
        try {
            return DecimalNode.valueOf(new BigDecimal(given.asText().strip()));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable JsonNode truth(AirtableField field, JsonNode given, boolean typecast) {
        if (!given.isBoolean() && !typecast) {
            throw ApiException.badValue(field);
        }
        boolean checked = given.isBoolean()
                ? given.booleanValue()
                : List.of("true", "1", "checked", "yes").contains(given.asText().toLowerCase(java.util.Locale.ROOT));
        // A box that is not checked is an empty cell.
        return checked ? BooleanNode.TRUE : null;
    }

    private static @Nullable Instant time(AirtableField field, JsonNode given, boolean typecast) {
        Instant time = given.isTextual() ? Formula.time(given.textValue()) : null;
        if (time == null && !typecast) {
            throw ApiException.badValue(field);
        }
        return time;
    }

    private String choice(AirtableField field, String name, boolean typecast) {
        if (!field.choices().contains(name)) {
            if (!typecast) {
                throw new ApiException(
                        422,
                        "INVALID_MULTIPLE_CHOICE_OPTIONS",
                        "Insufficient permissions to create new select option \"\"" + name + "\"\"");
            }
            field.choices().add(name);
            newChoices.add(new NewChoice(field, name));
        }
        return name;
    }

    private static Iterable<JsonNode> list(AirtableField field, JsonNode given, boolean typecast, String message) {
        if (given.isArray()) {
            return given;
        }
        if (!typecast || !given.isTextual()) {
            throw new ApiException(422, "INVALID_VALUE_FOR_COLUMN", message);
        }
        ArrayNode list = Json.array();
        for (String part : given.textValue().split(",")) {
            if (!part.isBlank()) {
                list.add(part.strip());
            }
        }
        return list;
    }

    private String link(AirtableBase base, AirtableField field, JsonNode given, boolean typecast) {
        AirtableTable linked = base.named(field.linkedTable());
        String id = given.asText();
        if (given.isTextual() && id.matches("rec[0-9A-Za-z]{14}")) {
            if (store.get(linked, id) != null) {
                return id;
            }
            for (AirtableTable table : base.tables()) {
                if (store.get(table, id) != null) {
                    throw new ApiException(
                            422,
                            "ROW_TABLE_DOES_NOT_MATCH_LINKED_TABLE",
                            "Record ID " + id + " belongs to table " + table.id() + ", but the field links to table "
                                    + linked.id());
                }
            }
            throw new ApiException(422, "ROW_DOES_NOT_EXIST", "Record ID " + id + " does not exist");
        }
        if (!typecast || !given.isTextual()) {
            throw new ApiException(422, "INVALID_RECORD_ID", "Value \"" + id + "\" is not a valid record ID.");
        }
        String primary = linked.primary().name();
        for (AirtableRecord record : store.all(linked)) {
            JsonNode name = record.cells().get(primary);
            if (name != null && name.asText().equals(id)) {
                return record.id();
            }
        }
        return writer.create(base, linked, Json.object().put(primary, id), true).id();
    }

    private static @Nullable JsonNode array(Set<String> values) {
        ArrayNode list = Json.array();
        values.forEach(list::add);
        return list.isEmpty() ? null : list;
    }
}
