package io.penstock.sandbox.hubspot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Grants;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxApi;
import io.penstock.sandbox.server.SandboxRequest;
import io.penstock.sandbox.server.SandboxResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A HubSpot account: the core of the sandbox. A request that is refused as a whole leaves nothing behind.
 *
 * <p>A setting of its own for the admin API: {@code POST /_sandbox/limits}, see {@link RateLimits#set}.
 */
public final class HubSpotApi implements SandboxApi {
    private final HubSpotConfig config;
    private final Clock clock;
    private final HubSpotSchema schema = new HubSpotSchema();
    private final RecordStore store;
    private final RecordWriter writer;
    private final Grants grants;
    private final OAuthResource oauth;
    private final RateLimits limits;
    private final ObjectResource objects;
    private final BatchResource batches;
    private final SearchResource search;

    public HubSpotApi(HubSpotConfig config) {
        this.config = config;
        this.clock = config.clock();
        this.store = new RecordStore(config.indexLag());
        this.writer = new RecordWriter(store, clock, config.seed());
        this.grants = new Grants(OAuthResource.rules(config), clock, config.seed());
        this.oauth = new OAuthResource(config, grants);
        this.limits = new RateLimits(config);
        this.objects = new ObjectResource(store, writer);
        this.batches = new BatchResource(store, writer, objects);
        this.search = new SearchResource(store, writer, config.indexLag());
        DemoData.load(schema, writer, config);
        store.commit();
    }

    @Override
    public String name() {
        return "HubSpot";
    }

    @Override
    public SandboxResponse answer(SandboxRequest request) {
        if (OAuthResource.handles(request.path())) {
            return oauth.answer(request);
        }
        String header = request.headers().getOrDefault("authorization", "");
        String token = header.regionMatches(true, 0, "Bearer ", 0, 7)
                ? header.substring(7).strip()
                : "";
        boolean privateApp = token.equals(config.app().privateToken());
        SandboxResponse unauthorized = privateApp ? null : unauthorized(token);
        if (unauthorized != null) {
            return unauthorized;
        }
        List<String> path = withoutVersion(request.segments());
        boolean isSearch = path.size() == 4 && path.get(3).equals("search");
        SandboxResponse limited = limits.take(privateApp, isSearch);
        SandboxResponse response = limited == null ? transact(request, path) : limited;
        return isSearch ? response : limits.headers(response, privateApp);
    }

    private @Nullable SandboxResponse unauthorized(String token) {
        return switch (grants.state(token)) {
            case GOOD -> null;
            case EXPIRED -> {
                Instant expiry = grants.expiry(token);
                long seconds = expiry == null
                        ? 0
                        : Math.max(0, Duration.between(expiry, clock.instant()).toSeconds());
                yield new ApiException(
                                401,
                                "EXPIRED_AUTHENTICATION",
                                "The OAuth token used to make this call expired " + seconds + " second(s) ago.",
                                Map.of("expireTime", List.of(String.valueOf(expiry))))
                        .response();
            }
            case UNKNOWN ->
                new ApiException(
                                401,
                                "INVALID_AUTHENTICATION",
                                "Authentication credentials not found. This API supports OAuth 2.0 authentication and you"
                                        + " can find more details at"
                                        + " https://developers.hubspot.com/docs/methods/auth/oauth-overview")
                        .response();
        };
    }

    /** {@code /crm/v3/objects/...} and the dated {@code /crm/objects/2026-03/...} are the same here: crm, objects and what follows. */
    private static List<String> withoutVersion(List<String> segments) {
        List<String> path = new ArrayList<>(segments);
        if (path.size() > 2 && path.get(1).equals("v3")) {
            path.remove(1);
        } else if (path.size() > 2 && path.get(2).matches("v3|20\\d\\d-\\d\\d")) {
            path.remove(2);
        } else {
            path.clear();
        }
        return path;
    }

    private SandboxResponse transact(SandboxRequest request, List<String> path) {
        int mark = store.mark();
        try {
            return route(request, path)
                    .withHeader("X-HubSpot-Correlation-Id", UUID.randomUUID().toString());
        } catch (ApiException e) {
            store.undoTo(mark);
            return e.response();
        } finally {
            store.commit();
        }
    }

    private SandboxResponse route(SandboxRequest request, List<String> path) {
        if (path.size() < 3 || !path.getFirst().equals("crm")) {
            throw ApiException.notFound();
        }
        HubSpotObject type = schema.object(path.get(2));
        if (type == null) {
            throw new ApiException(400, "VALIDATION_ERROR", "Unable to infer object type from: " + path.get(2));
        }
        Call call = new Call(request, type, path.subList(3, path.size()), body(request));
        return switch (path.get(1)) {
            case "objects" -> objects(call);
            case "properties" -> properties(call);
            default -> throw ApiException.notFound();
        };
    }

    private SandboxResponse objects(Call call) {
        List<String> rest = call.rest();
        return switch (rest.size()) {
            case 0 -> objects.all(call);
            case 1 -> rest.getFirst().equals("search") ? search.answer(call) : objects.one(call, rest.getFirst());
            case 2 -> {
                if (!rest.getFirst().equals("batch")) {
                    throw ApiException.notFound();
                }
                yield batches.answer(call, rest.getLast());
            }
            default -> throw ApiException.notFound();
        };
    }

    private static SandboxResponse properties(Call call) {
        if (!call.is("GET")) {
            throw ObjectResource.methodNotAllowed();
        }
        if (call.rest().isEmpty()) {
            ArrayNode results = Json.array();
            call.type().properties().forEach(property -> results.add(property.describe(call.type())));
            ObjectNode body = Json.object();
            body.set("results", results);
            return SandboxResponse.json(200, body, 0);
        }
        HubSpotProperty property = call.type().property(call.rest().getFirst());
        if (property == null || call.rest().size() > 1) {
            throw new ApiException(
                    404,
                    "OBJECT_NOT_FOUND",
                    "Property " + call.rest().getFirst() + " does not exist for "
                            + call.type().typeId());
        }
        return SandboxResponse.json(200, property.describe(call.type()), 0);
    }

    private static JsonNode body(SandboxRequest request) {
        if (request.body().length == 0
                || request.method().equals("GET")
                || request.method().equals("DELETE")) {
            return MissingNode.getInstance();
        }
        String type = request.headers().getOrDefault("content-type", "");
        if (!type.startsWith("application/json")) {
            throw new ApiException(415, null, "HTTP 415 Unsupported Media Type");
        }
        try {
            return Json.parse(request.body());
        } catch (JsonProcessingException e) {
            throw new ApiException(
                    400,
                    null,
                    "Invalid input JSON on line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ": " + e.getOriginalMessage());
        }
    }

    @Override
    public SandboxResponse failure(int status) {
        return switch (status) {
            case 401 ->
                new ApiException(
                                401,
                                "EXPIRED_AUTHENTICATION",
                                "The OAuth token used to make this call expired 1 second(s) ago.")
                        .response();
            case 403 ->
                new ApiException(
                                403,
                                "MISSING_SCOPES",
                                "This app hasn't been granted all required scopes to make this call.")
                        .response();
            case 423 -> new ApiException(423, "LOCKED", "The object is locked by another request.").response();
            case 429 -> RateLimits.refused("TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit.");
            // Gateways in front of the API answer for themselves, and not in JSON.
            case 502, 504, 524 ->
                SandboxResponse.text(
                        status, "text/html", "<html><body><h1>" + status + " Gateway error</h1></body></html>");
            default -> new ApiException(status, null, "internal error").response();
        };
    }

    @Override
    public boolean isAuthentication(SandboxRequest request) {
        return OAuthResource.handles(request.path());
    }

    @Override
    public boolean concerns(SandboxRequest request, String object) {
        HubSpotObject type = schema.object(object);
        List<String> path = withoutVersion(request.segments());
        return type != null && path.size() > 2 && type.isCalled(path.get(2));
    }

    @Override
    public Map<String, List<ObjectNode>> objects() {
        Map<String, List<ObjectNode>> held = new LinkedHashMap<>();
        for (HubSpotObject type : schema.objects()) {
            List<ObjectNode> records = new ArrayList<>();
            for (HubSpotRecord record : store.all(type)) {
                ObjectNode node = Json.object().put("id", Long.toString(record.id()));
                type.properties()
                        .forEach(each ->
                                node.put(each.name(), record.properties().get(each.name())));
                records.add(node.put("archived", record.archived() != null));
            }
            held.put(type.name(), records);
        }
        return held;
    }

    @Override
    public void expireTokens() {
        grants.expireAll();
    }

    @Override
    public boolean set(String setting, JsonNode values) {
        if (!setting.equals("limits")) {
            return false;
        }
        limits.set(values);
        return true;
    }

    @Override
    public void reset() {
        store.clear();
        grants.reset();
        limits.reset();
        writer.restart(config.seed());
        DemoData.load(schema, writer, config);
        store.commit();
    }
}
