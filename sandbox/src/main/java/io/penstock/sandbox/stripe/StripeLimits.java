package io.penstock.sandbox.stripe;

import io.penstock.sandbox.server.RateWindow;
import io.penstock.sandbox.server.SandboxRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rates of the account, and the requests that are under way. */
final class StripeLimits {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Clock clock;
    private final Map<String, RateWindow> windows = new HashMap<>();
    private final Map<SandboxRequest, StripeCall> underWay = new IdentityHashMap<>();
    private StripeConfig.Limits limits;

    StripeLimits(Clock clock, StripeConfig.Limits limits) {
        this.clock = clock;
        this.limits = limits;
    }

    StripeConfig.Limits limits() {
        return limits;
    }

    void limits(StripeConfig.Limits other) {
        limits = other;
        windows.clear();
    }

    /** Counts the request, or refuses it. */
    void admit(SandboxRequest request, StripeCall call) {
        if (limits.concurrent() > 0 && underWay.size() >= limits.concurrent()) {
            throw StripeException.rateLimited("global-concurrency");
        }
        take("all", limits.perSecond(), "global-rate");
        if (call.searches()) {
            take("search", limits.search(), "endpoint-rate");
        } else {
            take(call.endpoint(), limits.perEndpoint(), "endpoint-rate");
        }
        if (limits.objectLocks() && call.writes() && !call.part(1).isEmpty() && writesTo(call.url())) {
            throw StripeException.lockTimeout();
        }
        underWay.put(request, call);
    }

    private void take(String window, int most, String reason) {
        if (most > 0
                && !windows.computeIfAbsent(window, each -> new RateWindow(most, SECOND))
                        .take(clock.instant())) {
            throw StripeException.rateLimited(reason);
        }
    }

    private boolean writesTo(String url) {
        return underWay.values().stream()
                .anyMatch(other -> other.writes() && other.url().equals(url));
    }

    /** Whether a request with this key, other than this one, has not been answered yet. */
    boolean inUse(@Nullable String key, SandboxRequest request) {
        return underWay.entrySet().stream()
                .anyMatch(other -> other.getKey() != request
                        && key != null
                        && key.equals(other.getValue().idempotencyKey()));
    }

    void finished(SandboxRequest request) {
        underWay.remove(request);
    }

    void reset(StripeConfig.Limits first) {
        limits(first);
        underWay.clear();
    }
}
