package io.penstock.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.hubspot.HubSpotApi;
import io.penstock.sandbox.hubspot.HubSpotConfig;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.ReceivedRequest;
import java.util.List;

/** A HubSpot account on a port of its own. All methods may be called from any thread. */
public final class HubSpotSandbox extends Sandbox {
    private final HubSpotConfig config;

    private HubSpotSandbox(HubSpotConfig config) {
        super(config.host(), config.port(), new HubSpotApi(config), config.latency(), config.clock());
        this.config = config;
    }

    public static HubSpotSandbox start(HubSpotConfig config) {
        return new HubSpotSandbox(config);
    }

    public static HubSpotSandbox start() {
        return start(HubSpotConfig.defaults());
    }

    public HubSpotConfig config() {
        return config;
    }

    /** The latest requests for data, that is without those for tokens. */
    public List<ReceivedRequest> dataRequests() {
        return requests().stream()
                .filter(request -> request.path().startsWith("/crm/"))
                .toList();
    }

    /** The records of a type that are not archived, by id: {@code id}, every property by its name, {@code archived}. */
    public List<ObjectNode> objects(String type) {
        return held(type).stream()
                .filter(record -> !record.path("archived").asBoolean())
                .toList();
    }

    /** The archived records of a type. */
    public List<ObjectNode> archivedObjects(String type) {
        return held(type).stream()
                .filter(record -> record.path("archived").asBoolean())
                .toList();
    }

    /** Sets how many requests each app may make in ten seconds, and forgets those that were made. */
    public void limitTenSeconds(long requests) {
        set("limits", Json.object().put("ten_seconds", requests));
    }

    /** Sets the private app's requests of a day, and how many of them are used up. */
    public void limitDay(long requests, long used) {
        set("limits", Json.object().put("daily", requests).put("used", used));
    }
}
