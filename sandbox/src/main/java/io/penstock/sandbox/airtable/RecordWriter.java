package io.penstock.sandbox.airtable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Creates, changes and deletes records, and keeps both sides of a link the same. A refusal is an {@link ApiException}. */
final class RecordWriter {
    private static final String CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private final RecordStore store;
    private final CellReader cells;
    private final Clock clock;
    private Random random;

    RecordWriter(RecordStore store, Clock clock, long seed) {
        this.store = store;
        this.cells = new CellReader(store, this);
        this.clock = clock;
        this.random = new Random(seed);
    }

    /** Ids start again as they did for this seed. */
    void restart(long seed) {
        random = new Random(seed);
    }

    AirtableRecord create(AirtableBase base, AirtableTable table, ObjectNode fields, boolean typecast) {
        Instant now = now();
        AirtableRecord empty = new AirtableRecord("rec" + text(14), now, now, Map.of());
        return save(base, table, null, change(base, table, empty, fields, typecast));
    }

    /** @param replace what the request does not name becomes empty */
    AirtableRecord update(
            AirtableBase base,
            AirtableTable table,
            AirtableRecord before,
            ObjectNode fields,
            boolean typecast,
            boolean replace) {
        AirtableRecord from =
                replace ? new AirtableRecord(before.id(), before.created(), before.modified(), Map.of()) : before;
        return save(base, table, before, change(base, table, from, fields, typecast));
    }

    void delete(AirtableBase base, AirtableTable table, AirtableRecord record) {
        link(base, table, record, new AirtableRecord(record.id(), record.created(), now(), Map.of()));
        store.remove(table, record.id());
    }

    void undo() {
        store.undo();
        cells.undo();
    }

    /** What has been done stays done. */
    void commit() {
        store.commit();
        cells.commit();
    }

    /** A text of letters and digits, for ids. */
    String text(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
        }
        return text.toString();
    }

    /** All times of the API are whole seconds. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private AirtableRecord change(
            AirtableBase base, AirtableTable table, AirtableRecord from, ObjectNode fields, boolean typecast) {
        Map<String, JsonNode> values = new HashMap<>(from.cells());
        fields.properties().forEach(entry -> {
            AirtableField field = table.field(entry.getKey());
            if (field == null) {
                throw new ApiException(422, "UNKNOWN_FIELD_NAME", "Unknown field name: \"" + entry.getKey() + "\"");
            }
            JsonNode value = cells.read(base, field, entry.getValue(), typecast);
            if (value == null) {
                values.remove(field.name());
            } else {
                values.put(field.name(), value);
            }
        });
        return new AirtableRecord(from.id(), from.created(), now(), values);
    }

    private AirtableRecord save(
            AirtableBase base, AirtableTable table, @Nullable AirtableRecord before, AirtableRecord after) {
        store.put(table, after);
        link(base, table, before, after);
        return after;
    }

    /** Brings the other side of each link to what this side says now. */
    private void link(AirtableBase base, AirtableTable table, @Nullable AirtableRecord before, AirtableRecord after) {
        for (AirtableField field : table.fields()) {
            if (field.type() == FieldType.LINKS) {
                List<String> old =
                        before == null ? List.of() : ids(before.cells().get(field.name()));
                List<String> now = ids(after.cells().get(field.name()));
                old.stream().filter(id -> !now.contains(id)).forEach(id -> turn(base, field, id, after.id(), false));
                now.stream().filter(id -> !old.contains(id)).forEach(id -> turn(base, field, id, after.id(), true));
            }
        }
    }

    private void turn(AirtableBase base, AirtableField field, String otherId, String id, boolean linked) {
        AirtableTable table = base.named(field.linkedTable());
        AirtableRecord other = store.get(table, otherId);
        if (other == null) {
            return;
        }
        ArrayNode list = Json.array();
        ids(other.cells().get(field.inverse())).stream()
                .filter(each -> !each.equals(id))
                .forEach(list::add);
        if (linked) {
            list.add(id);
        }
        Map<String, JsonNode> values = new HashMap<>(other.cells());
        if (list.isEmpty()) {
            values.remove(field.inverse());
        } else {
            values.put(field.inverse(), list);
        }
        store.put(table, new AirtableRecord(other.id(), other.created(), now(), values));
    }

    private static List<String> ids(@Nullable JsonNode links) {
        return links == null
                ? List.of()
                : links.valueStream().map(JsonNode::asText).toList();
    }
}
