package io.penstock.adapters.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.adapters.ColumnType;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Json;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Values of Postgres as an API writes them, and back.
 *
 * <p>Towards the API a value that cannot be said there is refused. Towards Postgres everything is handed on: what does not look as expected
 * goes through as it is, and Postgres says whether it fits.
 */
public record ValueCodec(Values as) {
    /** Milliseconds in UTC: what every API reads that takes ISO 8601 at all. */
    private static final DateTimeFormatter TO_API =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT);

    /** What {@code to_jsonb} gives for a timestamptz under UTC. */
    private static final DateTimeFormatter TO_POSTGRES = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendOffset("+HH:MM", "+00:00")
            .toFormatter(Locale.ROOT);

    /** A number with more digits before the point than this stays in its own notation: written out it could fill the memory. */
    private static final int MAX_PLAIN_DIGITS = 100;

    /** A value on its way to the API. */
    public sealed interface Converted {
        record Value(JsonNode json) implements Converted {}

        /**
         * The API has no way to say this.
         *
         * @param reason continues {@code Key (column)=(value)}
         */
        record Unfit(ErrorClass errorClass, String reason) implements Converted {}
    }

    public Converted toApi(ColumnType type, JsonNode value) {
        if (value.isNull()) {
            return new Converted.Value(
                    switch (as.nulls()) {
                        case NULL -> NullNode.instance;
                        case EMPTY -> new TextNode("");
                    });
        }
        return switch (type) {
            case ColumnType.Text _ -> new Converted.Value(value.isTextual() ? value : new TextNode(plain(value)));
            case ColumnType.Numeric _ -> number(value);
            case ColumnType.Whole _ -> number(value);
            case ColumnType.Bool _ -> new Converted.Value(as.booleansAsText() ? new TextNode(value.asText()) : value);
            case ColumnType.Date _ ->
                isCommonEra(value)
                        ? new Converted.Value(value)
                        : new Converted.Unfit(ErrorClass.RANGE, "is not a date that the API knows.");
            case ColumnType.Time _ -> new Converted.Value(value);
            case ColumnType.Timestamp _ -> timestamp(value);
            case ColumnType.Json _ -> new Converted.Value(value);
            case ColumnType.TextArray _ -> list(value);
        };
    }

    public JsonNode fromApi(ColumnType type, JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return type instanceof ColumnType.Bool && as.absentIsFalse() ? BooleanNode.FALSE : NullNode.instance;
        }
        if (as.emptyIsNull() && (value.isTextual() || value.isArray()) && isEmpty(value)) {
            return NullNode.instance;
        }
        return switch (type) {
            case ColumnType.Text _ -> value.isTextual() ? value : new TextNode(plain(value));
            case ColumnType.Numeric _ -> numeric(value);
            case ColumnType.Whole _ -> whole(numeric(value));
            case ColumnType.Bool _ -> truth(value);
            case ColumnType.Date _ -> date(value);
            case ColumnType.Time _ -> value;
            case ColumnType.Timestamp _ -> pointInTime(value);
            case ColumnType.Json _ -> value;
            case ColumnType.TextArray _ -> elements(value);
        };
    }

    /** The value as a person reads it. */
    static String plain(JsonNode value) {
        if (value.isNull()) {
            return "null";
        }
        return value.isValueNode() ? value.asText() : value.toString();
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isTextual() ? value.textValue().isEmpty() : value.isEmpty();
    }

    private Converted number(JsonNode value) {
        if (!value.isNumber()) {
            // to_jsonb writes NaN and the infinities as strings
            return new Converted.Unfit(ErrorClass.RANGE, "is not a finite number.");
        }
        JsonNode number = value;
        if (value.isFloatingPointNumber()) {
            BigDecimal decimal = value.decimalValue();
            boolean small = decimal.scale() < 0 && -(long) decimal.scale() <= MAX_PLAIN_DIGITS;
            number = DecimalNode.valueOf(small ? decimal.setScale(0) : decimal);
        }
        return new Converted.Value(as.numbersAsText() ? new TextNode(digits(number)) : number);
    }

    /** All digits, unless that would be very many. */
    private static String digits(JsonNode number) {
        return number.isFloatingPointNumber()
                        && Math.abs((long) number.decimalValue().scale()) <= MAX_PLAIN_DIGITS
                ? number.decimalValue().toPlainString()
                : number.asText();
    }

    private Converted timestamp(JsonNode value) {
        if (isCommonEra(value)) {
            try {
                OffsetDateTime moment = OffsetDateTime.parse(value.textValue()).withOffsetSameInstant(ZoneOffset.UTC);
                return new Converted.Value(written(moment.toInstant()));
            } catch (DateTimeException notIso) {
                // falls through to the refusal below
            }
        }
        return new Converted.Unfit(ErrorClass.RANGE, "is not a point in time that the API knows.");
    }

    /** A point in time as this API has it. */
    JsonNode written(Instant moment) {
        JsonNode written = switch (as.timestamps()) {
            case ISO -> new TextNode(TO_API.format(moment.atOffset(ZoneOffset.UTC)));
            case EPOCH_SECONDS -> LongNode.valueOf(moment.getEpochSecond());
            case EPOCH_MILLIS -> LongNode.valueOf(moment.toEpochMilli());
        };
        return written.isNumber() && as.numbersAsText() ? new TextNode(written.asText()) : written;
    }

    /** Postgres also has infinity, years before Christ and years of five digits. */
    private static boolean isCommonEra(JsonNode value) {
        return value.isTextual() && value.textValue().matches("[0-9]{4}-[0-9]{2}-[0-9]{2}(T[^ ]*)?");
    }

    private Converted list(JsonNode value) {
        String separator = as.separator();
        StringJoiner joined = new StringJoiner(separator == null ? "" : separator);
        if (!value.isArray()) {
            return new Converted.Unfit(ErrorClass.FORMAT, "is not a list.");
        }
        for (JsonNode element : value) {
            if (!element.isTextual()) {
                return new Converted.Unfit(ErrorClass.FORMAT, "has an element that is null or a list.");
            }
            String text = element.textValue();
            if (separator != null && (text.isEmpty() || text.contains(separator))) {
                return new Converted.Unfit(
                        ErrorClass.FORMAT, "has an element that is empty or contains \"" + separator + "\".");
            }
            joined.add(text);
        }
        return new Converted.Value(separator == null ? value : new TextNode(joined.toString()));
    }

    private static JsonNode numeric(JsonNode value) {
        if (!value.isTextual()) {
            return value;
        }
        try {
            return DecimalNode.valueOf(new BigDecimal(value.textValue().strip()));
        } catch (NumberFormatException noNumber) {
            return value;
        }
    }

    /** Some APIs write whole numbers as {@code 5.0}. */
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

    private static JsonNode truth(JsonNode value) {
        return switch (value.asText()) {
            case "true" -> BooleanNode.TRUE;
            case "false" -> BooleanNode.FALSE;
            default -> value;
        };
    }

    /** Some APIs write a date as the midnight in UTC with which it begins, in milliseconds. */
    private JsonNode date(JsonNode value) {
        Instant moment = value.asText().matches("-?[0-9]{9,15}") ? instant(value) : null;
        return moment == null
                ? value
                : new TextNode(moment.atOffset(ZoneOffset.UTC).toLocalDate().toString());
    }

    private JsonNode pointInTime(JsonNode value) {
        Instant moment = instant(value);
        return moment == null ? value : new TextNode(TO_POSTGRES.format(moment.atOffset(ZoneOffset.UTC)));
    }

    /** What an answer says about a time, or null where it cannot be read. */
    @Nullable
    Instant instant(JsonNode value) {
        try {
            String text = value.asText();
            if (text.matches("-?[0-9]{1,15}")) {
                long number = Long.parseLong(text);
                return as.timestamps() == Values.Timestamps.EPOCH_SECONDS
                        ? Instant.ofEpochSecond(number)
                        : Instant.ofEpochMilli(number);
            }
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException noTime) {
            return null;
        }
    }

    private JsonNode elements(JsonNode value) {
        String separator = as.separator();
        if (separator == null || !value.isTextual()) {
            return value;
        }
        ArrayNode elements = Json.array();
        for (String element : value.textValue().split(java.util.regex.Pattern.quote(separator), -1)) {
            elements.add(element);
        }
        return elements;
    }
}
