package io.penstock.sandbox.hubspot;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.RateWindow;
import io.penstock.sandbox.server.SandboxResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Three limits at once: any ten seconds for each app, the day for the private app, and the searches of one second, which have no headers. */
final class RateLimits {
    private final Clock clock;
    private final HubSpotConfig.Limits limits;
    private final RateWindow oauth;
    private final RateWindow internal;
    private final RateWindow searches;
    private long daily;
    private long usedToday;
    private LocalDate today;

    RateLimits(HubSpotConfig config) {
        this.clock = config.clock();
        this.limits = config.limits();
        this.oauth = new RateWindow(limits.oauthTenSeconds(), Duration.ofSeconds(10));
        this.internal = new RateWindow(limits.privateTenSeconds(), Duration.ofSeconds(10));
        this.searches = new RateWindow(limits.searchesPerSecond(), Duration.ofSeconds(1));
        this.daily = limits.daily();
        this.today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /** Null when the request may go on, and is counted. */
    @Nullable
    SandboxResponse take(boolean privateApp, boolean search) {
        Instant now = clock.instant();
        LocalDate day = LocalDate.ofInstant(now, ZoneOffset.UTC);
        if (!day.equals(today)) {
            today = day;
            usedToday = 0;
        }
        if (privateApp && usedToday >= daily) {
            return refused("DAILY", "You have reached your daily limit.");
        }
        if (search && !searches.take(now)) {
            return refused("SECONDLY", "You have reached your secondly limit.");
        }
        if (!search && !window(privateApp).take(now)) {
            return refused("TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit.");
        }
        usedToday += privateApp ? 1 : 0;
        return null;
    }

    SandboxResponse headers(SandboxResponse response, boolean privateApp) {
        RateWindow window = window(privateApp);
        SandboxResponse counted = response.withHeader("X-HubSpot-RateLimit-Max", Long.toString(window.most()))
                .withHeader("X-HubSpot-RateLimit-Remaining", Long.toString(window.remaining(clock.instant())))
                .withHeader(
                        "X-HubSpot-RateLimit-Interval-Milliseconds",
                        Long.toString(window.length().toMillis()));
        return privateApp
                ? counted.withHeader("X-HubSpot-RateLimit-Daily", Long.toString(daily))
                        .withHeader(
                                "X-HubSpot-RateLimit-Daily-Remaining", Long.toString(Math.max(0, daily - usedToday)))
                : counted;
    }

    static SandboxResponse refused(String policy, String message) {
        return SandboxResponse.json(
                429,
                Json.object()
                        .put("status", "error")
                        .put("message", message)
                        .put("errorType", "RATE_LIMIT")
                        .put("correlationId", UUID.randomUUID().toString())
                        .put("policyName", policy)
                        .put("requestId", UUID.randomUUID().toString()),
                0);
    }

    /** {@code {"ten_seconds": 100, "daily": 1000, "used": 0, "search": 5}}; what is left out stays. */
    void set(JsonNode values) {
        oauth.most(values.path("ten_seconds").asLong(oauth.most()));
        internal.most(values.path("ten_seconds").asLong(internal.most()));
        searches.most(values.path("search").asLong(searches.most()));
        daily = values.path("daily").asLong(daily);
        usedToday = values.path("used").asLong(usedToday);
    }

    void reset() {
        oauth.most(limits.oauthTenSeconds());
        internal.most(limits.privateTenSeconds());
        searches.most(limits.searchesPerSecond());
        oauth.clear();
        internal.clear();
        searches.clear();
        daily = limits.daily();
        usedToday = 0;
    }

    private RateWindow window(boolean privateApp) {
        return privateApp ? internal : oauth;
    }
}
