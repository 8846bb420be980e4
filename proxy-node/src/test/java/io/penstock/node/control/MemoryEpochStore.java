package io.penstock.node.control;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** An {@link EpochStore} that keeps to the contract. */
public final class MemoryEpochStore implements EpochStore {
    private final Map<String, Long> epochs = new HashMap<>();
    private final Map<String, Long> seenAt = new HashMap<>();
    private final Map<String, LimiterNote> notes = new HashMap<>();

    @Override
    public synchronized CompletionStage<Begun> begin(String account) {
        long now = ControlPlane.CLOCK.getAsLong();
        long epoch = epochs.merge(account, 1L, Long::sum);
        Long before = seenAt.put(account, now);
        return CompletableFuture.completedFuture(
                new Begun(epoch, before == null ? null : Duration.ofMillis(now - before), notes.remove(account)));
    }

    @Override
    public synchronized CompletionStage<Boolean> renew(String account, long epoch, LimiterNote note) {
        boolean owner = epochs.getOrDefault(account, 0L) == epoch;
        if (owner) {
            seenAt.put(account, ControlPlane.CLOCK.getAsLong());
            notes.put(account, note);
        }
        return CompletableFuture.completedFuture(owner);
    }
}
