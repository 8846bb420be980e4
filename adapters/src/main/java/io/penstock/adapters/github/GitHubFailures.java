package io.penstock.adapters.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Details;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Json;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RetryAfter;
import io.penstock.adapters.github.GitHubErrors.ApiError;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an answer means that has no data. First row that fits:
 *
 * <pre>
 * status    body or header                            failure
 * --------  ----------------------------------------  -------------------------------------------------------------------
 * 401       -                                         AuthRevoked of a personal token, else TokenExpired
 * 403, 429  "secondary rate", Retry-After             RateLimited: contents or points, for as long as it says, else a minute
 * 403, 429  x-ratelimit-remaining: 0                  RateLimited: hourly, until the hour begins anew
 * 429       -                                         RateLimited: points, a minute
 * 403       -                                         RequestRejected FORBIDDEN
 * 404       -                                         RequestRejected UNSUPPORTED: no GraphQL at the account's base URL
 * 408       -                                         UnknownOutcome: something on the way gave up waiting
 * 3xx       -                                         Unavailable: the account has moved
 * 4xx       -                                         RequestRejected RULE
 * 503       -, to a read                              Unavailable
 * 2xx       errors, RATE_LIMITED                      RateLimited: hourly
 * 2xx       errors, "Something went wrong", or data   UnknownOutcome: GitHub has run the document, or does not know
 * 2xx       errors, and no member data                RequestRejected: the document was refused before it ran (GraphQL, 7.1.2)
 * other     -                                         UnknownOutcome; 502 and 504 are how GitHub ends what takes ten seconds
 * </pre>
 */
final class GitHubFailures {
    /** What GitHub asks for where a secondary limit does not say how long to wait. */
    static final Duration SECONDARY_WAIT = Duration.ofMinutes(1);

    private static final String INTERNAL = "something went wrong";

    private final boolean personalToken;

    GitHubFailures(GitHubAuth auth) {
        this.personalToken = auth instanceof GitHubAuth.PersonalToken;
    }

    /** @param write whether it answers a write */
    Failure of(ApiResponse response, @Nullable JsonNode body, boolean write) {
        int status = response.status();
        String said = body == null ? null : Json.text(body, "message");
        String message = said == null ? "GitHub answered " + status + "." : Details.sentence(said);
        if (status == 403 || status == 429) {
            return forbidden(response, message);
        }
        if (response.successful()) {
            return withoutData(response, body);
        }
        return switch (status) {
            case 401 -> personalToken ? new Failure.AuthRevoked(message) : new Failure.TokenExpired();
            case 404 -> rejected(ErrorClass.UNSUPPORTED, "HTTP_404", "There is no GraphQL at the account's base URL.");
            case 408 -> unknown("the API answered 408");
            case 503 -> write ? unknown("the API answered 503") : new Failure.Unavailable(message);
            default -> {
                if (status >= 300 && status < 400) {
                    yield new Failure.Unavailable("GitHub answered " + status + ": the account's base URL has moved.");
                }
                yield status >= 400 && status < 500
                        ? rejected(ErrorClass.RULE, "HTTP_" + status, message)
                        : unknown("the API answered " + status);
            }
        };
    }

    private static Failure forbidden(ApiResponse response, String message) {
        Duration wait = RetryAfter.of(response);
        String words = message.toLowerCase(Locale.ROOT);
        if (wait != null || words.contains("secondary rate")) {
            String bucket = words.contains("content creation") ? GitHubLimits.CONTENT : GitHubLimits.POINTS;
            return new Failure.RateLimited(bucket, wait == null ? SECONDARY_WAIT : wait, message);
        }
        if ("0".equals(response.header("x-ratelimit-remaining"))) {
            return new Failure.RateLimited(GitHubLimits.HOURLY, GitHubLimits.resetsAfter(response), message);
        }
        return response.status() == 429
                ? new Failure.RateLimited(GitHubLimits.POINTS, SECONDARY_WAIT, message)
                : rejected(ErrorClass.FORBIDDEN, "HTTP_403", message);
    }

    /** GraphQL answers 200 whatever it thinks of the document. */
    private static Failure withoutData(ApiResponse response, @Nullable JsonNode body) {
        List<ApiError> errors = GitHubErrors.read(body);
        ApiError first = errors.isEmpty() ? null : errors.getFirst();
        if (body == null || first == null) {
            return unknown("the answer is not one of GraphQL");
        }
        if (first.isLimit()) {
            return new Failure.RateLimited(
                    GitHubLimits.HOURLY, GitHubLimits.resetsAfter(response), Details.sentence(first.message()));
        }
        boolean internal = errors.stream()
                .anyMatch(error -> error.message().toLowerCase(Locale.ROOT).contains(INTERNAL));
        if (internal || body.has("data")) {
            return unknown("the API could not finish the document");
        }
        ErrorClass errorClass = switch (first.type()) {
            case "FORBIDDEN", "INSUFFICIENT_SCOPES" -> ErrorClass.FORBIDDEN;
            default -> ErrorClass.RULE;
        };
        return rejected(errorClass, first.code(), Details.sentence(first.message()));
    }

    private static Failure rejected(ErrorClass errorClass, String code, String message) {
        return new Failure.RequestRejected(new Rejection(errorClass, null, null, code, message));
    }

    private static Failure unknown(String reason) {
        return new Failure.UnknownOutcome(reason);
    }
}
