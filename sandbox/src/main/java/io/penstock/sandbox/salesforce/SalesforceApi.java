package io.penstock.sandbox.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Grants;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxApi;
import io.penstock.sandbox.server.SandboxRequest;
import io.penstock.sandbox.server.SandboxResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A Salesforce org: the core of the sandbox. Each request is a transaction of its own: a request refused as a whole leaves nothing behind.
 *
 * <p>Settings of its own for the admin API: {@code POST /_sandbox/limits {"max": 100, "used": 0}} and
 * {@code POST /_sandbox/rotation {"on": true}}.
 */
public final class SalesforceApi implements SandboxApi {
    private static final int LONGEST_TARGET = 16_384;
    private static final String ERROR_NUMBER = "1234567890-12345 (123456789)";

    private final SalesforceConfig config;
    private final SalesforceSchema schema = SalesforceSchema.standard();
    private final RecordStore store = new RecordStore();
    private final RecordWriter writer;
    private final Grants grants;
    private final OAuthResource oauth;
    private final RowResource rows;
    private final CollectionsResource collections;
    private final CompositeResource composite;
    private final QueryResource queries;
    private final DescribeResource describe;
    private long quota;
    private long used;

    public SalesforceApi(SalesforceConfig config) {
        this.config = config;
        this.writer = new RecordWriter(schema, store, config.clock(), config.seed());
        this.grants = new Grants(OAuthResource.rules(config), config.clock(), config.seed());
        this.oauth = new OAuthResource(config, grants);
        this.rows = new RowResource(store, writer);
        this.collections = new CollectionsResource(schema, store, writer, rows);
        this.composite = new CompositeResource(store, this::part);
        this.queries = new QueryResource(new SoqlExecutor(schema, store));
        this.describe = new DescribeResource(schema, store);
        this.quota = config.dailyRequests();
        DemoData.load(schema, writer, config);
        store.commit();
    }

    @Override
    public String name() {
        return "Salesforce";
    }

    @Override
    public SandboxResponse answer(SandboxRequest request) {
        if (request.target().length() > LONGEST_TARGET) {
            return new ApiException(414, "URI_TOO_LONG", "The URI exceeds the limit of 16384 bytes").response();
        }
        if (OAuthResource.handles(request.path())) {
            return oauth.answer(request);
        }
        List<String> segments = request.segments();
        if (segments.size() < 2 || !request.path().startsWith("/services/data")) {
            return ApiException.notFound().response();
        }
        if (segments.size() == 2) {
            return DescribeResource.versions();
        }
        String token = OAuthResource.bearer(request);
        if (token == null || !grants.use(token)) {
            return new ApiException(401, "INVALID_SESSION_ID", "Session expired or invalid")
                    .response()
                    .withHeader("WWW-Authenticate", "Token");
        }
        if (used >= quota) {
            return limited(new ApiException(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.").response());
        }
        used++;
        return limited(transact(request, segments));
    }

    private SandboxResponse transact(SandboxRequest request, List<String> segments) {
        int mark = store.mark();
        try {
            return route(call(request, segments));
        } catch (ApiException e) {
            store.undoTo(mark);
            return e.response();
        } finally {
            store.commit();
        }
    }

    private SandboxResponse limited(SandboxResponse response) {
        return response.withHeader("Sforce-Limit-Info", "api-usage=" + used + "/" + quota);
    }

    private static Call call(SandboxRequest request, List<String> segments) {
        JsonNode body = MissingNode.getInstance();
        if (request.body().length > 0
                && !request.method().equals("GET")
                && !request.method().equals("DELETE")) {
            String type = request.headers().getOrDefault("content-type", "");
            if (!type.startsWith("application/json")) {
                throw new ApiException(
                        415,
                        "UNSUPPORTED_MEDIA_TYPE",
                        "Content-Type header specified in HTTP request is not supported: " + type);
            }
            try {
                body = Json.parse(request.body());
            } catch (JsonProcessingException e) {
                throw new ApiException(
                        400,
                        "JSON_PARSER_ERROR",
                        e.getOriginalMessage() + " at [line:" + e.getLocation().getLineNr() + ", column:"
                                + e.getLocation().getColumnNr() + "]");
            }
        }
        return new Call(
                request.method(),
                "/services/data/" + segments.get(2),
                segments.subList(3, segments.size()),
                request.query(),
                request.headers(),
                body,
                request.refusal());
    }

    /** A part of a composite: everything but another composite. */
    private SandboxResponse part(Call call) {
        if (call.part(0).equals("composite") && !call.part(1).equals("sobjects")) {
            throw new ApiException(400, "INVALID_INPUT", "This resource is not supported within a composite request.");
        }
        int mark = store.mark();
        try {
            return route(call);
        } catch (ApiException e) {
            store.undoTo(mark);
            throw e;
        }
    }

    private SandboxResponse route(Call call) {
        if (!DescribeResource.isVersion(call.base().substring("/services/data/".length()))) {
            throw ApiException.notFound();
        }
        return switch (call.part(0)) {
            case "" -> describe.resources(call);
            case "sobjects" -> sobjects(call);
            case "composite" -> composite(call);
            case "query" -> queries.answer(call, false);
            case "queryAll" -> queries.answer(call, true);
            case "limits" -> limits();
            default -> throw ApiException.notFound();
        };
    }

    private SandboxResponse composite(Call call) {
        if (call.part(1).equals("sobjects")) {
            return collections.answer(call);
        }
        if (!call.part(1).isEmpty()) {
            throw ApiException.notFound();
        }
        if (!call.is("POST")) {
            throw ApiException.methodNotAllowed(call.method());
        }
        return composite.answer(call);
    }

    private SandboxResponse sobjects(Call call) {
        if (call.path().size() == 1) {
            return describe.all(call);
        }
        SalesforceObject type = schema.object(call.part(1));
        if (type == null) {
            throw ApiException.notFound();
        }
        if (call.path().size() == 2) {
            return switch (call.method()) {
                case "GET" -> describe.brief(call, type);
                case "POST" -> rows.create(call, type);
                default -> throw ApiException.methodNotAllowed(call.method());
            };
        }
        if (call.path().size() > 3) {
            return rows.rowByExternalId(call, type, call.part(2), call.part(3));
        }
        return switch (call.part(2)) {
            case "describe" -> describe.whole(call, type);
            case "updated" -> describe.changed(call, type, false);
            case "deleted" -> describe.changed(call, type, true);
            default -> rows.row(call, type, call.part(2));
        };
    }

    private SandboxResponse limits() {
        ObjectNode limits = Json.object();
        limits.putObject("DailyApiRequests").put("Max", quota).put("Remaining", Math.max(0, quota - used));
        limits.putObject("DailyBulkApiBatches").put("Max", 15_000).put("Remaining", 15_000);
        limits.putObject("DataStorageMB").put("Max", 1_024).put("Remaining", 1_000);
        return SandboxResponse.json(200, limits, 0);
    }

    @Override
    public SandboxResponse failure(int status) {
        return switch (status) {
            case 401 -> new ApiException(401, "INVALID_SESSION_ID", "Session expired or invalid").response();
            case 403 -> new ApiException(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.").response();
            case 429 ->
                new ApiException(
                                429,
                                "REQUEST_LIMIT_EXCEEDED",
                                "ConcurrentRequests (Concurrent API Requests) Limit exceeded.")
                        .response()
                        .withHeader("Retry-After", "1");
            case 500 ->
                new ApiException(
                                500,
                                "UNKNOWN_EXCEPTION",
                                "An unexpected error occurred. Please include this ErrorId if you contact support: "
                                        + ERROR_NUMBER)
                        .response();
            case 503 ->
                new ApiException(503, "SERVER_UNAVAILABLE", "Server too busy. Please try again later.")
                        .response()
                        .withHeader("Retry-After", "1");
            // Gateways in front of the API answer for themselves, and not in JSON.
            case 502, 504 ->
                SandboxResponse.text(
                        status, "text/html", "<html><body><h1>" + status + " Gateway error</h1></body></html>");
            default -> new ApiException(status, "UNKNOWN_EXCEPTION", "An unexpected error occurred.").response();
        };
    }

    @Override
    public boolean isAuthentication(SandboxRequest request) {
        return OAuthResource.handles(request.path());
    }

    @Override
    public boolean concerns(SandboxRequest request, String object) {
        SalesforceObject type = schema.object(object);
        String ids = request.query().getOrDefault("ids", "");
        return request.path().contains("/" + object)
                || request.query().getOrDefault("q", "").matches("(?is).*\\bfrom\\s+\\Q" + object + "\\E\\b.*")
                || type != null && (ids.startsWith(type.keyPrefix()) || ids.contains("," + type.keyPrefix()))
                || request.text().contains("\"" + object + "\"")
                || request.text().contains("/" + object);
    }

    @Override
    public Map<String, List<ObjectNode>> objects() {
        Map<String, List<ObjectNode>> objects = new LinkedHashMap<>();
        schema.objects().forEach(type -> objects.put(type.name(), List.copyOf(store.all(type))));
        return objects;
    }

    @Override
    public void expireTokens() {
        grants.expireAll();
    }

    @Override
    public boolean set(String setting, JsonNode values) {
        switch (setting) {
            case "limits" -> {
                quota = values.path("max").asLong(quota);
                used = values.path("used").asLong(used);
            }
            case "rotation" -> grants.rotate(values.path("on").asBoolean(true));
            default -> {
                return false;
            }
        }
        return true;
    }

    @Override
    public void reset() {
        store.clear();
        grants.reset();
        queries.reset();
        quota = config.dailyRequests();
        used = 0;
        writer.restart(config.seed());
        DemoData.load(schema, writer, config);
        store.commit();
    }
}
