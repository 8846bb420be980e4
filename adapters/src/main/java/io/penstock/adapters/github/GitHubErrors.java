package io.penstock.adapters.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.adapters.ColumnMapping;
import io.penstock.adapters.Details;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.TableMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The errors in an answer of GraphQL, and how they are told in the words of the table. */
final class GitHubErrors {
    static final String NOT_FOUND = "NOT_FOUND";

    /** The second is what newer answers say. */
    private static final Set<String> RATE_LIMITED = Set.of("RATE_LIMITED", "RATE_LIMIT");

    /** Types that say for certain that the field at the error's path did nothing. Others leave it open: GitHub has more than it documents. */
    private static final Set<String> REFUSALS =
            Set.of(NOT_FOUND, "FORBIDDEN", "UNPROCESSABLE", "INSUFFICIENT_SCOPES", "RATE_LIMITED", "RATE_LIMIT");

    /** The limit of contents made, which GitHub calls a validation error. */
    private static final String TOO_QUICKLY = "submitted too quickly";

    private static final Pattern NO_SUCH_NODE = Pattern.compile("global id of '([^']{1,300})'");

    private static final Pattern BEGINS_WITH_A_FIELD = Pattern.compile("^([A-Z][a-z]+) .+");

    /**
     * One of the errors.
     *
     * @param type empty where it has none
     * @param path of the field that failed; empty where the document as a whole did
     */
    record ApiError(String type, String message, List<String> path) {
        ApiError {
            path = List.copyOf(path);
        }

        boolean isLimit() {
            return RATE_LIMITED.contains(type) || message.contains(TOO_QUICKLY);
        }

        boolean isOfContents() {
            return message.contains(TOO_QUICKLY);
        }

        /** Whether it says that this field was refused, and did not fail half way or afterwards. */
        boolean refuses(String field) {
            return REFUSALS.contains(type) && path.equals(List.of(field));
        }

        boolean isAt(String field) {
            return !path.isEmpty() && path.getFirst().equals(field);
        }

        /** The code that a client sees, which is safe to log. */
        String code() {
            return type.matches("[A-Z_]{1,60}") ? type : "GRAPHQL_ERROR";
        }
    }

    private GitHubErrors() {}

    static List<ApiError> read(@Nullable JsonNode body) {
        List<ApiError> errors = new ArrayList<>();
        for (JsonNode error : body == null ? Json.array() : body.path("errors")) {
            List<String> path = new ArrayList<>();
            error.path("path").forEach(part -> path.add(part.asText()));
            errors.add(new ApiError(
                    error.path("type").asText(), error.path("message").asText(), path));
        }
        return errors;
    }

    /** A refusal of one row: our column, and the value that the row itself carried. */
    static Rejection reject(Mutation mutation, int ordinal, ApiError error) {
        return switch (error.type()) {
            case NOT_FOUND -> notFound(mutation, ordinal, error);
            case "FORBIDDEN", "INSUFFICIENT_SCOPES" -> of(ErrorClass.FORBIDDEN, ordinal, error);
            default -> error.isLimit() ? of(ErrorClass.RATE, ordinal, error) : invalid(mutation, ordinal, error);
        };
    }

    private static Rejection of(ErrorClass errorClass, int ordinal, ApiError error) {
        return new Rejection(errorClass, ordinal, null, error.code(), Details.sentence(error.message()));
    }

    /** The row itself, the repository, or an object that the row names. */
    private static Rejection notFound(Mutation mutation, int ordinal, ApiError error) {
        RowChange row = mutation.rows().get(ordinal);
        Matcher id = NO_SUCH_NODE.matcher(error.message());
        String missing = id.find() ? id.group(1) : "";
        for (var assigned : row.values().properties()) {
            JsonNode value = assigned.getValue();
            boolean names = value.asText().equals(missing)
                    || value.valueStream().anyMatch(each -> each.asText().equals(missing));
            if (!missing.isEmpty() && names) {
                String key = Details.key(mutation, ordinal, assigned.getKey());
                String detail = Details.of(ErrorClass.REFERENCE, key, assigned.getKey(), error.message());
                return new Rejection(ErrorClass.REFERENCE, ordinal, assigned.getKey(), error.code(), detail);
            }
        }
        TableMapping table = mutation.table();
        String key = row.key();
        if (key == null || missing.equals(GitHubDescription.repositoryId(table))) {
            return of(ErrorClass.FORBIDDEN, ordinal, error);
        }
        return new Rejection(ErrorClass.NOT_FOUND, ordinal, null, error.code(), Details.gone(table.keyColumn(), key));
    }

    private static Rejection invalid(Mutation mutation, int ordinal, ApiError error) {
        ErrorClass errorClass = errorClass(error.message());
        Matcher field = BEGINS_WITH_A_FIELD.matcher(error.message());
        String column =
                field.matches() ? column(mutation.table(), field.group(1).toLowerCase(Locale.ROOT)) : null;
        String detail = column == null
                ? Details.sentence(error.message())
                : Details.of(errorClass, Details.key(mutation, ordinal, column), column, error.message());
        return new Rejection(errorClass, ordinal, column, error.code(), detail);
    }

    /** GitHub tells them apart by words alone. */
    private static ErrorClass errorClass(String message) {
        if (message.contains("can't be blank")) {
            return ErrorClass.REQUIRED;
        }
        if (message.contains("is too long")) {
            return ErrorClass.TOO_LONG;
        }
        if (message.contains("already been taken") || message.contains("already exists")) {
            return ErrorClass.DUPLICATE;
        }
        return message.contains("is invalid") || message.contains("is not a valid")
                ? ErrorClass.FORMAT
                : ErrorClass.RULE;
    }

    /** {@code Title can't be blank} is about the column of the field title, {@code Assignees can have ...} about that of the assignees' ids. */
    private static @Nullable String column(TableMapping table, String word) {
        return table.columns().stream()
                .filter(column -> column.creatable() || column.updatable())
                .filter(column -> column.field().equals(word) || column.field().equals(word + ".id"))
                .map(ColumnMapping::column)
                .findFirst()
                .orElse(null);
    }
}
