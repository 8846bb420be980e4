package io.penstock.sandbox.airtable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.RateWindow;
import io.penstock.sandbox.server.SandboxResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * So many requests of a base in any second, and of a user over all bases.
 *
 * <p>One request of a base too many, and the base takes none at all for the time of the penalty; asking meanwhile does not lengthen it.
 */
final class RateLimits {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Clock clock;
    private final AirtableConfig.Limits limits;
    private final Map<String, RateWindow> bases = new HashMap<>();
    private final Map<String, Instant> punished = new HashMap<>();
    private final RateWindow user;
    private long perBase;
    private Duration penalty;

    RateLimits(AirtableConfig config) {
        this.clock = config.clock();
        this.limits = config.limits();
        this.user = new RateWindow(limits.userPerSecond(), SECOND);
        this.perBase = limits.basePerSecond();
        this.penalty = limits.penalty();
    }

    /** Whether a request may go on, which is counted then. */
    boolean take(String base) {
        Instant now = clock.instant();
        if (now.isBefore(punished.getOrDefault(base, Instant.MIN))) {
            return false;
        }
        RateWindow window = bases.computeIfAbsent(base, id -> new RateWindow(perBase, SECOND));
        if (!window.take(now)) {
            punished.put(base, now.plus(penalty));
            return false;
        }
        return user.take(now);
    }

    /** No {@code Retry-After}: the API sends none. */
    static SandboxResponse refused() {
        ObjectNode body = Json.object();
        body.putArray("errors")
                .addObject()
                .put("error", "RATE_LIMIT_REACHED")
                .put("message", "Rate limit exceeded. Please try again later");
        return SandboxResponse.json(429, body, 0);
    }

    /** {@code {"base": 5, "user": 50, "penalty_ms": 30000}}; what is left out stays. Penalties that run are forgiven. */
    void set(JsonNode values) {
        perBase = values.path("base").asLong(perBase);
        user.most(values.path("user").asLong(user.most()));
        penalty = Duration.ofMillis(values.path("penalty_ms").asLong(penalty.toMillis()));
        bases.clear();
        punished.clear();
    }

    void reset() {
        perBase = limits.basePerSecond();
        penalty = limits.penalty();
        user.most(limits.userPerSecond());
        user.clear();
        bases.clear();
        punished.clear();
    }
}
