package io.penstock.adapters.definition;

import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Bucket;
import io.penstock.adapters.Json;
import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.PermitCost;
import io.penstock.adapters.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What requests take from an API's limits, and what answers say about them. */
final class DefinitionLimits {
    private DefinitionLimits() {}

    static List<PermitCost> costs(Definition definition, RequestRule request, boolean write, int insertedRows) {
        List<PermitCost> costs = new ArrayList<>();
        for (LimitRule limit : definition.limits()) {
            LimitRule.Cost cost = limit.cost();
            int permits = (write ? cost.write() : cost.read())
                    + cost.insertedRow() * insertedRows
                    + request.costs().getOrDefault(limit.name(), 0);
            if (permits > 0) {
                costs.add(new PermitCost(limit.name(), permits));
            }
        }
        return costs;
    }

    /** By headers, and by a refusal: whoever is over a limit has nothing left of it until the wait is over. */
    static List<LimitFeedback> feedback(Definition definition, DefinitionErrors errors, ApiResponse response) {
        List<LimitFeedback> feedback = new ArrayList<>();
        for (LimitRule limit : definition.limits()) {
            LimitFeedback said = limit.feedback() == null ? null : said(limit, limit.feedback(), response);
            if (said != null) {
                feedback.add(said);
            }
        }
        if (!response.successful()) {
            DefinitionErrors.Found found = errors.classify(response.status(), Json.read(response.body()), null);
            Duration wait = DefinitionErrors.wait(response, found);
            if (found.kind() == ErrorKind.RATE_LIMITED && wait != null) {
                String bucket = errors.bucket(found);
                feedback.removeIf(said -> said.bucket().equals(bucket));
                definition.limits().stream()
                        .filter(limit -> limit.name().equals(bucket))
                        .forEach(limit -> feedback.add(new LimitFeedback(bucket, permits(limit), 0, wait)));
            }
        }
        return feedback;
    }

    private static @Nullable LimitFeedback said(LimitRule limit, LimitRule.Feedback headers, ApiResponse response) {
        Long remaining = number(response, headers.remaining());
        if (remaining == null) {
            return null;
        }
        Long whole = headers.limit() == null ? null : number(response, headers.limit());
        Long reset = headers.reset() == null ? null : number(response, headers.reset());
        return new LimitFeedback(
                limit.name(),
                whole == null ? permits(limit) : whole,
                remaining,
                reset == null ? null : resetsAfter(headers.resetAs(), reset, response));
    }

    private static @Nullable Duration resetsAfter(LimitRule.ResetAs as, long reset, ApiResponse response) {
        return switch (as) {
            case SECONDS -> Duration.ofSeconds(reset);
            case MILLISECONDS -> Duration.ofMillis(reset);
            case EPOCH_SECONDS -> RetryAfter.until(response, Instant.ofEpochSecond(reset));
        };
    }

    private static long permits(LimitRule limit) {
        return switch (limit.bucket().shape()) {
            case Bucket.Shape.Window(long permits, Duration _) -> permits;
            case Bucket.Shape.Concurrency(int calls) -> calls;
        };
    }

    private static @Nullable Long number(ApiResponse response, String header) {
        String text = response.header(header);
        return text == null || !text.trim().matches("[0-9]{1,11}") ? null : Long.valueOf(text.trim());
    }
}
