package io.penstock.node.control;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Counts the owners of an account's limiter, so that an old one which wakes up learns that it is one, and keeps what each notes for the next.
 * Stages fail where it cannot be reached.
 */
public interface EpochStore {
    /** Makes the caller the owner. It gets the note of the one before, and whoever comes next does not. */
    CompletionStage<Begun> begin(String account);

    /** Says that the owner is still there, and keeps its note in the place of the one before; false if there is a newer owner. */
    CompletionStage<Boolean> renew(String account, long epoch, LimiterNote note);

    /**
     * @param sinceSeen since the owner before began or renewed; null where there was none
     * @param note what it said then; null where it said nothing
     */
    record Begun(
            long epoch,
            @Nullable Duration sinceSeen,
            @Nullable LimiterNote note) {}
}
