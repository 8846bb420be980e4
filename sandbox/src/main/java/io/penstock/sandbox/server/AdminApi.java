package io.penstock.sandbox.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a person or a test in another process asks the sandbox itself. None of it is logged, delayed or struck by faults.
 *
 * <pre>
 * GET    /                          the page
 * GET    /_sandbox/requests         what arrived; ?after=N only those after number N
 * DELETE /_sandbox/requests         forgets them
 * GET    /_sandbox/objects          how many of each type
 * GET    /_sandbox/objects/{type}   all of one type
 * POST   /_sandbox/faults           adds a rule, or an array of them; see {@link FaultJson}
 * DELETE /_sandbox/faults           removes all rules
 * POST   /_sandbox/latency          {"ms": 20}
 * POST   /_sandbox/expire-tokens
 * POST   /_sandbox/reset
 * POST   /_sandbox/{setting}        a setting of the API at hand; see its core
 * </pre>
 */
final class AdminApi {
    private static final String ROOT = "_sandbox";

    private final SandboxServer server;

    AdminApi(SandboxServer server) {
        this.server = server;
    }

    /** The answer, or null when the request is for the API. */
    @Nullable
    SandboxResponse answer(SandboxRequest request) {
        String path = request.path();
        if (path.equals("/") && request.method().equals("GET")) {
            return SandboxResponse.text(200, "text/html;charset=UTF-8", page());
        }
        if (path.equals("/favicon.ico")) {
            return SandboxResponse.empty(404, 0);
        }
        List<String> segments = path.startsWith("/" + ROOT + "/") ? request.segments() : List.of();
        if (segments.size() < 2) {
            return null;
        }
        try {
            return administer(request, segments.get(1), segments.size() > 2 ? segments.get(2) : null);
        } catch (IllegalArgumentException | JsonProcessingException e) {
            return SandboxResponse.json(400, Json.object().put("error", e.getMessage()), 0);
        }
    }

    private SandboxResponse administer(SandboxRequest request, String what, @Nullable String type)
            throws JsonProcessingException {
        return switch (request.method() + " " + what) {
            case "GET requests" -> requests(Long.parseLong(request.query().getOrDefault("after", "0")));
            case "DELETE requests" -> {
                server.log().clear();
                yield done();
            }
            case "GET objects" -> type == null ? counts() : objects(type);
            case "POST faults" -> {
                JsonNode rules = Json.parse(request.body());
                for (JsonNode rule : rules.isArray() ? rules : Json.array().add(rules)) {
                    FaultJson.add(rule, server.faults());
                }
                yield done();
            }
            case "DELETE faults" -> {
                server.faults().clear();
                yield done();
            }
            case "POST latency" -> {
                server.latency(
                        Duration.ofMillis(Json.parse(request.body()).path("ms").asLong(0)));
                yield done();
            }
            case "POST expire-tokens" -> {
                server.locked(() -> {
                    server.api().expireTokens();
                    return true;
                });
                yield done();
            }
            case "POST reset" -> {
                server.reset();
                yield done();
            }
            default -> {
                JsonNode values = request.body().length == 0 ? Json.object() : Json.parse(request.body());
                boolean known = request.method().equals("POST")
                        && server.locked(() -> server.api().set(what, values));
                yield known
                        ? done()
                        : SandboxResponse.json(404, Json.object().put("error", "no such thing: " + what), 0);
            }
        };
    }

    private static SandboxResponse done() {
        return SandboxResponse.json(200, Json.object().put("done", true), 0);
    }

    private SandboxResponse requests(long after) {
        ArrayNode list = Json.array();
        for (ReceivedRequest received : server.log().latest()) {
            if (received.number() > after) {
                ObjectNode entry = list.addObject()
                        .put("number", received.number())
                        .put("time", received.time().toString())
                        .put("method", received.method())
                        .put("target", received.target())
                        .put("rows", received.rows())
                        .put("status", received.status())
                        .put("ms", received.milliseconds());
                if (received.fault() != null) {
                    entry.put("fault", received.fault());
                }
                if (received.body().length > 0) {
                    entry.put("body", received.bodyText());
                }
            }
        }
        return SandboxResponse.json(200, list, list.size());
    }

    private SandboxResponse counts() {
        ObjectNode counts = Json.object();
        server.locked(() -> server.api().objects()).forEach((type, records) -> counts.put(type, records.size()));
        return SandboxResponse.json(200, counts, 0);
    }

    private SandboxResponse objects(String type) {
        List<ObjectNode> records = server.locked(() -> server.api().objects()).get(type);
        if (records == null) {
            throw new IllegalArgumentException("no such type: " + type);
        }
        ArrayNode list = Json.array();
        records.forEach(list::add);
        return SandboxResponse.json(200, list, records.size());
    }

    private String page() {
        Map<String, List<ObjectNode>> objects = server.locked(() -> server.api().objects());
        return SandboxPage.render(
                server.api().name(), server.log().latest(), server.log().count(), objects);
    }
}
