package io.penstock.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One account at one API.
 *
 * @param name what syncs call it; also the key under which its limits and its credential are kept in the cluster
 * @param baseUrl where requests go; null where the API itself knows, or the answer to a token request says so
 * @param loginUrl where tokens are refreshed; null for the API's own place
 * @param version of Salesforce's API; others have it in their definition
 * @param definition the file that says how the API is spoken to; only where the type is {@link ApiType#DEFINITION}
 */
public record ApiSettings(
        String name,
        ApiType type,
        @Nullable URI baseUrl,
        @Nullable URI loginUrl,
        String version,
        @Nullable Path definition,
        OAuthSettings oauth,
        BudgetSettings limits,
        Timeouts timeouts) {
    public ApiSettings {
        if (name.isEmpty() || version.isEmpty()) {
            throw new IllegalArgumentException("an API needs a name and a version");
        }
        if ((definition != null) != (type == ApiType.DEFINITION)) {
            throw new IllegalArgumentException("a definition belongs to the type that is known by it alone");
        }
    }

    /** The same with requests going to this place where the configuration names none. */
    public ApiSettings orBaseUrl(URI url) {
        return baseUrl != null
                ? this
                : new ApiSettings(name, type, url, loginUrl, version, definition, oauth, limits, timeouts);
    }

    /**
     * @param connect until the connection stands, TLS included
     * @param request from the first byte sent to the last byte of the answer; then the outcome is unknown
     * @param maxQueueWait how long a statement waits for a permit
     * @param server how long a request that nobody waits for any more may still be at work at the API, until which absence there proves nothing;
     *     null for what is known of the API
     */
    public record Timeouts(
            Duration connect,
            Duration request,
            Duration maxQueueWait,
            @Nullable Duration server) {
        public Timeouts {
            if (!connect.isPositive()
                    || !request.isPositive()
                    || !maxQueueWait.isPositive()
                    || (server != null && !server.isPositive())) {
                throw new IllegalArgumentException("a timeout must be longer than nothing");
            }
        }
    }
}
