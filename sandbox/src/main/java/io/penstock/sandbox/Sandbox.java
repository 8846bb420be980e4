package io.penstock.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Faults;
import io.penstock.sandbox.server.ReceivedRequest;
import io.penstock.sandbox.server.SandboxApi;
import io.penstock.sandbox.server.SandboxServer;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** A sandbox on a port of its own, whichever API it is. All methods may be called from any thread. */
public abstract class Sandbox implements AutoCloseable {
    private final String host;
    private final SandboxApi api;
    private final SandboxServer server;

    Sandbox(String host, int port, SandboxApi api, Duration latency, Clock clock) {
        this.host = host;
        this.api = api;
        this.server = SandboxServer.start(host, port, api, latency, clock);
    }

    public final int port() {
        return server.port();
    }

    /** The base of everything: the API, its token endpoint and the page for a person. */
    public final URI uri() {
        return URI.create("http://" + host + ":" + port());
    }

    public final Faults faults() {
        return server.faults();
    }

    /** The latest requests, oldest first, tokens' too; not those to the admin API. */
    public final List<ReceivedRequest> requests() {
        return server.log().latest();
    }

    /** Everything held of a type, in the order in which it was made, deleted records too where the API still shows them. */
    final List<ObjectNode> held(String type) {
        List<ObjectNode> records = server.locked(api::objects).get(type);
        if (records == null) {
            throw new IllegalArgumentException("no such type: " + type);
        }
        return records;
    }

    /** From now on each request takes at least this long. */
    public final void latency(Duration each) {
        server.latency(each);
    }

    /** No access token that is out there is good any more. Refresh tokens are. */
    public final void expireTokens() {
        server.locked(() -> {
            api.expireTokens();
            return true;
        });
    }

    /** Changes a setting that this API alone has. */
    final void set(String setting, JsonNode values) {
        if (!server.locked(() -> api.set(setting, values))) {
            throw new IllegalArgumentException("no such setting: " + setting);
        }
    }

    /** Forgets requests, faults, tokens and records, and loads the demo data again. */
    public final void reset() {
        server.reset();
    }

    /** Returns when the sandbox has been closed. */
    public final void awaitClosed() {
        server.awaitClosed();
    }

    @Override
    public final void close() {
        server.close();
    }
}
