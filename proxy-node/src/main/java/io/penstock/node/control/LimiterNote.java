package io.penstock.node.control;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of a limiter has granted that may still count at the API, for the owner after it. Lengths of time in milliseconds, from when
 * it was written: the clocks of two nodes have nothing in common.
 *
 * @param last whether its owner grants nothing any more; otherwise it may have granted more since
 * @param windows by name
 */
record LimiterNote(boolean last, Map<String, WindowNote> windows) {
    /**
     * @param spent permits that still count, those first that leave the window first
     * @param closedFor how long nothing was to be granted, zero or negative where nothing stood in the way
     * @param told what the API said of itself, less what was granted since
     */
    record WindowNote(
            List<Spent> spent, long closedFor, @Nullable Told told) {}

    record Spent(long leavesAfter, long permits) {}

    record Told(long limit, long remaining, @Nullable Long resetsAfter) {}
}
