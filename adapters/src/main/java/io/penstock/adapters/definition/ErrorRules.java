package io.penstock.adapters.definition;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where an API's errors have their parts, and what they mean.
 *
 * @param code the API's own code, as short as it has one
 * @param message for people
 * @param field the API's name of the field at fault
 * @param row the key, or the reference that was sent along, of the row at fault
 * @param rules tried in order; the first that fits decides
 */
record ErrorRules(Finder code, Finder message, Finder field, Finder row, List<Rule> rules) {
    ErrorRules {
        rules = List.copyOf(rules);
    }

    /** Whether a request changed something. */
    enum Doing {
        READ,
        WRITE
    }

    /**
     * One rule; all that it names must fit.
     *
     * @param statuses empty for all
     * @param codes empty for all
     * @param message found somewhere in the message; null for all
     * @param doing null for both
     * @param bucket of the limit that was passed, for {@link ErrorKind#RATE_LIMITED}; null for the first
     * @param pause how long, where the answer does not say
     */
    record Rule(
            Set<Statuses> statuses,
            Set<String> codes,
            @Nullable Pattern message,
            @Nullable Doing doing,
            ErrorKind kind,
            @Nullable String bucket,
            @Nullable Duration pause) {
        Rule {
            statuses = Set.copyOf(statuses);
            codes = Set.copyOf(codes);
        }

        boolean fits(int status, @Nullable String code, @Nullable String text, Doing asked) {
            return (statuses.isEmpty() || statuses.stream().anyMatch(range -> range.has(status)))
                    && (codes.isEmpty() || (code != null && codes.contains(code)))
                    && (message == null
                            || (text != null && message.matcher(text).find()))
                    && (doing == null || doing == asked);
        }
    }

    /** One status or, as {@code 5xx}, a hundred. */
    record Statuses(int first, int last) {
        boolean has(int status) {
            return status >= first && status <= last;
        }
    }
}
