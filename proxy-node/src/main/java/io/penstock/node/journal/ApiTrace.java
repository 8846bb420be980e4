package io.penstock.node.journal;

import org.jspecify.annotations.Nullable;

/**
 * How to find the request again at the API's support desk.
 *
 * @param httpStatus null where no answer came
 * @param requestId the API's own id of the request; null where it gives none
 */
public record ApiTrace(
        @Nullable Integer httpStatus, @Nullable String requestId) {
    public static final ApiTrace NONE = new ApiTrace(null, null);
}
