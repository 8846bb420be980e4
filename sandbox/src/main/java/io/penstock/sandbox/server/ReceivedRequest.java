package io.penstock.sandbox.server;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One request that arrived, as the page and the tests read it.
 *
 * @param number counts from 1 since the last reset
 * @param target path and query as sent
 * @param status of the answer; 0 while there is none and when none was sent
 * @param rows records written or read
 * @param body the request's body; empty for requests that carry a secret
 * @param fault what struck it, if anything
 */
public record ReceivedRequest(
        long number,
        Instant time,
        String method,
        String target,
        int rows,
        int status,
        double milliseconds,
        byte[] body,
        @Nullable String fault) {
    /** The target without its query. */
    public String path() {
        int question = target.indexOf('?');
        return question < 0 ? target : target.substring(0, question);
    }

    public String bodyText() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
