package io.penstock.sandbox.helpdesk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.RateWindow;
import io.penstock.sandbox.server.SandboxApi;
import io.penstock.sandbox.server.SandboxRequest;
import io.penstock.sandbox.server.SandboxResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tickets of a helpdesk: the core of the sandbox. docs/add-an-api.md is its documentation.
 *
 * <pre>
 * GET    /v2/tickets        ?limit &after &changed_since &key_prefix   {"tickets": [...], "more": false}
 * GET    /v2/tickets/7                                                 {"ticket": {...}}
 * POST   /v2/tickets        {"tickets": [{...}]}                       {"tickets": [...]}, 1 to 20, all or none
 * PATCH  /v2/tickets        {"tickets": [{"id": 7, "changes": {...}}]} {"tickets": [...]}, 1 to 20, all or none
 * DELETE /v2/tickets/7                                                 204
 * </pre>
 */
public final class HelpdeskApi implements SandboxApi {
    private static final int MOST_TICKETS = 20;
    private static final int LARGEST_PAGE = 100;

    private final HelpdeskConfig config;
    private final RateWindow limit;
    private final TicketFields fields = new TicketFields(this::isLive);
    private final SortedMap<Long, ObjectNode> tickets = new TreeMap<>();
    private long lastId = 1_000;

    public HelpdeskApi(HelpdeskConfig config) {
        this.config = config;
        this.limit = new RateWindow(config.perSecond(), Duration.ofSeconds(1));
        load();
    }

    private void load() {
        for (int i = 1; i <= config.tickets(); i++) {
            create(Json.object()
                    .put("subject", "Printer " + i + " does not print")
                    .put("priority", 1 + i % 5));
        }
    }

    @Override
    public String name() {
        return "Helpdesk";
    }

    @Override
    public SandboxResponse answer(SandboxRequest request) {
        if (!config.key().equals(request.header("X-Api-Key"))) {
            return new HelpdeskException(401, "bad_key", null, "The key is missing or wrong.").response();
        }
        if (!limit.take(config.clock().instant())) {
            return new HelpdeskException(429, "slow_down", null, "More requests than " + limit.most() + " in a second.")
                    .response()
                    .withHeader("Retry-After", "1");
        }
        SandboxResponse response;
        SortedMap<Long, ObjectNode> before = new TreeMap<>(tickets);
        try {
            response = route(request);
        } catch (HelpdeskException refused) {
            tickets.clear();
            tickets.putAll(before);
            response = refused.response();
        }
        return response.withHeader("X-Limit", Long.toString(limit.most()))
                .withHeader(
                        "X-Left", Long.toString(limit.remaining(config.clock().instant())));
    }

    private SandboxResponse route(SandboxRequest request) {
        List<String> path = request.segments();
        boolean known =
                path.size() >= 2 && path.getFirst().equals("v2") && path.get(1).equals("tickets");
        Fault.RefuseRecords refusal = request.refusal();
        if (refusal != null && !request.method().equals("GET")) {
            throw new HelpdeskException(422, refusal.code(), null, refusal.message());
        }
        if (known && path.size() == 2) {
            return switch (request.method()) {
                case "GET" -> list(request);
                case "POST" -> write(request, 201);
                case "PATCH" -> write(request, 200);
                default -> throw noSuchThing();
            };
        }
        if (known && path.size() == 3) {
            ObjectNode ticket = live(path.get(2));
            switch (request.method()) {
                case "GET" -> {
                    return SandboxResponse.json(200, Json.object().set("ticket", ticket), 1);
                }
                case "DELETE" -> {
                    ObjectNode gone = ticket.deepCopy().put("deleted", true).put("changed_at", now());
                    tickets.put(gone.path("id").asLong(), gone);
                    return SandboxResponse.empty(204, 1);
                }
                default -> throw noSuchThing();
            }
        }
        throw noSuchThing();
    }

    private SandboxResponse list(SandboxRequest request) {
        long after = number(request.query().getOrDefault("after", "0"));
        long limit = Math.clamp(number(request.query().getOrDefault("limit", "50")), 1, LARGEST_PAGE);
        Instant since = since(request.query().get("changed_since"));
        String prefix = request.query().get("key_prefix");
        List<ObjectNode> found = tickets.tailMap(after + 1).values().stream()
                .filter(ticket -> since == null
                        ? !ticket.path("deleted").asBoolean()
                        : !Instant.parse(ticket.path("changed_at").asText()).isBefore(since))
                .filter(ticket ->
                        prefix == null || ticket.path("external_key").asText().startsWith(prefix))
                .toList();
        ArrayNode page = Json.array();
        found.stream().limit(limit).forEach(page::add);
        ObjectNode body = Json.object().put("more", found.size() > limit);
        return SandboxResponse.json(200, body.set("tickets", page), page.size());
    }

    private SandboxResponse write(SandboxRequest request, int status) {
        JsonNode inputs = body(request).path("tickets");
        if (!inputs.isArray() || inputs.isEmpty() || inputs.size() > MOST_TICKETS) {
            throw HelpdeskException.of("too_many", "tickets", "A list of 1 to " + MOST_TICKETS + " tickets.");
        }
        ArrayNode written = Json.array();
        for (JsonNode input : inputs) {
            written.add(status == 201 ? create(input) : change(input));
        }
        return SandboxResponse.json(status, Json.object().set("tickets", written), written.size());
    }

    private ObjectNode create(JsonNode input) {
        long id = ++lastId;
        ObjectNode ticket = Json.object().put("id", id).put("reference", "HD-" + id);
        for (String empty : List.of("subject", "description", "requester", "priority", "due_on", "blocked_by")) {
            ticket.putNull(empty);
        }
        ticket.put("status", "open")
                .put("urgent", false)
                .putNull("external_key")
                .putArray("tags");
        fields.write(ticket, input);
        ticket.put("created_at", now()).put("changed_at", now()).put("deleted", false);
        tickets.put(id, ticket);
        return ticket;
    }

    private ObjectNode change(JsonNode input) {
        ObjectNode ticket = live(input.path("id").asText()).deepCopy();
        fields.write(ticket, input.path("changes"));
        ticket.put("changed_at", now());
        tickets.put(ticket.path("id").asLong(), ticket);
        return ticket;
    }

    private ObjectNode live(String id) {
        ObjectNode ticket = id.matches("\\d{1,18}") ? tickets.get(Long.valueOf(id)) : null;
        if (ticket == null || ticket.path("deleted").asBoolean()) {
            throw HelpdeskException.noTicket(id);
        }
        return ticket;
    }

    private boolean isLive(long id) {
        ObjectNode ticket = tickets.get(id);
        return ticket != null && !ticket.path("deleted").asBoolean();
    }

    private String now() {
        return config.clock().instant().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static JsonNode body(SandboxRequest request) {
        try {
            return Json.parse(request.body());
        } catch (JsonProcessingException broken) {
            throw new HelpdeskException(400, "not_json", null, "The body is not JSON.");
        }
    }

    private static @Nullable Instant since(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException noTime) {
            throw HelpdeskException.of("invalid", "changed_since", "The value is no time.");
        }
    }

    private static long number(String text) {
        if (!text.matches("\\d{1,18}")) {
            throw HelpdeskException.of("invalid", "limit", "The value is no number.");
        }
        return Long.parseLong(text);
    }

    private static HelpdeskException noSuchThing() {
        return new HelpdeskException(404, "no_such_thing", null, "There is nothing here.");
    }

    @Override
    public SandboxResponse failure(int status) {
        return new HelpdeskException(status, "broken", null, "The helpdesk is out of order.").response();
    }

    @Override
    public boolean isAuthentication(SandboxRequest request) {
        return false;
    }

    @Override
    public boolean concerns(SandboxRequest request, String object) {
        return object.equals("tickets");
    }

    @Override
    public Map<String, List<ObjectNode>> objects() {
        Map<String, List<ObjectNode>> held = new LinkedHashMap<>();
        held.put("tickets", new ArrayList<>(tickets.values()));
        return held;
    }

    /** Its key stays. */
    @Override
    public void expireTokens() {}

    @Override
    public void reset() {
        tickets.clear();
        limit.clear();
        lastId = 1_000;
        load();
    }
}
