package io.penstock.adapters.github;

import io.penstock.adapters.Mutation;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an INSERT leaves in an issue's text, so that a lost answer can be found again: GitHub has no other place for it. A comment of HTML at the
 * very end, which nobody sees who reads the issue, and which is never part of the column.
 */
final class CorrelationMark {
    private static final Pattern MARK = Pattern.compile(
            "(?:^|\\R\\R)<!-- penstock:([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}):(0|[1-9][0-9]{0,4}) -->\\s*\\z");

    /** How far GitHub's clock may be behind ours. */
    private static final long CLOCK_BEHIND = 120_000;

    private CorrelationMark() {}

    static String marked(String text, Mutation mutation, int ordinal) {
        return (text.isEmpty() ? "" : text + "\n\n") + "<!-- penstock:" + mutation.correlation(ordinal) + " -->";
    }

    static String unmarked(String text) {
        Matcher mark = MARK.matcher(text);
        return mark.find() ? text.substring(0, mark.start()) : text;
    }

    /** Which row of the mutation the text belongs to, or -1. */
    static int ordinal(String text, Mutation mutation) {
        Matcher mark = MARK.matcher(text);
        if (!mark.find() || !mark.group(1).equals(mutation.id().toString())) {
            return -1;
        }
        int ordinal = Integer.parseInt(mark.group(2));
        return ordinal < mutation.rows().size() ? ordinal : -1;
    }

    /** A time by GitHub's clock before which no row of the mutation was made: ids of version 7 begin with their time (RFC 9562, 5.7). */
    static Instant notBefore(UUID id) {
        return id.version() == 7
                ? Instant.ofEpochSecond(Math.max(0, ((id.getMostSignificantBits() >>> 16) - CLOCK_BEHIND) / 1_000))
                : Instant.EPOCH;
    }
}
