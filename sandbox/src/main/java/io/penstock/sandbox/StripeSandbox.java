package io.penstock.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.stripe.StripeApi;
import io.penstock.sandbox.stripe.StripeConfig;
import java.util.List;

/** A Stripe account on a port of its own. All methods may be called from any thread. */
public final class StripeSandbox extends Sandbox {
    private final StripeConfig config;

    private StripeSandbox(StripeConfig config) {
        super(config.host(), config.port(), new StripeApi(config), config.latency(), config.clock());
        this.config = config;
    }

    public static StripeSandbox start(StripeConfig config) {
        return new StripeSandbox(config);
    }

    public static StripeSandbox start() {
        return start(StripeConfig.defaults());
    }

    public StripeConfig config() {
        return config;
    }

    /** What there is of {@code customer}, {@code product}, {@code price} or {@code event}, deleted ones left out, oldest first. */
    public List<ObjectNode> objects(String type) {
        return held(type);
    }

    /** Sets the limits from now on, and forgets the requests so far. */
    public void limits(StripeConfig.Limits limits) {
        set(
                "limits",
                Json.object()
                        .put("per_second", limits.perSecond())
                        .put("per_endpoint", limits.perEndpoint())
                        .put("search", limits.search())
                        .put("concurrent", limits.concurrent())
                        .put("object_locks", limits.objectLocks()));
    }

    /** Makes a key good, as somebody does who rolls keys; one that begins with {@code rk_} may only read. */
    public void addKey(String key) {
        set("keys", Json.object().put("add", key));
    }
}
