package io.penstock.sandbox.hubspot;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;

/** The types of property values. All of them travel as text; this is what text each takes and which it keeps. */
enum PropertyType {
    STRING("string", "text"),
    EMAIL("string", "text"),
    PHONE("string", "phonenumber"),
    TEXTAREA("string", "textarea"),
    NUMBER("number", "number"),
    DATE("date", "date"),
    DATETIME("datetime", "date"),
    ENUMERATION("enumeration", "select"),
    CHECKBOXES("enumeration", "checkbox"),
    BOOLEAN("bool", "booleancheckbox");

    private static final Pattern EMAIL_ADDRESS = Pattern.compile("[^@\\s]+@[^@\\s]+\\.[^@\\s.]{2,}");
    private static final Pattern MILLISECONDS = Pattern.compile("-?\\d{1,15}");

    private final String described;
    private final String fieldType;

    PropertyType(String described, String fieldType) {
        this.described = described;
        this.fieldType = fieldType;
    }

    String described() {
        return described;
    }

    String fieldType() {
        return fieldType;
    }

    /** The text that is kept for a value that is not empty; an {@link InvalidValue} when the type does not take it. */
    String canonical(HubSpotProperty property, String value) throws InvalidValue {
        return switch (this) {
            case STRING, PHONE, TEXTAREA -> value;
            case EMAIL -> email(value);
            case NUMBER -> number(value);
            case DATE -> date(value);
            case DATETIME -> dateTime(value).toString();
            case ENUMERATION, BOOLEAN -> option(property, value);
            case CHECKBOXES -> {
                for (String each : value.split(";", -1)) {
                    if (!each.isEmpty()) {
                        option(property, each);
                    }
                }
                yield value;
            }
        };
    }

    private static String email(String value) throws InvalidValue {
        String address = value.strip().toLowerCase(Locale.ROOT);
        if (!EMAIL_ADDRESS.matcher(address).matches()) {
            throw new InvalidValue("INVALID_EMAIL", "Email address " + value + " is invalid");
        }
        return address;
    }

    private static String number(String value) throws InvalidValue {
        try {
            var unused = new BigDecimal(value.strip());
            return value.strip();
        } catch (NumberFormatException e) {
            throw new InvalidValue("INVALID_NUMBER", value + " was not a valid number.");
        }
    }

    private static String date(String value) throws InvalidValue {
        if (!MILLISECONDS.matcher(value).matches()) {
            try {
                return LocalDate.parse(value).toString();
            } catch (DateTimeException e) {
                throw new InvalidValue("INVALID_DATE", value + " was not a valid date.");
            }
        }
        OffsetDateTime time = Instant.ofEpochMilli(Long.parseLong(value)).atOffset(ZoneOffset.UTC);
        if (!time.toLocalTime().equals(LocalTime.MIDNIGHT)) {
            throw new InvalidValue("INVALID_DATE", value + " is at " + time.toLocalTime() + " UTC, not midnight!");
        }
        return time.toLocalDate().toString();
    }

    /** Epoch milliseconds, a time with its offset, or a date, which is its midnight. */
    static Instant dateTime(String value) throws InvalidValue {
        try {
            if (MILLISECONDS.matcher(value).matches()) {
                return Instant.ofEpochMilli(Long.parseLong(value));
            }
            return value.length() == 10
                    ? LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(value).toInstant().truncatedTo(ChronoUnit.MILLIS);
        } catch (DateTimeException e) {
            throw new InvalidValue("INVALID_LONG", value + " was not a valid long.");
        }
    }

    private static String option(HubSpotProperty property, String value) throws InvalidValue {
        if (property.options().contains(value)) {
            return value;
        }
        throw new InvalidValue("INVALID_OPTION", value + " was not one of the allowed options: " + property.options());
    }

    /** Why a type does not take a value: the code and the message that HubSpot has for it. */
    static final class InvalidValue extends Exception {
        private static final long serialVersionUID = 1L;

        private final String code;

        InvalidValue(String code, String message) {
            super(message, null, false, false);
            this.code = code;
        }

        String code() {
            return code;
        }
    }
}
