package io.penstock.adapters.salesforce;

import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RetryAfter;
import io.penstock.adapters.salesforce.SalesforceErrors.ApiError;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a whole answer without success means. First row that fits:
 *
 * <pre>
 * status   body                                   failure
 * -------  -------------------------------------  ---------------------------------------------------------
 * 4xx      REQUEST_LIMIT_EXCEEDED                 RateLimited (Salesforce says it with 403)
 * 401      INVALID_SESSION_ID, or not readable    TokenExpired
 * 401      anything else                          AuthRevoked: refreshing would go round for ever
 * 300      -                                      RequestRejected DUPLICATE: an external id is not unique
 * 3xx      -                                      Unavailable: the account has moved
 * 408      -                                      UnknownOutcome: something on the way gave up waiting
 * 429      -                                      RateLimited
 * 4xx      errors                                 RequestRejected, class by the first error that is no consequence
 * 4xx      not readable                           RequestRejected, class by the status
 * 503      SERVER_UNAVAILABLE, to a read          Unavailable
 * 5xx      anything else                          UnknownOutcome: whoever speaks may not know what the one behind has done
 * other    -                                      UnknownOutcome
 * </pre>
 */
final class SalesforceFailures {
    /** The message of a 401 that no refresh mends, though its code is that of an expired session. */
    private static final List<String> NOT_EXPIRY =
            List.of("not attached to Agent", "not valid for use with the REST API");

    private SalesforceFailures() {}

    /**
     * @param mutation what was asked, or null for a read
     */
    static Failure of(ApiResponse response, @Nullable Mutation mutation) {
        List<ApiError> errors = SalesforceErrors.read(Json.read(response.body()));
        return of(response.status(), errors, mutation, RetryAfter.of(response));
    }

    /** The same for a subrequest, which answers with a status and a body of its own. */
    static Failure of(int status, List<ApiError> errors, @Nullable Mutation mutation, @Nullable Duration retryAfter) {
        ApiError limit = find(errors, SalesforceErrors.LIMIT_EXCEEDED);
        if (limit != null && status >= 400 && status < 500) {
            String bucket =
                    limit.message().contains("Concurrent") ? SalesforceAdapter.CONCURRENT : SalesforceAdapter.DAILY;
            return new Failure.RateLimited(bucket, retryAfter, limit.message());
        }
        return switch (status) {
            case 401 -> unauthorized(errors);
            case 300 ->
                new Failure.RequestRejected(
                        new Rejection(ErrorClass.DUPLICATE, null, null, "HTTP_300", "The external id is not unique."));
            case 408 -> new Failure.UnknownOutcome("the API answered 408");
            case 429 -> new Failure.RateLimited(SalesforceAdapter.DAILY, retryAfter, "The API answered 429.");
            case 503 ->
                mutation == null && find(errors, "SERVER_UNAVAILABLE") != null
                        ? new Failure.Unavailable("The API is not available at the moment.")
                        : new Failure.UnknownOutcome("the API answered 503");
            default -> byRange(status, errors, mutation);
        };
    }

    private static Failure byRange(int status, List<ApiError> errors, @Nullable Mutation mutation) {
        if (status >= 300 && status < 400) {
            return new Failure.Unavailable("The API answered " + status + ": the account's base URL has moved.");
        }
        if (status < 400 || status >= 500) {
            return new Failure.UnknownOutcome("the API answered " + status);
        }
        for (ApiError error : errors) {
            if (mutation != null && SalesforceErrors.isOwnCorrelation(mutation.table(), error)) {
                return new Failure.UnknownOutcome("the API holds rows of this statement already");
            }
        }
        List<Rejection> rejections = errors.stream()
                .filter(error -> !error.is(SalesforceErrors.HALTED) && !error.is(SalesforceErrors.ROLLED_BACK))
                .map(error -> rejection(error, mutation))
                .toList();
        return rejections.isEmpty()
                ? new Failure.RequestRejected(byStatus(status))
                : new Failure.RequestRejected(rejections);
    }

    private static Rejection rejection(ApiError error, @Nullable Mutation mutation) {
        if (mutation == null) {
            return new Rejection(SalesforceErrors.classify(error, null), null, null, error.code(), error.message());
        }
        // of one row only that row can be meant
        Integer ordinal = mutation.rows().size() == 1 ? Integer.valueOf(0) : null;
        return SalesforceErrors.reject(mutation, ordinal, error);
    }

    private static Rejection byStatus(int status) {
        ErrorClass errorClass = switch (status) {
            case 403 -> ErrorClass.FORBIDDEN;
            case 404, 405, 410, 415 -> ErrorClass.UNSUPPORTED;
            default -> ErrorClass.RULE;
        };
        return new Rejection(errorClass, null, null, "HTTP_" + status, "The API answered " + status + ".");
    }

    private static Failure unauthorized(List<ApiError> errors) {
        if (errors.isEmpty()) {
            return new Failure.TokenExpired();
        }
        ApiError error = errors.getFirst();
        boolean expired = error.is("INVALID_SESSION_ID") && NOT_EXPIRY.stream().noneMatch(error.message()::contains);
        return expired ? new Failure.TokenExpired() : new Failure.AuthRevoked(error.message());
    }

    private static @Nullable ApiError find(List<ApiError> errors, String code) {
        return errors.stream().filter(error -> error.is(code)).findFirst().orElse(null);
    }
}
