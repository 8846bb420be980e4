package io.penstock.adapters.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.TableMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What Salesforce's error codes mean, and how they are told in the words of the table. */
final class SalesforceErrors {
    /** Said of every record but the one at fault, where all or none are written. */
    static final String ROLLED_BACK = "ALL_OR_NONE_OPERATION_ROLLED_BACK";

    /** Said of every subrequest but the one at fault, where all or none are done. */
    static final String HALTED = "PROCESSING_HALTED";

    static final String LIMIT_EXCEEDED = "REQUEST_LIMIT_EXCEEDED";
    static final String DELETED = "ENTITY_IS_DELETED";
    private static final String DUPLICATE_VALUE = "DUPLICATE_VALUE";
    private static final String BAD_EMAIL = "INVALID_EMAIL_ADDRESS";
    private static final String BAD_REFERENCE = "INVALID_CROSS_REFERENCE_KEY";

    /** Codes that are not in here are rules of the authority that we have no finer word for. */
    private static final Map<String, ErrorClass> CLASSES = Map.ofEntries(
            Map.entry("REQUIRED_FIELD_MISSING", ErrorClass.REQUIRED),
            Map.entry(DUPLICATE_VALUE, ErrorClass.DUPLICATE),
            Map.entry("DUPLICATES_DETECTED", ErrorClass.DUPLICATE),
            Map.entry("DUPLICATE_EXTERNAL_ID", ErrorClass.DUPLICATE),
            Map.entry(BAD_REFERENCE, ErrorClass.REFERENCE),
            Map.entry("MALFORMED_ID", ErrorClass.REFERENCE),
            Map.entry("INVALID_ID_FIELD", ErrorClass.REFERENCE),
            Map.entry("DELETE_FAILED", ErrorClass.REFERENCE),
            Map.entry("INACTIVE_OWNER_OR_USER", ErrorClass.REFERENCE),
            Map.entry(BAD_EMAIL, ErrorClass.FORMAT),
            Map.entry("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ErrorClass.FORMAT),
            Map.entry("INVALID_TYPE_ON_FIELD_IN_RECORD", ErrorClass.FORMAT),
            Map.entry("JSON_PARSER_ERROR", ErrorClass.FORMAT),
            Map.entry("STRING_TOO_LONG", ErrorClass.TOO_LONG),
            Map.entry("NUMBER_OUTSIDE_VALID_RANGE", ErrorClass.RANGE),
            Map.entry(DELETED, ErrorClass.NOT_FOUND),
            Map.entry("INVALID_FIELD_FOR_INSERT_UPDATE", ErrorClass.READ_ONLY),
            Map.entry("FIELD_NOT_UPDATEABLE", ErrorClass.READ_ONLY),
            Map.entry("INVALID_FIELD", ErrorClass.UNKNOWN_COLUMN),
            Map.entry("INVALID_TYPE", ErrorClass.UNSUPPORTED),
            Map.entry("NOT_FOUND", ErrorClass.UNSUPPORTED),
            Map.entry("METHOD_NOT_ALLOWED", ErrorClass.UNSUPPORTED),
            Map.entry("UNSUPPORTED_MEDIA_TYPE", ErrorClass.UNSUPPORTED),
            Map.entry("INSUFFICIENT_ACCESS", ErrorClass.FORBIDDEN),
            Map.entry("INSUFFICIENT_ACCESS_OR_READONLY", ErrorClass.FORBIDDEN),
            Map.entry("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", ErrorClass.FORBIDDEN),
            Map.entry("API_DISABLED_FOR_ORG", ErrorClass.FORBIDDEN),
            Map.entry("API_CURRENTLY_DISABLED", ErrorClass.FORBIDDEN),
            Map.entry("FUNCTIONALITY_NOT_ENABLED", ErrorClass.FORBIDDEN),
            Map.entry("EXCEEDED_ID_LIMIT", ErrorClass.TOO_MANY),
            Map.entry("LIMIT_EXCEEDED", ErrorClass.TOO_MANY),
            Map.entry("UNABLE_TO_LOCK_ROW", ErrorClass.LOCKED),
            Map.entry("RECORD_IN_USE_BY_WORKFLOW", ErrorClass.LOCKED));

    private static final Pattern MAX_LENGTH = Pattern.compile("max length=(\\d{1,9})");

    private static final Pattern FIELD_IN_MESSAGE =
            Pattern.compile("^duplicate value found: (\\w{1,255}) duplicates|No such column '(\\w{1,255})'");

    /** Longer values would bury the message. */
    private static final int SHOWN_CHARACTERS = 100;

    /** One error, per record ({@code statusCode}) or of a whole request ({@code errorCode}). */
    record ApiError(String code, String message, List<String> fields) {
        boolean is(String other) {
            return code.equals(other);
        }
    }

    private SalesforceErrors() {}

    /** The errors in an array; empty where the node is none or holds nothing that reads as an error. */
    static List<ApiError> read(@Nullable JsonNode node) {
        List<ApiError> errors = new ArrayList<>();
        if (node == null || !node.isArray()) {
            return errors;
        }
        for (JsonNode item : node) {
            String code = Json.text(item, "statusCode");
            if (code == null) {
                code = Json.text(item, "errorCode");
            }
            if (code == null) {
                continue;
            }
            String message = Json.text(item, "message");
            List<String> fields = new ArrayList<>();
            for (JsonNode field : item.path("fields")) {
                fields.add(field.asText());
            }
            errors.add(new ApiError(code, message == null ? code : message, fields));
        }
        return errors;
    }

    static ErrorClass classify(ApiError error, @Nullable Operation operation) {
        // an id that never was is answered like a bad reference, but with no field
        if (error.is(BAD_REFERENCE) && error.fields().isEmpty() && operation != null && operation != Operation.INSERT) {
            return ErrorClass.NOT_FOUND;
        }
        return CLASSES.getOrDefault(error.code(), ErrorClass.RULE);
    }

    /** Whether the API says that it holds a row of this very mutation: then an earlier copy of the request was applied. */
    static boolean isOwnCorrelation(TableMapping table, ApiError error) {
        String field = table.correlationField();
        return field != null
                && error.is(DUPLICATE_VALUE)
                && (error.fields().contains(field) || error.message().contains(field));
    }

    /** The error in the words of the table: our column names, and the value that the row itself carried. */
    static Rejection reject(Mutation mutation, @Nullable Integer ordinal, ApiError error) {
        ErrorClass errorClass = classify(error, mutation.operation());
        List<String> columns = new ArrayList<>();
        for (String field : fields(error)) {
            ColumnMapping column = mutation.table().columnOfField(field);
            if (column != null) {
                columns.add(column.column());
            }
        }
        String column = columns.isEmpty() ? null : columns.getFirst();
        return new Rejection(
                errorClass, ordinal, column, error.code(), message(mutation, ordinal, errorClass, columns, error));
    }

    /** Some codes name their field in the message only. */
    private static List<String> fields(ApiError error) {
        Matcher named = FIELD_IN_MESSAGE.matcher(error.message());
        return error.fields().isEmpty() && named.find()
                ? List.of(named.group(1) == null ? named.group(2) : named.group(1))
                : error.fields();
    }

    /** {@code Key (column)=(value)}, as Postgres begins its own details. */
    static String key(Mutation mutation, @Nullable Integer ordinal, String column) {
        if (ordinal == null) {
            return "Key (" + column + ")";
        }
        JsonNode value = mutation.rows().get(ordinal).values().get(column);
        return value == null
                ? "Key (" + column + ")"
                : "Key (" + column + ")=(" + shorten(SalesforceValues.plain(value)) + ")";
    }

    private static String message(
            Mutation mutation, @Nullable Integer ordinal, ErrorClass errorClass, List<String> columns, ApiError error) {
        if (errorClass == ErrorClass.NOT_FOUND) {
            String id = ordinal == null ? null : mutation.rows().get(ordinal).key();
            return id == null
                    ? sentence(error.message())
                    : "Key (" + mutation.table().keyColumn() + ")=(" + shorten(id) + ") no longer exists at the API.";
        }
        if (columns.isEmpty()) {
            return sentence(error.message());
        }
        String key = key(mutation, ordinal, columns.getFirst());
        return switch (errorClass) {
            case REQUIRED ->
                columns.size() == 1
                        ? "Key (" + columns.getFirst() + ") is required."
                        : "Keys (" + String.join(", ", columns) + ") are required.";
            case DUPLICATE -> key + " already exists.";
            case REFERENCE -> key + " refers to nothing that the API knows.";
            case FORMAT ->
                error.is(BAD_EMAIL)
                        ? key + " is not a valid email address."
                        : key + " is not a value that the API takes: " + sentence(error.message());
            case TOO_LONG -> key + tooLong(error);
            case RANGE -> key + " is out of range.";
            case READ_ONLY -> "Key (" + columns.getFirst() + ") cannot be written at the API.";
            case UNKNOWN_COLUMN,
                    RULE,
                    NOT_FOUND,
                    FORBIDDEN,
                    AUTH,
                    RATE,
                    LOCKED,
                    UNAVAILABLE,
                    UNKNOWN,
                    PARTIAL,
                    TOO_MANY,
                    UNSUPPORTED -> key + " was refused: " + sentence(error.message());
        };
    }

    private static String tooLong(ApiError error) {
        Matcher matcher = MAX_LENGTH.matcher(error.message());
        return matcher.find() ? " is longer than " + matcher.group(1) + " characters." : " is too long.";
    }

    private static String shorten(String text) {
        if (text.length() <= SHOWN_CHARACTERS) {
            return text;
        }
        int end =
                Character.isHighSurrogate(text.charAt(SHOWN_CHARACTERS - 1)) ? SHOWN_CHARACTERS - 1 : SHOWN_CHARACTERS;
        return text.substring(0, end) + "...";
    }

    private static String sentence(String message) {
        String text = message.strip();
        return text.isEmpty() || ".!?".indexOf(text.charAt(text.length() - 1)) >= 0 ? text : text + ".";
    }
}
