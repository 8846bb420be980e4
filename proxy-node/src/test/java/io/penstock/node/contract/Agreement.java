package io.penstock.node.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Compares, row by row and field by field, what the API holds with what Postgres holds: a silent local write shows here. */
public final class Agreement {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter API_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSZ", Locale.ROOT);

    /** How the names of columns begin that the API knows nothing of. */
    private static final String LOCAL = "local_";

    private final Function<String, List<List<@Nullable String>>> stored;
    private final Function<String, List<ObjectNode>> objects;
    private final Map<String, String> tables;

    /**
     * @param stored rows of a query, past the proxy
     * @param objects the API's records of a type
     * @param tables types by table
     */
    public Agreement(
            Function<String, List<List<@Nullable String>>> stored,
            Function<String, List<ObjectNode>> objects,
            Map<String, String> tables) {
        this.stored = stored;
        this.objects = objects;
        this.tables = tables;
    }

    /** Every difference in words; empty where API and Postgres agree. */
    public List<String> differences() {
        List<String> differences = new ArrayList<>();
        tables.forEach((table, type) -> compare(table, type, differences));
        stored.apply("select relation::regclass, operation from penstock.captured")
                .forEach(row -> differences.add("captured rows were committed: " + row));
        return differences;
    }

    /** Journal entries that are not finished: neither applied, nor refused, nor known to have had no effect. */
    public List<String> unfinished() {
        return stored
                .apply("select id, state, reason from penstock.mutation_journal"
                        + " where state not in ('APPLIED', 'REJECTED', 'NOT_APPLIED')")
                .stream()
                .map(Object::toString)
                .toList();
    }

    private void compare(String table, String type, List<String> differences) {
        Map<String, ObjectNode> records = new HashMap<>();
        objects.apply(type).forEach(object -> records.put(object.path("Id").asText(), object));
        Map<String, JsonNode> rows = new HashMap<>();
        for (List<@Nullable String> row : stored.apply("select id, to_jsonb(t) from " + table + " t")) {
            rows.put(String.valueOf(row.get(0)), json(String.valueOf(row.get(1))));
        }
        TreeSet<String> ids = new TreeSet<>(records.keySet());
        ids.addAll(rows.keySet());
        for (String id : ids) {
            ObjectNode object = records.get(id);
            JsonNode row = rows.get(id);
            if (object == null) {
                differences.add(table + " has a row that the API does not have: " + row);
            } else if (row == null) {
                differences.add(table + " lacks a row that the API has: " + object);
            } else {
                compare(table + " " + id, object, row, differences);
            }
        }
    }

    private static void compare(String what, ObjectNode object, JsonNode row, List<String> differences) {
        Set<String> columns = new TreeSet<>();
        row.fieldNames().forEachRemaining(columns::add);
        columns.removeIf(column -> column.startsWith(LOCAL));
        object.properties().forEach(field -> {
            columns.remove(column(field.getKey()));
            JsonNode stored = row.get(column(field.getKey()));
            // The correlation field is no column, and "attributes" is no field.
            if (stored != null && !same(field.getValue(), stored)) {
                differences.add(what + ": " + field.getKey() + " is " + field.getValue() + " at the API and " + stored
                        + " in Postgres");
            }
        });
        columns.forEach(column -> differences.add(what + ": no field of the API belongs to column " + column));
    }

    private static boolean same(JsonNode api, JsonNode stored) {
        if (api.isNull() || stored.isNull()) {
            return api.isNull() && stored.isNull();
        }
        if (api.isNumber() || stored.isNumber()) {
            return new BigDecimal(api.asText()).compareTo(new BigDecimal(stored.asText())) == 0;
        }
        return api.asText().equals(stored.asText()) || sameTime(api.asText(), stored.asText());
    }

    private static boolean sameTime(String api, String stored) {
        if (api.length() < 20 || stored.length() < 20 || api.charAt(10) != 'T' || stored.charAt(10) != 'T') {
            return false;
        }
        return Objects.equals(
                OffsetDateTime.parse(api, API_TIME).toInstant(),
                OffsetDateTime.parse(stored).toInstant());
    }

    /** {@code FirstName} is {@code first_name}, {@code Note__c} is {@code note}. */
    static String column(String field) {
        return field.replaceAll("__c$", "")
                .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
