package io.penstock.adapters;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;

/**
 * Whether an API's value is what was asked for. Texts may have been trimmed or written in lower case, points in time cut to seconds, and nothing
 * may be NULL, an empty text, an empty list or false; none of that is a difference.
 */
public final class Likeness {
    private Likeness() {}

    public static boolean alike(JsonNode asked, JsonNode held) {
        if (isNothing(asked) || isNothing(held)) {
            return isNothing(asked) && isNothing(held);
        }
        if (asked.isNumber() && held.isNumber()) {
            BigDecimal one = asked.decimalValue();
            return one.compareTo(held.decimalValue()) == 0;
        }
        return asked.isTextual() && held.isTextual() ? alike(asked.textValue(), held.textValue()) : asked.equals(held);
    }

    private static boolean alike(String asked, String held) {
        String one = asked.replace("\r\n", "\n").strip();
        String other = held.replace("\r\n", "\n").strip();
        if (one.equals(other) || (one.indexOf('@') > 0 && one.equalsIgnoreCase(other))) {
            return true;
        }
        try {
            return OffsetDateTime.parse(one)
                    .truncatedTo(ChronoUnit.SECONDS)
                    .isEqual(OffsetDateTime.parse(other).truncatedTo(ChronoUnit.SECONDS));
        } catch (DateTimeException neitherIsATime) {
            return false;
        }
    }

    private static boolean isNothing(JsonNode value) {
        return value.isNull()
                || value.isMissingNode()
                || (value.isBoolean() && !value.booleanValue())
                || (value.isTextual() && value.textValue().isBlank())
                || (value.isContainerNode() && value.isEmpty());
    }
}
