package io.penstock.adapters;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the API said about one of its limits.
 *
 * @param limit of the bucket as the API counts it
 * @param remaining before the limit, by the API's count, which includes other users of the account
 * @param resetsAfter null where the API does not say
 */
public record LimitFeedback(
        String bucket, long limit, long remaining, @Nullable Duration resetsAfter) {}
