package io.penstock.node;

import java.security.SecureRandom;
import java.util.UUID;

/** UUIDs of version 7 (RFC 9562, section 5.7): milliseconds first, so that an index over them grows at its end; the rest is random. */
final class TimeOrderedIds {
    private static final SecureRandom RANDOM = new SecureRandom();

    private TimeOrderedIds() {}

    static UUID next() {
        return of(System.currentTimeMillis(), RANDOM.nextLong(), RANDOM.nextLong());
    }

    static UUID of(long milliseconds, long randomHigh, long randomLow) {
        long high = milliseconds << 16 | 0x7000L | randomHigh & 0x0fffL;
        long low = randomLow & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
