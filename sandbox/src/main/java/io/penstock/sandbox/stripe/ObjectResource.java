package io.penstock.sandbox.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.SandboxResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Create, retrieve, update, delete, list and search, the same for every type. Whatever can fail does so before anything is stored. */
final class ObjectResource {
    private static final List<StripeParameter> SEARCH = List.of(
            StripeParameter.required("query", new StripeParameter.Text(5_000)),
            StripeParameter.optional("limit", new StripeParameter.Whole(1, 100)),
            StripeParameter.optional("page", new StripeParameter.Text(5_000)),
            StripeParameter.EXPAND);
    private static final List<StripeParameter> RETRIEVE = List.of(StripeParameter.EXPAND);

    private final StripeStore store;
    private final EventLog events;
    private final Expansion expansion;
    private final Clock clock;
    private final Duration searchLag;

    ObjectResource(StripeStore store, EventLog events, Expansion expansion, Clock clock, Duration searchLag) {
        this.store = store;
        this.events = events;
        this.expansion = expansion;
        this.clock = clock;
        this.searchLag = searchLag;
    }

    /** The values of the call, checked; this is what happens before a request begins. */
    static ObjectNode read(StripeCall call, StripeType type) {
        String id = call.part(1);
        return switch (call.method()) {
            case "POST" ->
                ParameterReader.read(
                        id.isEmpty() ? type.createParameters() : type.updateParameters(), call.parameters());
            case "DELETE" -> ParameterReader.read(List.of(), call.parameters());
            default -> {
                if (call.searches()) {
                    yield ParameterReader.read(SEARCH, call.parameters());
                }
                List<StripeParameter> list = new ArrayList<>(StripeParameter.PAGING);
                list.addAll(type.listParameters());
                yield ParameterReader.read(id.isEmpty() ? list : RETRIEVE, call.parameters());
            }
        };
    }

    /** Answers a call whose values were read. */
    SandboxResponse answer(StripeCall call, StripeType type, ObjectNode values) {
        String id = call.part(1);
        if (id.isEmpty()) {
            return switch (call.method()) {
                case "POST" -> SandboxResponse.json(200, create(type, values, call), 1);
                case "GET" -> list(call, type, values);
                default -> throw call.unknownUrl();
            };
        }
        return switch (call.method()) {
            case "GET" -> call.searches() ? search(call, type, values) : retrieve(type, id, values);
            case "POST" -> update(call, type, id, values);
            case "DELETE" -> delete(call, type, id);
            default -> throw call.unknownUrl();
        };
    }

    /** Makes an object and returns it as it is shown; the call is null for demo data. */
    ObjectNode create(StripeType type, ObjectNode values, @Nullable StripeCall call) {
        Instant now = clock.instant();
        String id = type.newId(values);
        ObjectNode record = type.blank(id, now.getEpochSecond());
        ObjectChanges.apply(record, type.createParameters(), values, type.blank(id, now.getEpochSecond()));
        type.complete(record, values, true);
        ObjectNode shown = shown(record, values);
        store.put(record, now);
        events.created(record, call);
        return shown;
    }

    private SandboxResponse retrieve(StripeType type, String id, ObjectNode values) {
        if (type.tombstones() && store.deleted(type.object(), id)) {
            return SandboxResponse.json(200, StripeStore.tombstone(type.object(), id), 1);
        }
        return SandboxResponse.json(200, shown(found(type, id), values), 1);
    }

    private SandboxResponse update(StripeCall call, StripeType type, String id, ObjectNode values) {
        ObjectNode before = found(type, id);
        ObjectNode record = before.deepCopy();
        Instant now = clock.instant();
        ObjectChanges.apply(record, type.updateParameters(), values, type.blank(id, 0));
        type.complete(record, values, false);
        boolean changed = !record.equals(before);
        if (changed && record.has("updated")) {
            record.put("updated", now.getEpochSecond());
        }
        ObjectNode shown = shown(record, values);
        if (changed) {
            store.put(record, now);
            events.updated(before, record, call);
        }
        return SandboxResponse.json(200, shown, 1);
    }

    private SandboxResponse delete(StripeCall call, StripeType type, String id) {
        if (!type.deletable()) {
            throw call.unknownUrl();
        }
        ObjectNode record = found(type, id);
        type.checkDeletion(record);
        store.delete(record);
        events.deleted(record, call);
        return SandboxResponse.json(200, StripeStore.tombstone(type.object(), id), 1);
    }

    private SandboxResponse list(StripeCall call, StripeType type, ObjectNode values) {
        ListPage.Page page = ListPage.of(
                type.object(), store.newestFirst(type.object()), record -> type.listed(record, values), values);
        return listed(call, "list", page.more(), page.records(), values);
    }

    private SandboxResponse search(StripeCall call, StripeType type, ObjectNode values) {
        SearchQuery query = SearchQuery.parse(values.path("query").asText(), type.searchFields());
        Instant indexed = clock.instant().minus(searchLag);
        List<ObjectNode> found = store.newestFirst(type.object()).stream()
                .filter(record -> !store.changed(record).isAfter(indexed))
                .filter(query::matches)
                .toList();
        int from = Math.min(offset(values.path("page")), found.size());
        int to = Math.min(from + values.path("limit").asInt(10), found.size());
        boolean more = to < found.size();
        ObjectNode answer = Expansion.frame("search_result", call.url(), more, found.subList(from, to));
        answer.put("next_page", more ? token(to) : null);
        for (JsonNode wanted : values.path("expand")) {
            if (wanted.asText().equals("total_count")) {
                answer.put("total_count", found.size());
            }
        }
        expansion.apply(answer, values.path("expand"));
        return SandboxResponse.json(200, answer, to - from);
    }

    private static String token(int offset) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(("page:" + offset).getBytes(StandardCharsets.US_ASCII));
    }

    private static int offset(JsonNode page) {
        if (page.isMissingNode()) {
            return 0;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(page.asText()), StandardCharsets.US_ASCII);
            if (text.matches("page:\\d{1,9}")) {
                return Integer.parseInt(text.substring("page:".length()));
            }
        } catch (IllegalArgumentException e) {
            throw StripeException.invalid(null, "Invalid page token: " + page.asText(), "page");
        }
        throw StripeException.invalid(null, "Invalid page token: " + page.asText(), "page");
    }

    /** Events: read only, and of the last thirty days. */
    SandboxResponse events(StripeCall call) {
        if (call.writes() || call.path().size() > 2) {
            throw call.unknownUrl();
        }
        String id = call.part(1);
        if (!id.isEmpty()) {
            ParameterReader.read(RETRIEVE, call.parameters());
            return events.latest().stream()
                    .filter(event -> event.path("id").asText().equals(id))
                    .findAny()
                    .map(event -> SandboxResponse.json(200, event, 1))
                    .orElseThrow(() -> StripeException.missing("event", id));
        }
        List<StripeParameter> parameters = new ArrayList<>(StripeParameter.PAGING);
        parameters.add(StripeParameter.optional("type", new StripeParameter.Text(5_000)));
        parameters.add(StripeParameter.optional("types", new StripeParameter.Texts()));
        parameters.add(StripeParameter.notHere("delivery_success"));
        ObjectNode values = ParameterReader.read(parameters, call.parameters());
        ListPage.Page page = ListPage.of("event", events.latest(), event -> EventLog.listed(event, values), values);
        return listed(call, "list", page.more(), page.records(), values);
    }

    private SandboxResponse listed(
            StripeCall call, String frame, boolean more, List<ObjectNode> page, ObjectNode values) {
        ObjectNode answer = Expansion.frame(frame, call.url(), more, page);
        expansion.apply(answer, values.path("expand"));
        return SandboxResponse.json(200, answer, page.size());
    }

    /** Fails when something cannot be expanded, which has to be before anything is stored. */
    private ObjectNode shown(ObjectNode record, ObjectNode values) {
        ObjectNode answer = record.deepCopy();
        expansion.apply(answer, values.path("expand"));
        return answer;
    }

    private ObjectNode found(StripeType type, String id) {
        ObjectNode record = store.get(type.object(), id);
        if (record == null) {
            throw StripeException.missing(type.object(), id);
        }
        return record;
    }
}
