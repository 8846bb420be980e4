package io.penstock.sandbox.airtable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Grants;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxApi;
import io.penstock.sandbox.server.SandboxRequest;
import io.penstock.sandbox.server.SandboxResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An Airtable workspace with two bases: the core of the sandbox. A request that is refused leaves nothing behind.
 *
 * <p>A setting of its own for the admin API: {@code POST /_sandbox/limits}, see {@link RateLimits#set}.
 */
public final class AirtableApi implements SandboxApi {
    private final AirtableConfig config;
    private final RecordStore store = new RecordStore();
    private final RecordWriter writer;
    private final Grants grants;
    private final OAuthResource oauth;
    private final RateLimits limits;
    private final RecordResource records;
    private final ListResource lists;
    private List<AirtableBase> bases;

    public AirtableApi(AirtableConfig config) {
        this.config = config;
        this.writer = new RecordWriter(store, config.clock(), config.seed());
        this.grants = new Grants(OAuthResource.rules(config), config.clock(), config.seed());
        this.oauth = new OAuthResource(config, grants);
        this.limits = new RateLimits(config);
        this.records = new RecordResource(store, writer);
        this.lists = new ListResource(store, writer, config.clock());
        this.bases = firstBases();
        DemoData.load(bases.getFirst(), writer, config);
        writer.commit();
    }

    private static List<AirtableBase> firstBases() {
        return List.of(
                AirtableBase.crm(AirtableConfig.BASE, "CRM", '1'),
                AirtableBase.crm(AirtableConfig.SECOND_BASE, "Second CRM", '2'));
    }

    @Override
    public String name() {
        return "Airtable";
    }

    @Override
    public SandboxResponse answer(SandboxRequest request) {
        if (OAuthResource.handles(request.path())) {
            return oauth.answer(request);
        }
        List<String> path = request.segments();
        boolean meta = path.size() > 1 && path.get(1).equals("meta");
        if (path.size() < 3
                || !path.getFirst().equals("v0")
                || !meta && !path.get(1).matches("app[0-9A-Za-z]{14}")) {
            // A path that is none is one for everybody, also without a token.
            return ApiException.notFound().response();
        }
        String header = request.headers().getOrDefault("authorization", "");
        String token = header.regionMatches(true, 0, "Bearer ", 0, 7)
                ? header.substring(7).strip()
                : "";
        if (!token.equals(config.app().personalToken()) && !grants.use(token)) {
            return (token.isEmpty()
                            ? new ApiException(401, "AUTHENTICATION_REQUIRED", "Authentication required")
                            : new ApiException(401, "UNAUTHORIZED", "Invalid token"))
                    .response();
        }
        if (!limits.take(baseOf(path, meta))) {
            return RateLimits.refused();
        }
        try {
            SandboxResponse response = meta ? metadata(request, path) : route(request, path);
            writer.commit();
            return response;
        } catch (ApiException e) {
            writer.undo();
            return e.response();
        }
    }

    private static String baseOf(List<String> path, boolean meta) {
        return !meta ? path.get(1) : path.size() > 3 ? path.get(3) : "";
    }

    private SandboxResponse route(SandboxRequest request, List<String> path) {
        AirtableBase base = base(path.get(1));
        AirtableTable table = base.table(path.get(2));
        if (table == null) {
            throw ApiException.noModel();
        }
        List<String> rest = path.subList(3, path.size());
        Call call = new Call(request, base, table, rest, Call.body(request));
        if (rest.size() > 1) {
            throw ApiException.notFound();
        }
        if (rest.size() == 1) {
            return rest.getFirst().equals("listRecords") && call.is("POST")
                    ? lists.answer(call, ListQuery.ofBody(call))
                    : records.one(call, rest.getFirst());
        }
        return switch (request.method()) {
            case "GET" -> lists.answer(call, ListQuery.ofQuery(call));
            case "POST" -> records.create(call);
            case "PATCH", "PUT" -> records.update(call);
            case "DELETE" -> records.delete(call);
            default -> throw ApiException.notFound();
        };
    }

    private SandboxResponse metadata(SandboxRequest request, List<String> path) {
        if (!request.method().equals("GET")) {
            throw ApiException.notFound();
        }
        if (path.size() == 3 && path.get(2).equals("whoami")) {
            return SandboxResponse.json(200, Json.object().put("id", "usrSandboxPerson1"), 0);
        }
        ArrayNode list = Json.array();
        if (path.size() == 3 && path.get(2).equals("bases")) {
            bases.forEach(base -> list.addObject()
                    .put("id", base.id())
                    .put("name", base.name())
                    .put("permissionLevel", "create"));
            return SandboxResponse.json(200, Json.object().set("bases", list), 0);
        }
        if (path.size() == 5 && path.get(2).equals("bases") && path.get(4).equals("tables")) {
            AirtableBase base = base(path.get(3));
            base.tables().forEach(table -> list.add(table.describe(base)));
            return SandboxResponse.json(200, Json.object().set("tables", list), 0);
        }
        throw ApiException.notFound();
    }

    private AirtableBase base(String id) {
        return bases.stream().filter(base -> base.id().equals(id)).findFirst().orElseThrow(ApiException::noModel);
    }

    @Override
    public SandboxResponse failure(int status) {
        return switch (status) {
            case 401 -> new ApiException(401, "UNAUTHORIZED", "Invalid token").response();
            case 403 -> ApiException.noModel().response();
            case 404 -> ApiException.notFound().response();
            case 413 -> new ApiException(413, "REQUEST_TOO_LARGE", "Request body is too large").response();
            case 429 -> RateLimits.refused();
            case 500 ->
                new ApiException(500, "SERVER_ERROR", "Try again. If the problem persists, contact support.")
                        .response();
            case 503 ->
                new ApiException(
                                503,
                                "SERVICE_UNAVAILABLE",
                                "The service is temporarily unavailable. Please retry shortly.")
                        .response();
            // Gateways in front of the API answer for themselves, and not in JSON.
            case 502, 504 ->
                SandboxResponse.text(
                        status, "text/html", "<html><body><h1>" + status + " Gateway error</h1></body></html>");
            default -> new ApiException(status, "UNEXPECTED_ERROR", "An unexpected error occurred").response();
        };
    }

    @Override
    public boolean isAuthentication(SandboxRequest request) {
        return OAuthResource.handles(request.path());
    }

    @Override
    public boolean concerns(SandboxRequest request, String object) {
        List<String> path = request.segments();
        return path.size() > 2
                && bases.stream()
                        .filter(base -> base.id().equals(path.get(1)))
                        .flatMap(base -> base.tables().stream())
                        .anyMatch(table -> table.isCalled(path.get(2)) && table.isCalled(object));
    }

    /** The first base's tables by their names, the second's with the name of the base before them. */
    @Override
    public Map<String, List<ObjectNode>> objects() {
        Map<String, List<ObjectNode>> held = new LinkedHashMap<>();
        for (AirtableBase base : bases) {
            for (AirtableTable table : base.tables()) {
                List<ObjectNode> nodes = new ArrayList<>();
                for (AirtableRecord record : store.all(table)) {
                    ObjectNode node = Json.object().put("id", record.id());
                    for (AirtableField field : table.fields()) {
                        JsonNode value = record.value(table, field);
                        if (value == null) {
                            node.putNull(field.name());
                        } else {
                            node.set(field.name(), value);
                        }
                    }
                    nodes.add(node);
                }
                held.put(base == bases.getFirst() ? table.name() : base.name() + "/" + table.name(), nodes);
            }
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
        lists.reset();
        writer.restart(config.seed());
        bases = firstBases();
        DemoData.load(bases.getFirst(), writer, config);
        writer.commit();
    }
}
