package io.penstock.node.journal;

import io.penstock.adapters.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A read of an API brought nothing this time. Its message is for people: it holds neither a secret nor a value of a row. */
public final class ReadFailed extends Exception {
    private static final long serialVersionUID = 1L;

    private final @Nullable Duration retryAfter;

    public ReadFailed(String message, @Nullable Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    public static ReadFailed of(String api, Failure failure) {
        return switch (failure) {
            case Failure.RequestRejected rejected ->
                new ReadFailed(api + " refused the read: " + rejected.first().code(), null);
            case Failure.RateLimited limited ->
                new ReadFailed(api + " rate limit " + limited.bucket() + " exceeded", limited.retryAfter());
            case Failure.TokenExpired _ -> new ReadFailed(api + " no longer takes the access token", null);
            case Failure.AuthRevoked _ ->
                new ReadFailed(api + " does not accept the account's credentials: authorise it again", null);
            case Failure.Unavailable _ -> new ReadFailed(api + " is unavailable", null);
            case Failure.UnknownOutcome _ -> new ReadFailed(api + " gave an answer that is not understood", null);
        };
    }

    /** How long the API asks to be left alone, or null. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
