package io.penstock.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.salesforce.SalesforceApi;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.ReceivedRequest;
import java.util.List;

/** A Salesforce org on a port of its own. All methods may be called from any thread. */
public final class SalesforceSandbox extends Sandbox {
    private final SalesforceConfig config;

    private SalesforceSandbox(SalesforceConfig config) {
        super(config.host(), config.port(), new SalesforceApi(config), config.latency(), config.clock());
        this.config = config;
    }

    public static SalesforceSandbox start(SalesforceConfig config) {
        return new SalesforceSandbox(config);
    }

    public static SalesforceSandbox start() {
        return start(SalesforceConfig.defaults());
    }

    public SalesforceConfig config() {
        return config;
    }

    /** The latest requests for data, that is without those for tokens. */
    public List<ReceivedRequest> dataRequests() {
        return requests().stream()
                .filter(request -> request.path().startsWith("/services/data"))
                .toList();
    }

    /** The records of a type that are not deleted, in the order in which they were made. */
    public List<ObjectNode> objects(String type) {
        return held(type).stream()
                .filter(record -> !record.path("IsDeleted").asBoolean())
                .toList();
    }

    /** The records of a type in the recycle bin. */
    public List<ObjectNode> deletedObjects(String type) {
        return held(type).stream()
                .filter(record -> record.path("IsDeleted").asBoolean())
                .toList();
    }

    /** Sets the quota of API requests and how much of it is used up. */
    public void limit(long max, long used) {
        set("limits", Json.object().put("max", max).put("used", used));
    }
}
