package io.penstock.adapters.definition;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.Details;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RetryAfter;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.TableMapping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an answer without success means: the first rule of the definition that fits, else by the status alone.
 *
 * <pre>
 * status         meaning
 * -------------  -------------------------------------------------------------------------------------
 * 3xx            unavailable: the account's base URL has moved
 * 401            token_expired
 * 403            forbidden
 * 404, 410       not_found where the request names rows, else unsupported
 * 405, 415       unsupported
 * 408            unknown_outcome: something on the way gave up waiting
 * 409            duplicate to an INSERT, else rule
 * 413            too_many
 * 429            rate_limited
 * other 4xx      rule
 * all others     unknown_outcome: whoever speaks may not know what the one behind has done
 * </pre>
 */
final class DefinitionErrors {
    private final Definition definition;

    DefinitionErrors(Definition definition) {
        this.definition = definition;
    }

    /** What one error is, before it is told in the words of a table. */
    record Found(ErrorKind kind, @Nullable String code, String message, ErrorRules.@Nullable Rule rule) {}

    /**
     * @param json the whole body, or one error in it
     * @param mutation what was asked, or null for a read
     */
    Found classify(int status, @Nullable JsonNode json, @Nullable Mutation mutation) {
        ErrorRules errors = definition.errors();
        String code = errors.code().in(json);
        String message = errors.message().in(json);
        ErrorRules.Doing doing = mutation == null ? ErrorRules.Doing.READ : ErrorRules.Doing.WRITE;
        String shown = message != null ? message : code != null ? code : "The API answered " + status + ".";
        for (ErrorRules.Rule rule : errors.rules()) {
            if (rule.fits(status, code, message, doing)) {
                return new Found(rule.kind(), code, shown, rule);
            }
        }
        return new Found(byStatus(status, mutation), code, shown, null);
    }

    private static ErrorKind byStatus(int status, @Nullable Mutation mutation) {
        boolean names = mutation == null || mutation.operation() != Operation.INSERT;
        return switch (status) {
            case 401 -> ErrorKind.TOKEN_EXPIRED;
            case 403 -> ErrorKind.FORBIDDEN;
            case 404, 410 -> names ? ErrorKind.NOT_FOUND : ErrorKind.UNSUPPORTED;
            case 405, 415 -> ErrorKind.UNSUPPORTED;
            case 408 -> ErrorKind.UNKNOWN_OUTCOME;
            case 409 -> names ? ErrorKind.RULE : ErrorKind.DUPLICATE;
            case 413 -> ErrorKind.TOO_MANY;
            case 429 -> ErrorKind.RATE_LIMITED;
            default -> {
                if (status >= 400 && status < 500) {
                    yield ErrorKind.RULE;
                }
                yield status >= 300 && status < 400 ? ErrorKind.UNAVAILABLE : ErrorKind.UNKNOWN_OUTCOME;
            }
        };
    }

    /**
     * The answer as a whole.
     *
     * @param ordinals the rows that the request was about
     */
    Failure of(ApiResponse response, @Nullable Mutation mutation, List<Integer> ordinals) {
        return of(response, Json.read(response.body()), mutation, ordinals);
    }

    /** @param json the body, or that of its errors which stands for all */
    Failure of(ApiResponse response, @Nullable JsonNode json, @Nullable Mutation mutation, List<Integer> ordinals) {
        Found found = classify(response.status(), json, mutation);
        return switch (found.kind()) {
            case RATE_LIMITED -> new Failure.RateLimited(bucket(found), wait(response, found), found.message());
            case TOKEN_EXPIRED -> new Failure.TokenExpired();
            case REVOKED -> new Failure.AuthRevoked(found.message());
            case UNAVAILABLE -> new Failure.Unavailable(Details.sentence(found.message()));
            case UNKNOWN_OUTCOME -> new Failure.UnknownOutcome("the API answered " + response.status());
            case REQUIRED,
                    DUPLICATE,
                    REFERENCE,
                    FORMAT,
                    TOO_LONG,
                    RANGE,
                    RULE,
                    NOT_FOUND,
                    READ_ONLY,
                    UNKNOWN_COLUMN,
                    FORBIDDEN,
                    LOCKED,
                    TOO_MANY,
                    UNSUPPORTED -> rejected(found, response.status(), json, mutation, ordinals);
        };
    }

    private Failure rejected(
            Found found, int status, @Nullable JsonNode json, @Nullable Mutation mutation, List<Integer> ordinals) {
        if (mutation == null) {
            return new Failure.RequestRejected(new Rejection(
                    errorClass(found), null, null, code(found, status), Details.sentence(found.message())));
        }
        if (found.kind() == ErrorKind.NOT_FOUND && isAnotherRow(mutation, json)) {
            Found reference = new Found(ErrorKind.REFERENCE, found.code(), found.message(), found.rule());
            Integer only = ordinals.size() == 1 ? ordinals.getFirst() : null;
            return new Failure.RequestRejected(reject(reference, status, json, mutation, only));
        }
        List<Integer> named = rows(json, mutation, ordinals);
        Integer ordinal = !named.isEmpty() ? named.getFirst() : ordinals.size() == 1 ? ordinals.getFirst() : null;
        if (found.kind() == ErrorKind.DUPLICATE && isOwnReference(mutation, json)) {
            return new Failure.UnknownOutcome("the API holds rows of this statement already");
        }
        return new Failure.RequestRejected(reject(found, status, json, mutation, ordinal));
    }

    /** Whether what the API does not find is a row that one of the statement's refers to, and none of its own. */
    private boolean isAnotherRow(Mutation mutation, @Nullable JsonNode json) {
        List<String> named = definition.errors().row().allIn(json);
        return !named.isEmpty()
                && mutation.rows().stream().noneMatch(row -> row.key() != null && named.contains(row.key()));
    }

    /** Whether the API says that it holds a row of this very mutation: then an earlier copy of the request was applied. */
    private boolean isOwnReference(Mutation mutation, @Nullable JsonNode json) {
        String field = mutation.table().correlationField();
        return field != null
                && (definition.errors().field().allIn(json).contains(field)
                        || definition.errors().message().allIn(json).stream()
                                .anyMatch(message ->
                                        message.contains(mutation.id().toString())));
    }

    /** One error in the words of the table: our column name, and the value that the row itself carried. */
    Rejection reject(Found found, int status, @Nullable JsonNode json, Mutation mutation, @Nullable Integer ordinal) {
        TableMapping table = mutation.table();
        ErrorClass errorClass = errorClass(found);
        if (errorClass == ErrorClass.NOT_FOUND) {
            String key = ordinal == null ? null : mutation.rows().get(ordinal).key();
            String detail = key == null ? Details.sentence(found.message()) : Details.gone(table.keyColumn(), key);
            return new Rejection(errorClass, ordinal, null, code(found, status), detail);
        }
        String column = column(table, definition.errors().field().in(json));
        String detail = column == null
                ? Details.sentence(found.message())
                : Details.of(errorClass, Details.key(mutation, ordinal, column), column, found.message());
        return new Rejection(errorClass, ordinal, column, code(found, status), detail);
    }

    /** The rows that an error names, by key or by reference. */
    List<Integer> rows(@Nullable JsonNode json, Mutation mutation, List<Integer> ordinals) {
        List<Integer> rows = new ArrayList<>();
        for (String named : definition.errors().row().allIn(json)) {
            for (Integer ordinal : ordinals) {
                RowChange row = mutation.rows().get(ordinal);
                if (named.equals(row.key()) || named.equals(mutation.correlation(ordinal))) {
                    rows.add(ordinal);
                }
            }
        }
        return rows;
    }

    /** What the API calls {@code email}, {@code address[city]} or {@code properties.email} may be a column of ours. */
    private static @Nullable String column(TableMapping table, @Nullable String field) {
        if (field == null) {
            return null;
        }
        String pointer = "/" + field.replace("]", "").replace('[', '/').replace('.', '/');
        for (ColumnMapping column : table.columns()) {
            if (column.field().equalsIgnoreCase(field) || column.field().equalsIgnoreCase(pointer)) {
                return column.column();
            }
        }
        return null;
    }

    private static ErrorClass errorClass(Found found) {
        ErrorClass errorClass = found.kind().errorClass();
        return errorClass == null ? ErrorClass.RULE : errorClass;
    }

    private static String code(Found found, int status) {
        return found.code() == null ? "HTTP_" + status : found.code();
    }

    /** Which limit was passed, or the first where the definition does not say. */
    String bucket(Found found) {
        String named = found.rule() == null ? null : found.rule().bucket();
        if (named != null) {
            return named;
        }
        return definition.limits().isEmpty()
                ? ""
                : definition.limits().getFirst().name();
    }

    static @Nullable Duration wait(ApiResponse response, Found found) {
        Duration said = RetryAfter.of(response);
        return said != null || found.rule() == null ? said : found.rule().pause();
    }
}
