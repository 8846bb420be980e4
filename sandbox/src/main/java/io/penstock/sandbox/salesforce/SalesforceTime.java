package io.penstock.sandbox.salesforce;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times as the API writes them: {@code 2026-05-01T12:00:00.000+0000}, whole seconds, always UTC. Because the form is fixed, the texts sort
 * as the times do.
 */
final class SalesforceTime {
    private static final DateTimeFormatter WRITTEN =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'+0000'", Locale.ROOT);
    private static final DateTimeFormatter COMPACT_OFFSET =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss[.SSSSSSSSS][.SSSSSS][.SSS]XX", Locale.ROOT);

    private SalesforceTime() {}

    static String write(Instant instant) {
        return WRITTEN.format(instant.truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC));
    }

    /** The written form of a time given with an offset ({@code Z}, {@code +01:00}, {@code +0100}); null when it is none. */
    static @Nullable String canonical(String text) {
        try {
            return write(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            try {
                return write(OffsetDateTime.parse(text, COMPACT_OFFSET).toInstant());
            } catch (DateTimeParseException again) {
                return null;
            }
        }
    }

    /** The date itself when it is one; null when not. */
    static @Nullable String canonicalDate(String text) {
        try {
            return LocalDate.parse(text).toString();
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
