package io.penstock.sandbox.hubspot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** {@code POST /crm/v3/objects/{type}/search}. Its index is behind by a while: what was just written is not found yet, or as it was before. */
final class SearchResource {
    private static final int USUAL_PAGE = 10;
    private static final int LARGEST_PAGE = 200;
    private static final int MOST_HITS = 10_000;
    private static final int MOST_GROUPS = 5;
    private static final int MOST_FILTERS = 6;

    private final RecordStore store;
    private final RecordWriter writer;
    private final Duration lag;

    SearchResource(RecordStore store, RecordWriter writer, Duration lag) {
        this.store = store;
        this.writer = writer;
        this.lag = lag;
    }

    SandboxResponse answer(Call call) {
        if (!call.is("POST")) {
            throw ObjectResource.methodNotAllowed();
        }
        ObjectNode body = call.object();
        int limit = body.path("limit").asInt(USUAL_PAGE);
        int after = body.path("after").asInt(0);
        if (limit < 0 || limit > LARGEST_PAGE) {
            throw new ApiException(400, "VALIDATION_ERROR", "limit must be at most " + LARGEST_PAGE);
        }
        if (after < 0 || after + limit > MOST_HITS) {
            throw new ApiException(400, "VALIDATION_ERROR", "Paging beyond " + MOST_HITS + " results is not supported");
        }
        List<HubSpotRecord> hits = hits(call.type(), body);
        List<String> names = new ArrayList<>();
        body.path("properties").forEach(name -> names.add(name.asText()));
        ArrayNode results = Json.array();
        hits.stream()
                .skip(after)
                .limit(limit)
                .map(record ->
                        record.show(call.type(), names.isEmpty() ? call.type().defaults() : names))
                .forEach(results::add);
        ObjectNode page = Json.object().put("total", hits.size());
        page.set("results", results);
        if (after + limit < hits.size() && limit > 0) {
            page.putObject("paging").putObject("next").put("after", Integer.toString(after + limit));
        }
        return SandboxResponse.json(200, page, results.size());
    }

    private List<HubSpotRecord> hits(HubSpotObject type, ObjectNode body) {
        List<List<SearchFilter>> groups = groups(type, body);
        String query = body.path("query").asText("").toLowerCase(Locale.ROOT);
        Comparator<HubSpotRecord> order = order(type, body.path("sorts"));
        Instant now = writer.now();
        List<HubSpotRecord> hits = new ArrayList<>();
        for (HubSpotRecord latest : store.all(type)) {
            HubSpotRecord record = latest.indexed(now, lag);
            if (record != null
                    && record.archived() == null
                    && (groups.isEmpty()
                            || groups.stream().anyMatch(group -> group.stream().allMatch(each -> each.matches(record))))
                    && record.properties().values().stream()
                            .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains(query))) {
                hits.add(record);
            }
        }
        hits.sort(order);
        return hits;
    }

    private static List<List<SearchFilter>> groups(HubSpotObject type, ObjectNode body) {
        List<List<SearchFilter>> groups = new ArrayList<>();
        for (JsonNode group : body.path("filterGroups")) {
            List<SearchFilter> filters = new ArrayList<>();
            group.path("filters").forEach(filter -> filters.add(SearchFilter.read(type, filter)));
            if (filters.size() > MOST_FILTERS) {
                throw ApiException.badInput("too many filters per filterGroup (count: " + filters.size()
                        + ", max allowed: " + MOST_FILTERS + ")");
            }
            groups.add(filters);
        }
        if (groups.size() > MOST_GROUPS) {
            throw ApiException.badInput(
                    "too many filterGroups (count: " + groups.size() + ", max allowed: " + MOST_GROUPS + ")");
        }
        return groups;
    }

    private static Comparator<HubSpotRecord> order(HubSpotObject type, JsonNode sorts) {
        Comparator<HubSpotRecord> byId = Comparator.comparingLong(HubSpotRecord::id);
        if (sorts.isEmpty()) {
            return byId;
        }
        JsonNode first = sorts.get(0);
        String name =
                first.isTextual() ? first.asText() : first.path("propertyName").asText();
        HubSpotProperty property = type.property(name.startsWith("-") ? name.substring(1) : name);
        if (property == null) {
            throw new ApiException(400, "VALIDATION_ERROR", "Property \"" + name + "\" does not exist");
        }
        Comparator<HubSpotRecord> byValue = Comparator.comparing(
                record -> record.properties().get(property.name()),
                Comparator.nullsFirst((left, right) -> SearchFilter.compare(property, left, right)));
        boolean descending =
                name.startsWith("-") || first.path("direction").asText().equals("DESCENDING");
        return (descending ? byValue.reversed() : byValue).thenComparing(byId);
    }
}
