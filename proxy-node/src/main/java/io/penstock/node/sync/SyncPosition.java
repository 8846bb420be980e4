package io.penstock.node.sync;

import io.penstock.adapters.Page;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far one table has followed its API. Pure.
 *
 * <pre>
 * phase      page               next
 * BACKFILL   with a next page   BACKFILL, its cursor kept
 * BACKFILL   the last           FOLLOW from where the backfill began: what changed during it may stand on a page that was read before
 * FOLLOW     with a next page   FOLLOW, its cursor kept; the high water stays until the run is through
 * FOLLOW     the last           FOLLOW, the high water is the latest change that was seen
 * </pre>
 *
 * @param cursor where the run stands; null between runs
 * @param highWater the latest change known to be stored, by the API's clock; null before the first
 * @param runNewest the latest change that this run has seen
 * @param runStarted when this run began, by the database's clock; null between runs
 */
record SyncPosition(
        Phase phase,
        @Nullable String cursor,
        @Nullable Instant highWater,
        @Nullable Instant runNewest,
        @Nullable Instant runStarted) {
    /** Whether every row has been fetched once. */
    enum Phase {
        BACKFILL,
        FOLLOW
    }

    /**
     * How far a run reaches back behind the high water: changes of one second appear at an API one after the other, an API's index lags behind its
     * rows, and its clock differs from ours. A row that is read twice is written once.
     */
    static final Duration OVERLAP = Duration.ofMinutes(2);

    static final SyncPosition START = new SyncPosition(Phase.BACKFILL, null, null, null, null);

    /** The time from which to ask for changes. */
    Instant since() {
        return highWater == null ? Instant.EPOCH : highWater.minus(OVERLAP);
    }

    /** @param now by the database's clock, before the page was read */
    SyncPosition after(Page page, Instant now) {
        Instant newest = later(runNewest, page.newest());
        Instant started = runStarted == null ? now : runStarted;
        if (page.nextCursor() != null) {
            return new SyncPosition(phase, page.nextCursor(), highWater, newest, started);
        }
        Instant reached = switch (phase) {
            case BACKFILL -> newest == null || newest.isAfter(started) ? started : newest;
            case FOLLOW -> later(highWater, newest);
        };
        return new SyncPosition(Phase.FOLLOW, null, reached, null, null);
    }

    /** The same run from its beginning: an API forgets its cursors after a while. */
    SyncPosition restarted() {
        return new SyncPosition(phase, null, highWater, null, null);
    }

    private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isAfter(other) ? one : other;
    }
}
