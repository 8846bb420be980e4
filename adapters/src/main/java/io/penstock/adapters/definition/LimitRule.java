package io.penstock.adapters.definition;

import io.penstock.adapters.Bucket;
import org.jspecify.annotations.Nullable;

/**
 * One limit of an API and how it shows in answers.
 *
 * @param cost what a request takes; a request of the definition may name more
 */
record LimitRule(Bucket bucket, Cost cost, @Nullable Feedback feedback) {
    /** Permits for a read, for a write, and in addition for each row of an INSERT. */
    record Cost(int read, int write, int insertedRow) {}

    /**
     * Headers in which the API tells how much is left.
     *
     * @param limit null where it does not tell the whole; then the bucket's own number is taken
     * @param reset null where it does not tell when
     */
    record Feedback(
            @Nullable String limit,
            String remaining,
            @Nullable String reset,
            ResetAs resetAs) {}

    /** What the header of the reset holds. */
    enum ResetAs {
        SECONDS,
        MILLISECONDS,
        /** A point in time, in seconds since 1970, read against the answer's own Date. */
        EPOCH_SECONDS
    }

    String name() {
        return bucket.name();
    }
}
