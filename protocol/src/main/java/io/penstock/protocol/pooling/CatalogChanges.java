package io.penstock.protocol.pooling;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what may have changed the tables and types of one database, as far as a node sees it. What was prepared before the last change may
 * have parameters and columns of other types than the same text has now, or types that are gone; Postgres keeps the old ones for as long as
 * the statement lives. Safe for use by several threads.
 */
public final class CatalogChanges {
    private final AtomicLong changes = new AtomicLong();

    long count() {
        return changes.get();
    }

    void changed() {
        changes.incrementAndGet();
    }

    /**
     * Whether a statement that is completed by this tag may have made some: CREATE, ALTER, DROP, IMPORT FOREIGN SCHEMA, DO and CALL. No other tag begins
     * as one of them does. Functions that do it inside of a query are not seen. Asked for every statement, so it reads no more than it needs.
     *
     * @param tag the body of CommandComplete; it is only looked at
     */
    static boolean mayFollow(ByteBuf tag) {
        if (tag.readableBytes() < 2) {
            return false;
        }
        return switch ((char) tag.getByte(tag.readerIndex())) {
            case 'A' -> true;
            case 'C' -> isOneOf(tag, 'R', 'A');
            case 'D' -> isOneOf(tag, 'R', 'O');
            case 'I' -> isOneOf(tag, 'M', 'M');
            default -> false;
        };
    }

    private static boolean isOneOf(ByteBuf tag, char one, char other) {
        char second = (char) tag.getByte(tag.readerIndex() + 1);
        return second == one || second == other;
    }
}
