package io.penstock.sandbox.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.sandbox.server.Json;
import io.penstock.sandbox.server.SandboxResponse;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request that is refused: an HTTP status and an {@code error} object. */
final class StripeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static final String INVALID_REQUEST = "invalid_request_error";
    static final String API_ERROR = "api_error";
    static final String CARD_ERROR = "card_error";
    static final String IDEMPOTENCY_ERROR = "idempotency_error";

    private final int status;
    private final String type;
    private final @Nullable String code;
    private final @Nullable String param;
    private @Nullable String declineCode;
    private @Nullable String limitedBy;
    private @Nullable Boolean shouldRetry;

    StripeException(int status, String type, @Nullable String code, String message, @Nullable String param) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.code = code;
        this.param = param;
    }

    static StripeException invalid(@Nullable String code, String message, @Nullable String param) {
        return new StripeException(400, INVALID_REQUEST, code, message, param);
    }

    /** What the path names is not there. */
    static StripeException missing(String object, String id) {
        return new StripeException(404, INVALID_REQUEST, "resource_missing", noSuch(object, id), "id");
    }

    /** What a parameter names is not there: a bad request, and no 404. */
    static StripeException missingReference(String object, String id, String param) {
        return invalid("resource_missing", noSuch(object, id), param);
    }

    private static String noSuch(String object, String id) {
        return "No such " + object + ": '" + id + "'";
    }

    static StripeException unknownUrl(String method, String path) {
        return new StripeException(
                404,
                INVALID_REQUEST,
                null,
                "Unrecognized request URL (" + method + ": " + path
                        + "). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.",
                null);
    }

    /** @param reason as the header Stripe-Rate-Limited-Reason names it, such as {@code global-rate} */
    static StripeException rateLimited(String reason) {
        StripeException limited = new StripeException(
                429,
                INVALID_REQUEST,
                "rate_limit",
                "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
                null);
        limited.limitedBy = reason;
        return limited;
    }

    static StripeException lockTimeout() {
        StripeException locked = new StripeException(
                429,
                INVALID_REQUEST,
                "lock_timeout",
                "This object cannot be accessed right now because another API request or Stripe process is currently"
                        + " accessing it. If you see this error intermittently, retry the request. If you see this error"
                        + " frequently and are making multiple concurrent requests to a single object, make your requests"
                        + " serially or at a lower rate. For more details, see"
                        + " https://stripe.com/docs/rate-limits#object-lock-timeouts.",
                null);
        locked.shouldRetry = true;
        return locked;
    }

    static StripeException declined(String declineCode, @Nullable String param) {
        StripeException declined =
                new StripeException(402, CARD_ERROR, "card_declined", "Your card was declined.", param);
        declined.declineCode = declineCode;
        return declined;
    }

    /** Something failed at Stripe. It is stored as the answer to its idempotency key, so a retry would be a no-op. */
    static StripeException internal() {
        StripeException failed = new StripeException(
                500,
                API_ERROR,
                null,
                "An unknown error occurred. We have been notified and will look into it. Please contact us at"
                        + " https://support.stripe.com if it persists.",
                null);
        failed.shouldRetry = false;
        return failed;
    }

    StripeException retry(boolean should) {
        shouldRetry = should;
        return this;
    }

    int status() {
        return status;
    }

    /** @param log where a person would look the request up, or null when nobody was signed in */
    SandboxResponse response(@Nullable String log) {
        ObjectNode body = Json.object();
        ObjectNode error = body.putObject("error");
        if (code != null) {
            error.put("code", code);
        }
        if (declineCode != null) {
            error.put("decline_code", declineCode);
        }
        if (code != null) {
            error.put(
                    "doc_url",
                    "https://stripe.com/docs/error-codes/"
                            + code.toLowerCase(Locale.ROOT).replace('_', '-'));
        }
        error.put("message", getMessage());
        if (param != null) {
            error.put("param", param);
        }
        if (log != null) {
            error.put("request_log_url", log);
        }
        error.put("type", type);
        SandboxResponse response = SandboxResponse.json(status, body, 0);
        if (limitedBy != null) {
            response = response.withHeader("Stripe-Rate-Limited-Reason", limitedBy);
        }
        return shouldRetry == null ? response : response.withHeader("Stripe-Should-Retry", shouldRetry.toString());
    }
}
