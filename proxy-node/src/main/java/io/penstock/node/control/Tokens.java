package io.penstock.node.control;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** One account's access token, as a node sees it. */
public interface Tokens {
    /** What came of asking. */
    sealed interface Answer {}

    record Handed(Token token) implements Answer {}

    /** Nobody gets one until somebody authorises the account again. */
    record Revoked(String code, String message) implements Answer {}

    /** Not now. */
    record Unavailable(String message, Duration retryAfter) implements Answer {}

    /**
     * The token; without a message to anybody while the one at hand is good.
     *
     * @param refused version of the token that the API refused, 0 for none
     * @return never fails
     */
    CompletionStage<Answer> token(long refused, Duration maxWait);
}
