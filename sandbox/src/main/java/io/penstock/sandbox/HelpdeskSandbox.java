package io.penstock.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.helpdesk.HelpdeskApi;
import io.penstock.sandbox.helpdesk.HelpdeskConfig;
import java.util.List;

/** A helpdesk on a port of its own: an API that Penstock knows nothing of. All methods may be called from any thread. */
public final class HelpdeskSandbox extends Sandbox {
    private final HelpdeskConfig config;

    private HelpdeskSandbox(HelpdeskConfig config) {
        super(config.host(), config.port(), new HelpdeskApi(config), config.latency(), config.clock());
        this.config = config;
    }

    public static HelpdeskSandbox start(HelpdeskConfig config) {
        return new HelpdeskSandbox(config);
    }

    public HelpdeskConfig config() {
        return config;
    }

    /** The tickets that have not been deleted, by id. */
    public List<ObjectNode> tickets() {
        return held("tickets").stream()
                .filter(ticket -> !ticket.path("deleted").asBoolean())
                .toList();
    }
}
