package io.penstock.sandbox.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happened, one event for each object made, changed or deleted. The list goes back thirty days. */
final class EventLog {
    private static final Duration KEPT = Duration.ofDays(30);

    private final StripeStore store;
    private final StripeIds ids;
    private final Clock clock;

    EventLog(StripeStore store, StripeIds ids, Clock clock) {
        this.store = store;
        this.ids = ids;
        this.clock = clock;
    }

    void created(ObjectNode record, @Nullable StripeCall call) {
        add("created", record, null, call);
    }

    /** Nothing when nothing changed. */
    void updated(ObjectNode before, ObjectNode after, StripeCall call) {
        ObjectNode previous = changed(before, after);
        if (!previous.isEmpty()) {
            add("updated", after, previous, call);
        }
    }

    void deleted(ObjectNode record, StripeCall call) {
        add("deleted", record, null, call);
    }

    /** The newest first. */
    List<ObjectNode> latest() {
        long oldest = clock.instant().minus(KEPT).getEpochSecond();
        return store.newestFirst("event").stream()
                .filter(event -> event.path("created").asLong() >= oldest)
                .toList();
    }

    /** Whether the event passes {@code type} and {@code types}, in which a star at the end stands for anything. */
    static boolean listed(ObjectNode event, ObjectNode filters) {
        String type = event.path("type").asText();
        boolean listed = !filters.has("type") && !filters.has("types");
        if (filters.has("type")) {
            listed = matches(type, filters.path("type").asText());
        }
        for (JsonNode wanted : filters.path("types")) {
            listed |= matches(type, wanted.asText());
        }
        return listed;
    }

    private static boolean matches(String type, String wanted) {
        return wanted.endsWith("*") ? type.startsWith(wanted.substring(0, wanted.length() - 1)) : type.equals(wanted);
    }

    private void add(String what, ObjectNode record, @Nullable ObjectNode previous, @Nullable StripeCall call) {
        ObjectNode event = Json.object().put("id", ids.whole("evt_")).put("object", "event");
        event.put("api_version", StripeApi.VERSION)
                .put("created", clock.instant().getEpochSecond());
        ObjectNode data = event.putObject("data");
        data.set("object", record.deepCopy());
        if (previous != null) {
            data.set("previous_attributes", previous);
        }
        event.put("livemode", false).put("pending_webhooks", 0);
        event.putObject("request")
                .put("id", call == null ? null : call.requestId())
                .put("idempotency_key", call == null ? null : call.idempotencyKey());
        event.put("type", record.path("object").asText() + "." + what);
        store.put(event, clock.instant());
    }

    /** The members that differ, as they were; of an object inside only those of its members that differ. */
    private static ObjectNode changed(ObjectNode before, ObjectNode after) {
        ObjectNode changed = Json.object();
        for (Map.Entry<String, JsonNode> member : after.properties()) {
            JsonNode old = before.path(member.getKey());
            if (old.isMissingNode()) {
                changed.putNull(member.getKey());
            } else if (old instanceof ObjectNode oldObject && member.getValue() instanceof ObjectNode newObject) {
                ObjectNode inner = changed(oldObject, newObject);
                if (!inner.isEmpty()) {
                    changed.set(member.getKey(), inner);
                }
            } else if (!old.equals(member.getValue())) {
                changed.set(member.getKey(), old);
            }
        }
        before.properties().stream()
                .filter(member -> !after.has(member.getKey()))
                .forEach(member -> changed.set(member.getKey(), member.getValue()));
        return changed;
    }
}
