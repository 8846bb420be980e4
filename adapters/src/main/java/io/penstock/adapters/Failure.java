package io.penstock.adapters;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer that brought nothing. All but {@link UnknownOutcome} say for certain that the API applied no row. */
public sealed interface Failure extends Verdict {
    /**
     * Refused, and no row was applied.
     *
     * @param rejections at least one; the first is the one to report
     */
    record RequestRejected(List<Rejection> rejections) implements Failure {
        public RequestRejected {
            rejections = List.copyOf(rejections);
            if (rejections.isEmpty()) {
                throw new IllegalArgumentException("a refusal has a reason");
            }
        }

        public RequestRejected(Rejection rejection) {
            this(List.of(rejection));
        }

        public Rejection first() {
            return rejections.getFirst();
        }
    }

    /**
     * Over a limit of the API.
     *
     * @param bucket which of the adapter's {@link Bucket}s
     * @param retryAfter null where the API does not say
     */
    record RateLimited(String bucket, @Nullable Duration retryAfter, String message) implements Failure {}

    /** The access token is no longer good: refresh it, once a request. */
    record TokenExpired() implements Failure {}

    /** No refresh will help: somebody has to authorise again. */
    record AuthRevoked(String message) implements Failure {}

    /** The API could not do it now. */
    record Unavailable(String message) implements Failure {}

    /** The API may have applied it. */
    record UnknownOutcome(String reason) implements Failure {}
}
