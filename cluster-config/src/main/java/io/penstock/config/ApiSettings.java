package io.penstock.config;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One account at one API.
 *
 * @param name what syncs call it; also the key under which its limits and its credential are kept in the cluster
 * @param baseUrl where requests go; null where the answer to a token request says so
 * @param loginUrl where tokens are refreshed
 */
public record ApiSettings(
        String name,
        ApiType type,
        @Nullable URI baseUrl,
        URI loginUrl,
        String version,
        OAuthSettings oauth,
        BudgetSettings limits,
        Timeouts timeouts) {
    public ApiSettings {
        if (name.isEmpty() || version.isEmpty()) {
            throw new IllegalArgumentException("an API needs a name and a version");
        }
    }

    /**
     * @param connect until the connection stands, TLS included
     * @param request from the first byte sent to the last byte of the answer; then the outcome is unknown
     * @param maxQueueWait how long a statement waits for a permit
     * @param server how long a request that nobody waits for any more may still be at work at the API; until then absence there proves nothing
     */
    public record Timeouts(Duration connect, Duration request, Duration maxQueueWait, Duration server) {
        public Timeouts {
            if (!connect.isPositive() || !request.isPositive() || !maxQueueWait.isPositive() || !server.isPositive()) {
                throw new IllegalArgumentException("a timeout must be longer than nothing");
            }
        }
    }
}
