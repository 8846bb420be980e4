package io.penstock.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.salesforce.SalesforceApi;
import io.penstock.sandbox.salesforce.SalesforceConfig;
import io.penstock.sandbox.server.Faults;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.ReceivedRequest;
import io.penstock.sandbox.server.SandboxServer;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** A Salesforce org on a port of its own. All methods may be called from any thread. */
public final class SalesforceSandbox implements AutoCloseable {
    private final SalesforceConfig config;
    private final SalesforceApi api;
    private final SandboxServer server;

    private SalesforceSandbox(SalesforceConfig config) {
        this.config = config;
        this.api = new SalesforceApi(config);
        this.server = SandboxServer.start(config.host(), config.port(), api, config.latency(), config.clock());
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

    public int port() {
        return server.port();
    }

    /** The base of everything: login URL, instance URL and the page for a person. */
    public URI uri() {
        return URI.create("http://" + config.host() + ":" + port());
    }

    public Faults faults() {
        return server.faults();
    }

    /** The latest requests, oldest first, tokens' too; not those to the admin API. */
    public List<ReceivedRequest> requests() {
        return server.log().latest();
    }

    /** The latest requests for data, that is without those for tokens. */
    public List<ReceivedRequest> dataRequests() {
        return requests().stream()
                .filter(request -> request.path().startsWith("/services/data"))
                .toList();
    }

    /** The records of a type that are not deleted, in the order in which they were made. */
    public List<ObjectNode> objects(String type) {
        return held(type, false);
    }

    /** The records of a type in the recycle bin. */
    public List<ObjectNode> deletedObjects(String type) {
        return held(type, true);
    }

    private List<ObjectNode> held(String type, boolean deleted) {
        List<ObjectNode> records = server.locked(api::objects).get(type);
        if (records == null) {
            throw new IllegalArgumentException("no such type: " + type);
        }
        return records.stream()
                .filter(record -> record.path("IsDeleted").asBoolean() == deleted)
                .toList();
    }

    /** From now on each request takes at least this long. */
    public void latency(Duration each) {
        server.latency(each);
    }

    /** No access token that is out there is good any more. Refresh tokens are. */
    public void expireTokens() {
        server.locked(() -> {
            api.expireTokens();
            return true;
        });
    }

    /** Sets the quota of API requests and how much of it is used up. */
    public void limit(long max, long used) {
        JsonNode values = Json.object().put("max", max).put("used", used);
        server.locked(() -> api.set("limits", values));
    }

    /** Forgets requests, faults, tokens and records, and loads the demo data again. */
    public void reset() {
        server.reset();
    }

    /** Returns when the sandbox has been closed. */
    public void awaitClosed() {
        server.awaitClosed();
    }

    @Override
    public void close() {
        server.close();
    }
}
