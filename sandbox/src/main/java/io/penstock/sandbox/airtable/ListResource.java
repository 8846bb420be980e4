package io.penstock.sandbox.airtable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxResponse;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The list of a table's records, page by page: {@code GET /v0/{base}/{table}} and {@code POST .../listRecords}.
 *
 * <p>The first page fixes which records follow and in which order; an {@code offset} names that list and where in it to go on, for some minutes.
 */
final class ListResource {
    private static final int MOST_ITERATORS = 1_000;
    private static final Duration ITERATOR_LIFETIME = Duration.ofMinutes(10);

    private record Iteration(AirtableTable table, List<String> ids, Instant expires) {}

    private final RecordStore store;
    private final RecordWriter writer;
    private final Clock clock;
    private final Map<String, Iteration> iterations = new LinkedHashMap<>();

    ListResource(RecordStore store, RecordWriter writer, Clock clock) {
        this.store = store;
        this.writer = writer;
        this.clock = clock;
    }

    void reset() {
        iterations.clear();
    }

    SandboxResponse answer(Call call, ListQuery query) {
        AirtableTable table = call.table();
        List<AirtableField> wanted =
                query.fields().stream().map(name -> field(table, name)).toList();
        String iterator;
        List<String> ids;
        int start = 0;
        if (query.offset().isEmpty()) {
            iterator = "itr" + writer.text(14);
            ids = select(table, query);
        } else {
            if (!query.offset().matches("itr[0-9A-Za-z]{14}/rec[0-9A-Za-z]{14}")) {
                throw new ApiException(
                        422, "INVALID_OFFSET_VALUE", "The value of offset " + query.offset() + " is invalid");
            }
            iterator = query.offset().substring(0, 17);
            Iteration iteration = iterations.get(iterator);
            if (iteration == null
                    || !iteration.table().id().equals(table.id())
                    || !clock.instant().isBefore(iteration.expires())) {
                throw new ApiException(
                        422,
                        "LIST_RECORDS_ITERATOR_NOT_AVAILABLE",
                        "The iterator of this list is not available any more. Start again without an offset.");
            }
            ids = iteration.ids();
            start = Math.max(0, ids.indexOf(query.offset().substring(18)));
        }
        return page(table, query, wanted, iterator, ids, start);
    }

    private SandboxResponse page(
            AirtableTable table,
            ListQuery query,
            List<AirtableField> wanted,
            String iterator,
            List<String> ids,
            int start) {
        ArrayNode records = Json.array();
        int at = start;
        for (; at < ids.size() && records.size() < query.pageSize(); at++) {
            AirtableRecord record = store.get(table, ids.get(at));
            if (record != null) {
                records.add(record.show(table, field -> wanted.isEmpty() || wanted.contains(field), query.byFieldId()));
            }
        }
        ObjectNode page = Json.object();
        page.set("records", records);
        if (at < ids.size()) {
            remember(iterator, new Iteration(table, ids, clock.instant().plus(ITERATOR_LIFETIME)));
            page.put("offset", iterator + "/" + ids.get(at));
        }
        return SandboxResponse.json(200, page, records.size());
    }

    private void remember(String iterator, Iteration iteration) {
        iterations.put(iterator, iteration);
        if (iterations.size() > MOST_ITERATORS) {
            Iterator<String> oldest = iterations.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    private List<String> select(AirtableTable table, ListQuery query) {
        Formula formula = query.formula().isBlank() ? null : Formula.parse(table, query.formula());
        List<AirtableRecord> records = new ArrayList<>();
        for (AirtableRecord record : store.all(table)) {
            if (formula == null || formula.holds(record)) {
                records.add(record);
            }
        }
        Comparator<AirtableRecord> order = order(table, query.sort());
        if (order != null) {
            records.sort(order);
        }
        return records.stream()
                .limit(query.maxRecords())
                .map(AirtableRecord::id)
                .toList();
    }

    private static @Nullable Comparator<AirtableRecord> order(AirtableTable table, List<ListQuery.Sort> sorts) {
        Comparator<AirtableRecord> order = null;
        for (ListQuery.Sort sort : sorts) {
            AirtableField field = field(table, sort.field());
            Comparator<AirtableRecord> next = Comparator.comparing(
                    record -> record.value(table, field), Comparator.nullsFirst(ListResource::compare));
            Comparator<AirtableRecord> directed = sort.descending() ? next.reversed() : next;
            order = order == null ? directed : order.thenComparing(directed);
        }
        return order;
    }

    private static int compare(JsonNode left, JsonNode right) {
        if (left.isNumber() && right.isNumber()) {
            BigDecimal number = left.decimalValue();
            return number.compareTo(right.decimalValue());
        }
        return left.asText().compareToIgnoreCase(right.asText());
    }

    private static AirtableField field(AirtableTable table, String name) {
        AirtableField field = table.field(name);
        if (field == null) {
            throw new ApiException(422, "UNKNOWN_FIELD_NAME", "Unknown field name: \"" + name + "\"");
        }
        return field;
    }
}
