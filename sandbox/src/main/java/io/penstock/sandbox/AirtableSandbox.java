package io.penstock.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.airtable.AirtableApi;
import io.penstock.sandbox.airtable.AirtableConfig;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.ReceivedRequest;
import java.time.Duration;
import java.util.List;

/** An Airtable workspace on a port of its own. All methods may be called from any thread. */
public final class AirtableSandbox extends Sandbox {
    private final AirtableConfig config;

    private AirtableSandbox(AirtableConfig config) {
        super(config.host(), config.port(), new AirtableApi(config), config.latency(), config.clock());
        this.config = config;
    }

    public static AirtableSandbox start(AirtableConfig config) {
        return new AirtableSandbox(config);
    }

    public static AirtableSandbox start() {
        return start(AirtableConfig.defaults());
    }

    public AirtableConfig config() {
        return config;
    }

    /** The latest requests for data, that is without those for tokens. */
    public List<ReceivedRequest> dataRequests() {
        return requests().stream()
                .filter(request -> request.path().startsWith("/v0/"))
                .toList();
    }

    /** The records of a table of the first base, in the order in which they were made: {@code id} and every field, null where it is empty. */
    public List<ObjectNode> objects(String table) {
        return held(table);
    }

    /** Sets how many requests each base takes in a second and how long it refuses all after one too many; forgives what was. */
    public void limit(long perSecond, Duration penalty) {
        set("limits", Json.object().put("base", perSecond).put("penalty_ms", penalty.toMillis()));
    }
}
