package io.penstock.adapters;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A complete HTTP answer. A body that ended before its length is no answer: the engine reports it as lost and asks no adapter.
 *
 * @param headers found without regard to case
 * @param body not changed once handed over
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode below look into it
public record ApiResponse(int status, Map<String, List<String>> headers, byte[] body) {
    public ApiResponse {
        TreeMap<String, List<String>> folded = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        folded.putAll(headers);
        headers = Collections.unmodifiableMap(folded);
    }

    /** The first value of a header, or null. */
    public @Nullable String header(String name) {
        List<String> values = headers.get(name);
        return values == null || values.isEmpty() ? null : values.getFirst();
    }

    public boolean successful() {
        return status >= 200 && status < 300;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ApiResponse that
                && status == that.status
                && headers.equals(that.headers)
                && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * status + headers.hashCode()) + Arrays.hashCode(body);
    }

    @Override
    public String toString() {
        return "ApiResponse[" + status + ", " + body.length + " bytes]";
    }
}
