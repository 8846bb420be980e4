package io.penstock.adapters.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.adapters.ColumnType;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Json;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * Values of Postgres as Salesforce writes them, and back.
 *
 * <p>Towards the API a value that cannot be said there is refused. Towards Postgres everything is handed on: what does not look as expected
 * goes through as it is, and Postgres says whether it fits.
 */
final class SalesforceValues {
    /** What Salesforce reads and writes: milliseconds, and an offset without a colon. */
    private static final DateTimeFormatter TO_API =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxx", Locale.ROOT);

    private static final DateTimeFormatter FROM_API = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .optionalStart()
            .appendOffset("+HHMM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .toFormatter(Locale.ROOT);

    /** What {@code to_jsonb} gives for a timestamptz under UTC. */
    private static final DateTimeFormatter TO_POSTGRES = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendOffset("+HH:MM", "+00:00")
            .toFormatter(Locale.ROOT);

    /** A number with more digits before the point than this is left in its own notation: written out it could fill the memory. */
    private static final int MAX_PLAIN_DIGITS = 100;

    /** A value on its way to the API. */
    sealed interface Converted {
        record Value(JsonNode json) implements Converted {}

        /**
         * The API has no way to say this.
         *
         * @param reason continues {@code Key (column)=(value)}
         */
        record Unfit(ErrorClass errorClass, String reason) implements Converted {}
    }

    private SalesforceValues() {}

    static Converted toApi(ColumnType type, JsonNode value) {
        if (value.isNull()) {
            return new Converted.Value(NullNode.instance);
        }
        return switch (type) {
            case ColumnType.Text _ -> new Converted.Value(value.isTextual() ? value : new TextNode(plain(value)));
            case ColumnType.Numeric _ -> number(value);
            case ColumnType.Whole _ -> number(value);
            case ColumnType.Bool _ -> new Converted.Value(value);
            case ColumnType.Date _ -> date(value);
            case ColumnType.Time _ -> time(value);
            case ColumnType.Timestamp _ -> timestamp(value);
            case ColumnType.Json _ -> new Converted.Value(value);
            case ColumnType.TextArray _ -> multipicklist(value);
        };
    }

    static JsonNode fromApi(ColumnType type, JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return NullNode.instance;
        }
        return switch (type) {
            case ColumnType.Text _ -> value.isTextual() ? value : new TextNode(plain(value));
            case ColumnType.Numeric _ -> value;
            case ColumnType.Whole _ -> whole(value);
            case ColumnType.Bool _ -> value;
            case ColumnType.Date _ -> value;
            case ColumnType.Time _ -> withoutZone(value);
            case ColumnType.Timestamp _ -> pointInTime(value);
            case ColumnType.Json _ -> value;
            case ColumnType.TextArray _ -> options(value);
        };
    }

    /** The value as a person reads it. */
    static String plain(JsonNode value) {
        if (value.isNull()) {
            return "null";
        }
        return value.isValueNode() ? value.asText() : value.toString();
    }

    private static Converted number(JsonNode value) {
        if (!value.isNumber()) {
            // to_jsonb writes NaN and the infinities as strings
            return new Converted.Unfit(ErrorClass.RANGE, "is not a finite number.");
        }
        if (!value.isFloatingPointNumber()) {
            return new Converted.Value(value);
        }
        BigDecimal decimal = value.decimalValue();
        if (decimal.scale() < 0 && -(long) decimal.scale() <= MAX_PLAIN_DIGITS) {
            decimal = decimal.setScale(0);
        }
        return new Converted.Value(DecimalNode.valueOf(decimal));
    }

    private static Converted date(JsonNode value) {
        if (isCommonEra(value)) {
            return new Converted.Value(value);
        }
        return new Converted.Unfit(ErrorClass.RANGE, "is not a date that the API knows.");
    }

    private static Converted time(JsonNode value) {
        String text = value.asText();
        int point = text.indexOf('.');
        String seconds = point < 0 ? text : text.substring(0, point);
        String millis = point < 0 ? "000" : (text.substring(point + 1) + "000").substring(0, 3);
        return new Converted.Value(new TextNode(seconds + "." + millis + "Z"));
    }

    private static Converted timestamp(JsonNode value) {
        if (isCommonEra(value)) {
            try {
                OffsetDateTime moment = OffsetDateTime.parse(value.textValue()).withOffsetSameInstant(ZoneOffset.UTC);
                return new Converted.Value(new TextNode(TO_API.format(moment)));
            } catch (DateTimeException notIso) {
                // falls through to the refusal below
            }
        }
        return new Converted.Unfit(ErrorClass.RANGE, "is not a point in time that the API knows.");
    }

    /** Postgres also has infinity, years before Christ and years of five digits. */
    private static boolean isCommonEra(JsonNode value) {
        return value.isTextual() && value.textValue().matches("[0-9]{4}-[0-9]{2}-[0-9]{2}(T[^ ]*)?");
    }

    private static Converted multipicklist(JsonNode value) {
        if (!value.isArray()) {
            return new Converted.Unfit(ErrorClass.FORMAT, "is not a list of options.");
        }
        StringJoiner joined = new StringJoiner(";");
        for (JsonNode option : value) {
            if (!option.isTextual()
                    || option.textValue().isEmpty()
                    || option.textValue().indexOf(';') >= 0) {
                return new Converted.Unfit(
                        ErrorClass.FORMAT, "has an option that is null, empty or contains a semicolon.");
            }
            joined.add(option.textValue());
        }
        return new Converted.Value(value.isEmpty() ? NullNode.instance : new TextNode(joined.toString()));
    }

    /** Salesforce writes whole numbers of some types as {@code 5.0}. */
    private static JsonNode whole(JsonNode value) {
        if (!value.isFloatingPointNumber()) {
            return value;
        }
        BigDecimal decimal = value.decimalValue();
        if (decimal.signum() == 0) {
            return DecimalNode.valueOf(BigDecimal.ZERO);
        }
        if (Math.abs((long) decimal.scale()) > MAX_PLAIN_DIGITS) {
            return value;
        }
        BigDecimal stripped = decimal.stripTrailingZeros();
        return stripped.scale() <= 0 ? DecimalNode.valueOf(stripped.setScale(0)) : value;
    }

    private static JsonNode withoutZone(JsonNode value) {
        String text = value.asText();
        return text.endsWith("Z") ? new TextNode(text.substring(0, text.length() - 1)) : value;
    }

    private static JsonNode pointInTime(JsonNode value) {
        if (!value.isTextual()) {
            return value;
        }
        try {
            OffsetDateTime moment =
                    OffsetDateTime.parse(value.textValue(), FROM_API).withOffsetSameInstant(ZoneOffset.UTC);
            return new TextNode(TO_POSTGRES.format(moment));
        } catch (DateTimeException unexpected) {
            return value;
        }
    }

    private static JsonNode options(JsonNode value) {
        if (!value.isTextual()) {
            return value;
        }
        ArrayNode options = Json.array();
        for (String option : value.textValue().split(";", -1)) {
            options.add(option);
        }
        return options;
    }
}
