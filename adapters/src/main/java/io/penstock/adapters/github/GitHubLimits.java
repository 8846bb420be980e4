package io.penstock.adapters.github;

import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Bucket;
import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.PermitCost;
import io.penstock.adapters.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** GitHub's limits: the primary one, which it tells with every answer, and the secondary ones, which it tells when they are broken. */
final class GitHubLimits {
    /** The primary limit, in points. The number is that of a person; GitHub's headers tell the account's own. */
    static final String HOURLY = "hourly";

    /** The secondary limit of the GraphQL endpoint: 1 point for a query, 5 for a document with mutations. */
    static final String POINTS = "points";

    /** Contents made. GitHub counts requests; each row counts here, since it says so nowhere for a document that makes several. */
    static final String CONTENT = "content";

    static final String CONTENT_HOURLY = "content_hourly";
    static final String CONCURRENT = "concurrent";

    private static final int CONTENT_PER_MINUTE = 80;

    static final List<Bucket> BUCKETS = List.of(
            new Bucket(HOURLY, new Bucket.Shape.Window(5_000, Duration.ofHours(1))),
            new Bucket(POINTS, new Bucket.Shape.Window(2_000, Duration.ofMinutes(1))),
            new Bucket(CONTENT, new Bucket.Shape.Window(CONTENT_PER_MINUTE, Duration.ofMinutes(1))),
            new Bucket(CONTENT_HOURLY, new Bucket.Shape.Window(500, Duration.ofHours(1))),
            new Bucket(CONCURRENT, new Bucket.Shape.Concurrency(100)));

    private GitHubLimits() {}

    /** @param rows that are asked for */
    static List<PermitCost> read(int rows) {
        return costs(rows, 1);
    }

    /** @param inserted rows that are made; more than the limit of a minute takes all of it, as nothing could take more */
    static List<PermitCost> write(int rows, int inserted) {
        List<PermitCost> costs = new ArrayList<>(costs(rows, 5));
        if (inserted > 0) {
            costs.add(new PermitCost(CONTENT, Math.min(inserted, CONTENT_PER_MINUTE)));
            costs.add(new PermitCost(CONTENT_HOURLY, inserted));
        }
        return costs;
    }

    /** The primary cost is a hundredth of the connections that are read: one of the rows, and two in each of them. */
    private static List<PermitCost> costs(int rows, int points) {
        return List.of(
                new PermitCost(HOURLY, Math.max(1, Math.ceilDiv(1 + 2 * rows, 100))),
                new PermitCost(POINTS, points),
                new PermitCost(CONCURRENT, 1));
    }

    static List<LimitFeedback> feedback(ApiResponse response) {
        String resource = response.header("x-ratelimit-resource");
        Long limit = number(response, "x-ratelimit-limit");
        Long remaining = number(response, "x-ratelimit-remaining");
        if (limit == null || remaining == null || (resource != null && !resource.equals("graphql"))) {
            return List.of();
        }
        return List.of(new LimitFeedback(HOURLY, limit, remaining, resetsAfter(response)));
    }

    /** When the primary limit begins anew, or null where the answer does not say. */
    static @Nullable Duration resetsAfter(ApiResponse response) {
        Long reset = number(response, "x-ratelimit-reset");
        return reset == null ? null : RetryAfter.until(response, Instant.ofEpochSecond(reset));
    }

    private static @Nullable Long number(ApiResponse response, String header) {
        String text = response.header(header);
        return text == null || !text.trim().matches("[0-9]{1,11}") ? null : Long.valueOf(text.trim());
    }
}
