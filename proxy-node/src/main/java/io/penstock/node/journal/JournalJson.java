package io.penstock.node.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.RowChange;
import io.penstock.protocol.error.PgError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the journal keeps as JSON: the rows asked for, the rows answered, the error told. Numbers keep every digit. */
final class JournalJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final ObjectReader READER = MAPPER.reader();

    private JournalJson() {}

    static JsonNode parse(byte[] json) throws IOException {
        return READER.readTree(json);
    }

    static JsonNode parse(String json) throws JsonProcessingException {
        return READER.readTree(json);
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree that cannot be written", e);
        }
    }

    static ArrayNode rows(JournalEntry entry) {
        ArrayNode rows = array();
        for (RowChange change : entry.mutation().rows()) {
            ObjectNode row = rows.addObject();
            if (change.key() != null) {
                row.put("key", change.key());
            }
            row.set("values", change.values());
            if (!entry.local().isEmpty()) {
                row.set("local", entry.local().get(change.ordinal()));
            }
        }
        return rows;
    }

    static List<RowChange> changes(JsonNode rows) {
        List<RowChange> changes = new ArrayList<>();
        for (JsonNode row : rows) {
            changes.add(new RowChange(changes.size(), row.path("key").textValue(), objectOrEmpty(row.get("values"))));
        }
        return changes;
    }

    static List<ObjectNode> local(JsonNode rows) {
        List<ObjectNode> local = new ArrayList<>();
        rows.forEach(row -> local.add(objectOrEmpty(row.get("local"))));
        return local;
    }

    static ArrayNode answer(Answer answer) {
        ArrayNode rows = array();
        for (AnswerRow row : answer.rows()) {
            ObjectNode node = rows.addObject().put("ordinal", row.ordinal()).put("key", row.key());
            switch (row) {
                case AnswerRow.Present present -> node.set("row", present.row());
                case AnswerRow.KeyOnly _ -> {}
                case AnswerRow.Gone _ -> node.put("gone", true);
            }
        }
        return rows;
    }

    static Answer answer(JsonNode json) {
        List<AnswerRow> rows = new ArrayList<>();
        for (JsonNode node : json) {
            int ordinal = node.path("ordinal").asInt();
            String key = node.path("key").asText();
            if (node.get("row") instanceof ObjectNode row) {
                rows.add(new AnswerRow.Present(ordinal, key, row));
            } else if (node.path("gone").asBoolean()) {
                rows.add(new AnswerRow.Gone(ordinal, key));
            } else {
                rows.add(new AnswerRow.KeyOnly(ordinal, key));
            }
        }
        return new Answer(rows);
    }

    static ObjectNode error(PgError error) {
        ObjectNode node = object().put("sqlState", error.sqlState()).put("message", error.message());
        putIfPresent(node, "detail", error.detail());
        putIfPresent(node, "hint", error.hint());
        putIfPresent(node, "column", error.column());
        putIfPresent(node, "constraint", error.constraint());
        return node;
    }

    private static void putIfPresent(ObjectNode node, String name, @Nullable String value) {
        if (value != null) {
            node.put(name, value);
        }
    }

    private static ObjectNode objectOrEmpty(@Nullable JsonNode node) {
        return node instanceof ObjectNode object ? object : object();
    }
}
