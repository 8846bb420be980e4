package io.penstock.sandbox.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Fault;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxApi;
import io.penstock.sandbox.server.SandboxRequest;
import io.penstock.sandbox.server.SandboxResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Stripe account: the core of the sandbox.
 *
 * <p>A request passes, in this order: key, version, URL, permission, limits, idempotency key, parameters, the work itself. What is
 * refused before the work is not kept under its idempotency key.
 *
 * <p>Settings of its own for the admin API: {@code POST /_sandbox/limits {"per_second": 25, "per_endpoint": 25, "search": 20,
 * "concurrent": 4, "object_locks": true}} and {@code POST /_sandbox/keys {"add": "sk_test_new"}}.
 */
public final class StripeApi implements SandboxApi {
    /** What the account answers with when a request names no version. */
    static final String VERSION = "2026-10-28.endive";

    static final String ACCOUNT = "acct_1SandboxSandbox00";

    /** As a fault that refuses records has them, beside any code that Stripe has. */
    private static final String FAILED = "api_error";

    private static final String FAILED_AND_APPLIED = "api_error_applied";

    private final StripeConfig config;
    private final StripeStore store = new StripeStore();
    private final StripeIds ids;
    private final StripeKeys keys;
    private final StripeLimits limits;
    private final IdempotencyKeys idempotency;
    private final Map<String, StripeType> types = new LinkedHashMap<>();
    private final ObjectResource objects;

    public StripeApi(StripeConfig config) {
        this.config = config;
        this.ids = new StripeIds(config.seed());
        this.keys = new StripeKeys(config.keys());
        this.limits = new StripeLimits(config.clock(), config.limits());
        this.idempotency = new IdempotencyKeys(config.clock(), config.times().keyLifetime());
        Map<String, StripeType> byObject = new LinkedHashMap<>();
        for (StripeType type :
                List.of(new CustomerType(store, ids), new ProductType(store, ids), new PriceType(store, ids))) {
            types.put(type.path(), type);
            byObject.put(type.object(), type);
        }
        this.objects = new ObjectResource(
                store,
                new EventLog(store, ids, config.clock()),
                new Expansion(byObject, store),
                config.clock(),
                config.times().searchLag());
        DemoData.load(config, types, objects);
    }

    @Override
    public String name() {
        return "Stripe";
    }

    @Override
    public SandboxResponse answer(SandboxRequest request) {
        String requestId = ids.brief("req_");
        String version = request.headers().getOrDefault("stripe-version", VERSION);
        SandboxResponse response;
        try {
            String key = keys.of(request);
            response = signedIn(request, key, version, requestId);
        } catch (StripeException e) {
            response = e.response(e.status() == 401 ? null : log(requestId));
            if (e.status() == 401) {
                response = response.withHeader("WWW-Authenticate", "Bearer realm=\"Stripe\"");
            }
        }
        String idempotencyKey = idempotencyKey(request);
        if (idempotencyKey != null) {
            response = response.withHeader("Idempotency-Key", idempotencyKey);
            if (!response.headers().containsKey("Original-Request")) {
                response = response.withHeader("Original-Request", requestId);
            }
        }
        return response.withHeader("Request-Id", requestId).withHeader("Stripe-Version", version);
    }

    private SandboxResponse signedIn(SandboxRequest request, String key, String version, String requestId) {
        if (!version.matches("\\d{4}-\\d{2}-\\d{2}(\\.[a-z]+)?")) {
            throw StripeException.invalid(null, "Invalid Stripe API version: " + version, null);
        }
        StripeKeys.account(key, request.header("Stripe-Account"));
        StripeCall call = call(request, requestId);
        StripeType type = types.get(call.part(0));
        boolean known =
                type != null || call.part(0).equals("events") || call.url().equals("/v1/account");
        if (!known || call.path().size() > 2) {
            throw call.unknownUrl();
        }
        if (type != null) {
            keys.permit(key, call, type);
        }
        limits.admit(request, call);
        if (type != null) {
            return idempotent(request, call, type);
        }
        return call.part(0).equals("events") ? objects.events(call) : account(call);
    }

    private static StripeCall call(SandboxRequest request, String requestId) {
        List<String> segments = request.segments();
        if (segments.size() < 2 || !segments.getFirst().equals("v1")) {
            throw StripeException.unknownUrl(request.method(), request.path());
        }
        int question = request.target().indexOf('?');
        String query = question < 0 ? "" : request.target().substring(question + 1);
        boolean posted = request.method().equals("POST");
        if (posted && request.body().length > 0 && !form(request)) {
            throw StripeException.invalid(
                    null,
                    "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you"
                            + " have any questions, we can help at https://support.stripe.com/.",
                    null);
        }
        // A query counts for a POST too, and a body for a DELETE; a form that says the same thing twice is rare enough.
        String encoded = request.body().length > 0 && form(request) ? query + "&" + request.text() : query;
        return new StripeCall(
                request.method(),
                segments.subList(1, segments.size()),
                FormTree.parse(encoded),
                requestId,
                idempotencyKey(request),
                request.refusal());
    }

    private static boolean form(SandboxRequest request) {
        return request.headers().getOrDefault("content-type", "").startsWith("application/x-www-form-urlencoded");
    }

    /** Version 1 heeds the key of a POST alone. */
    private static @Nullable String idempotencyKey(SandboxRequest request) {
        return request.method().equals("POST") ? request.header("Idempotency-Key") : null;
    }

    private SandboxResponse idempotent(SandboxRequest request, StripeCall call, StripeType type) {
        String key = call.idempotencyKey();
        if (key != null) {
            SandboxResponse stored = idempotency.replay(call, key, limits.inUse(key, request));
            if (stored != null) {
                return stored;
            }
        }
        ObjectNode values = ObjectResource.read(call, type);
        SandboxResponse response;
        try {
            response = work(call, type, values);
        } catch (StripeException e) {
            response = e.response(log(call.requestId()));
        }
        if (key != null && response.status() != 429) {
            idempotency.keep(call, key, response);
        }
        return response;
    }

    private SandboxResponse work(StripeCall call, StripeType type, ObjectNode values) {
        Fault.RefuseRecords refusal = call.refusal();
        if (refusal != null && !refusal.code().equals(FAILED_AND_APPLIED)) {
            throw switch (refusal.code()) {
                case FAILED -> StripeException.internal();
                case "card_declined" -> StripeException.declined("generic_decline", null);
                case "lock_timeout" -> StripeException.lockTimeout();
                case "resource_missing" -> StripeException.missing(type.object(), call.part(1));
                default -> StripeException.invalid(refusal.code(), refusal.message(), null);
            };
        }
        SandboxResponse response = objects.answer(call, type, values);
        if (refusal != null) {
            throw StripeException.internal();
        }
        return response;
    }

    private static SandboxResponse account(StripeCall call) {
        if (call.writes()) {
            throw call.unknownUrl();
        }
        ObjectNode account = Json.object().put("id", ACCOUNT).put("object", "account");
        account.put("country", "PT").put("default_currency", "eur").put("email", "owner@sandbox.test");
        return SandboxResponse.json(200, account.put("type", "standard"), 0);
    }

    private String log(String requestId) {
        return "https://dashboard.stripe.com/test/logs/" + requestId + "?t="
                + config.clock().instant().getEpochSecond();
    }

    @Override
    public void finished(SandboxRequest request) {
        limits.finished(request);
    }

    @Override
    public SandboxResponse failure(int status) {
        return switch (status) {
            case 401 ->
                new StripeException(
                                401,
                                StripeException.INVALID_REQUEST,
                                null,
                                "Invalid API Key provided: sk_test_****",
                                null)
                        .response(null);
            case 402 -> StripeException.declined("generic_decline", null).response(null);
            case 429 -> StripeException.rateLimited("global-rate").response(null);
            // Gateways in front of the API answer for themselves, and not in JSON.
            case 502, 504 ->
                SandboxResponse.text(
                        status, "text/html", "<html><body><h1>" + status + " Gateway error</h1></body></html>");
            default ->
                new StripeException(
                                status,
                                status < 500 ? StripeException.INVALID_REQUEST : StripeException.API_ERROR,
                                null,
                                "Sorry! There was an error while talking to one of our backends. Support has been notified.",
                                null)
                        .response(null);
        };
    }

    @Override
    public boolean isAuthentication(SandboxRequest request) {
        return false;
    }

    @Override
    public boolean concerns(SandboxRequest request, String object) {
        return request.path().matches("/v1/" + object + "s?(/.*)?");
    }

    @Override
    public Map<String, List<ObjectNode>> objects() {
        Map<String, List<ObjectNode>> held = new LinkedHashMap<>();
        for (String object : List.of("customer", "product", "price", "event")) {
            held.put(object, List.copyOf(store.live(object)));
        }
        return held;
    }

    @Override
    public void expireTokens() {
        keys.expireAll();
    }

    @Override
    public boolean set(String setting, JsonNode values) {
        switch (setting) {
            case "limits" -> {
                StripeConfig.Limits now = limits.limits();
                limits.limits(new StripeConfig.Limits(
                        values.path("per_second").asInt(now.perSecond()),
                        values.path("per_endpoint").asInt(now.perEndpoint()),
                        values.path("search").asInt(now.search()),
                        values.path("concurrent").asInt(now.concurrent()),
                        values.path("object_locks").asBoolean(now.objectLocks())));
            }
            case "keys" -> keys.add(values.path("add").asText());
            default -> {
                return false;
            }
        }
        return true;
    }

    @Override
    public void reset() {
        store.clear();
        ids.restart(config.seed());
        keys.reset();
        limits.reset(config.limits());
        idempotency.clear();
        DemoData.load(config, types, objects);
    }
}
