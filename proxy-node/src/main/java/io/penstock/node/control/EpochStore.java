package io.penstock.node.control;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Counts the owners of an account's limiter, so that an old one which wakes up learns that it is one. Stages fail where it cannot be reached. */
public interface EpochStore {
    /** Makes the caller the owner. */
    CompletionStage<Begun> begin(String account);

    /** Says that the owner is still there; false if there is a newer one. */
    CompletionStage<Boolean> renew(String account, long epoch);

    /** @param sinceSeen since the owner before began or renewed; null where there was none */
    record Begun(long epoch, @Nullable Duration sinceSeen) {}
}
