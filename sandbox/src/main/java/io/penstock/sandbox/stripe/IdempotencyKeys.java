package io.penstock.sandbox.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.SandboxResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answers that were given to keys.
 *
 * <pre>
 * key         same request            other parameters or path     after 24 hours
 * unknown     runs                    runs                         runs
 * in use      409                     400 idempotency_error        -
 * answered    the answer again        400 idempotency_error        runs
 * refused     runs                    runs                         runs
 * </pre>
 *
 * <p>Refused is a request that failed before it began: parameters that do not pass, a limit, a key in use.
 */
final class IdempotencyKeys {
    private static final int LONGEST = 255;

    /** A request that began. The answer is there from the end of the work, though it may not have left yet. */
    private record Entry(String url, ObjectNode parameters, Instant begun, SandboxResponse answer, String requestId) {}

    private final Clock clock;
    private final Duration lifetime;
    private final Map<String, Entry> entries = new HashMap<>();

    IdempotencyKeys(Clock clock, Duration lifetime) {
        this.clock = clock;
        this.lifetime = lifetime;
    }

    /**
     * The stored answer, or null when the request has to run.
     *
     * @param underWay whether another request with this key has not been answered yet
     */
    @Nullable
    SandboxResponse replay(StripeCall call, String key, boolean underWay) {
        if (key.length() > LONGEST) {
            throw StripeException.invalid(
                    null,
                    "Idempotency keys can have up to " + LONGEST + " characters, but you passed one with "
                            + key.length() + ".",
                    null);
        }
        Entry entry = entries.get(key);
        if (entry != null && !entry.begun().plus(lifetime).isAfter(clock.instant())) {
            entries.remove(key);
            entry = null;
        }
        if (entry == null) {
            return null;
        }
        String other = " Try using a key other than '" + key + "' if you meant to execute a different request.";
        if (!entry.url().equals(call.url())) {
            throw misused("Keys for idempotent requests can only be used for the same endpoint they were first used for"
                    + " ('" + call.url() + "' vs '" + entry.url() + "')." + other);
        }
        if (!entry.parameters().equals(call.parameters())) {
            throw misused("Keys for idempotent requests can only be used with the same parameters they were first used"
                    + " with." + other);
        }
        if (underWay) {
            throw new StripeException(
                            409,
                            StripeException.IDEMPOTENCY_ERROR,
                            "idempotency_key_in_use",
                            "There is currently another in-progress request using this Idempotent Key (that probably"
                                    + " means you submitted twice, and the other request is still going through): "
                                    + key + ". Please try again later.",
                            null)
                    .retry(true);
        }
        return entry.answer()
                .withHeader("Idempotent-Replayed", "true")
                .withHeader("Original-Request", entry.requestId());
    }

    void keep(StripeCall call, String key, SandboxResponse answer) {
        entries.put(key, new Entry(call.url(), call.parameters(), clock.instant(), answer, call.requestId()));
    }

    void clear() {
        entries.clear();
    }

    private static StripeException misused(String message) {
        return new StripeException(400, StripeException.IDEMPOTENCY_ERROR, null, message, null);
    }
}
