package io.penstock.adapters;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** The Retry-After header (RFC 9110, 10.2.3): seconds, or a date. */
public final class RetryAfter {
    /** Nobody means a longer pause; a header that says so is broken. */
    private static final Duration LONGEST = Duration.ofDays(1);

    private RetryAfter() {}

    /** How long to wait, or null where the answer does not say in a way that makes sense. */
    public static @Nullable Duration of(ApiResponse response) {
        String header = response.header("Retry-After");
        if (header == null) {
            return null;
        }
        String text = header.trim();
        Duration wait = text.matches("[0-9]{1,9}") ? Duration.ofSeconds(Long.parseLong(text)) : between(response, text);
        return wait == null || wait.compareTo(LONGEST) > 0 ? null : wait;
    }

    private static @Nullable Duration between(ApiResponse response, String date) {
        Instant then = instant(date);
        return then == null ? null : until(response, then);
    }

    /** How long it is until then by the server's own clock, which alone counts: ours may be another. Null where the answer has no date. */
    public static @Nullable Duration until(ApiResponse response, Instant then) {
        String date = response.header("Date");
        Instant now = date == null ? null : instant(date);
        if (now == null) {
            return null;
        }
        return then.isBefore(now) ? Duration.ZERO : Duration.between(now, then);
    }

    private static @Nullable Instant instant(String date) {
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date.trim()));
        } catch (DateTimeException noDate) {
            return null;
        }
    }
}
