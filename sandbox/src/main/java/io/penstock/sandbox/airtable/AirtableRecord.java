package io.penstock.sandbox.airtable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.sandbox.server.Json;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A record as it stands; a change makes another one.
 *
 * @param cells by the name of the field; a cell that is empty is not there
 */
record AirtableRecord(String id, Instant created, Instant modified, Map<String, JsonNode> cells) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    static String time(Instant time) {
        return TIME.format(time);
    }

    /** What a field shows; null when the cell is empty. */
    @Nullable
    JsonNode value(AirtableTable table, AirtableField field) {
        return switch (field.type()) {
            case CREATED -> TextNode.valueOf(time(created));
            case MODIFIED -> TextNode.valueOf(time(modified));
            case FORMULA -> {
                String text = Formula.parse(table, field.formula()).text(this);
                yield text.isEmpty() ? null : TextNode.valueOf(text);
            }
            case TEXT, LONG_TEXT, EMAIL, URL, PHONE, NUMBER, CHECKBOX, DATE, DATE_TIME, SELECT, SELECTS, LINKS ->
                cells.get(field.name());
        };
    }

    /** As the API shows it: empty cells are left out. */
    ObjectNode show(AirtableTable table, Predicate<AirtableField> wanted, boolean byId) {
        ObjectNode shown = Json.object().put("id", id).put("createdTime", time(created));
        ObjectNode fields = shown.putObject("fields");
        for (AirtableField field : table.fields()) {
            JsonNode value = wanted.test(field) ? value(table, field) : null;
            if (value != null) {
                fields.set(byId ? field.id() : field.name(), value);
            }
        }
        return shown;
    }
}
