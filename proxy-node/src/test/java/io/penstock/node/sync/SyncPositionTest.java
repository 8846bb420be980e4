package io.penstock.node.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.adapters.Page;
import io.penstock.node.sync.SyncPosition.Phase;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SyncPositionTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Instant EARLIER = NOW.minusSeconds(600);
    private static final Instant LATER = NOW.plusSeconds(600);

    @Test
    void aBackfillKeepsItsCursorAndItsBeginning() {
        SyncPosition next = SyncPosition.START.after(page(EARLIER, "2"), NOW).after(page(null, "3"), LATER);
        assertThat(next).isEqualTo(new SyncPosition(Phase.BACKFILL, "3", null, EARLIER, NOW));
    }

    @Test
    void aFilledTableFollowsFromWhereTheBackfillBegan() {
        SyncPosition begun = SyncPosition.START.after(page(EARLIER, "2"), NOW);
        // A row changed during the backfill, and another one that was read before it may have too.
        assertThat(begun.after(page(LATER, null), LATER))
                .isEqualTo(new SyncPosition(Phase.FOLLOW, null, NOW, null, null));
        assertThat(begun.after(page(null, null), LATER).highWater()).isEqualTo(EARLIER);
    }

    @Test
    void anEmptyApiIsFollowedFromTheBeginningOfItsBackfill() {
        assertThat(SyncPosition.START.after(page(null, null), NOW))
                .isEqualTo(new SyncPosition(Phase.FOLLOW, null, NOW, null, null));
    }

    @Test
    void theHighWaterStaysUntilTheRunIsThrough() {
        SyncPosition following = new SyncPosition(Phase.FOLLOW, null, EARLIER, null, null);
        SyncPosition halfway = following.after(page(LATER, "2"), NOW);
        assertThat(halfway.since()).isEqualTo(following.since()).isEqualTo(EARLIER.minus(SyncPosition.OVERLAP));
        assertThat(halfway.after(page(NOW, null), NOW))
                .isEqualTo(new SyncPosition(Phase.FOLLOW, null, LATER, null, null));
    }

    @Test
    void aQuietRunDoesNotMoveTheHighWater() {
        SyncPosition following = new SyncPosition(Phase.FOLLOW, null, EARLIER, null, null);
        assertThat(following.after(page(null, null), NOW)).isEqualTo(following);
    }

    @Test
    void aRunWhoseCursorIsForgottenBeginsAgain() {
        SyncPosition halfway = new SyncPosition(Phase.FOLLOW, "7", EARLIER, LATER, NOW);
        assertThat(halfway.restarted()).isEqualTo(new SyncPosition(Phase.FOLLOW, null, EARLIER, null, null));
    }

    private static Page page(@Nullable Instant newest, @Nullable String nextCursor) {
        return new Page(List.of(), List.of(), newest, nextCursor);
    }
}
