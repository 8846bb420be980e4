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
        Duration wait = text.matches("[0-9]{1,9}")
                ? Duration.ofSeconds(Long.parseLong(text))
                : between(response.header("Date"), text);
        return wait == null || wait.compareTo(LONGEST) > 0 ? null : wait;
    }

    /** By the server's own clock alone: ours may be another. */
    private static @Nullable Duration between(@Nullable String now, String then) {
        Instant from = now == null ? null : instant(now);
        Instant until = instant(then);
        if (from == null || until == null) {
            return null;
        }
        return until.isBefore(from) ? Duration.ZERO : Duration.between(from, until);
    }

    private static @Nullable Instant instant(String date) {
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date.trim()));
        } catch (DateTimeException noDate) {
            return null;
        }
    }
}
