package io.penstock.adapters.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.Verdict;
import io.penstock.adapters.github.GitHubErrors.ApiError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answer to a write. Each row has a field of its own, {@code r0}, {@code r1} ..., and nothing is undone when a later one fails.
 *
 * <pre>
 * answer                                                 verdict
 * -----------------------------------------------------  -----------------------------------------------------------
 * not 2xx, or without any data                           see {@link GitHubFailures}
 * a row's field is an object with the row                Applied, canonical
 * DELETE: a row's field is an object                     Applied
 * UPDATE: it is one without the row                      Applied, to be read back
 * INSERT: it is one without the row                      nobody knows the row's id: UnknownOutcome
 * a row's field is null, an error at it refuses          Rejected
 * DELETE: the row is NOT_FOUND, another one was deleted  Applied: what is to be gone is gone
 * DELETE: rows are NOT_FOUND, none was deleted           UnknownOutcome: GitHub says the same of what the token may not see
 * a row's field is null or missing for any other reason  UnknownOutcome: it may have been applied
 * no row applied, the first refused by a limit           RateLimited
 * no row applied                                         RequestRejected, in the order of the rows
 * </pre>
 */
final class GitHubAnswers {
    private final GitHubFailures failures;

    GitHubAnswers(GitHubFailures failures) {
        this.failures = failures;
    }

    Verdict parse(Mutation mutation, ApiResponse response) {
        JsonNode body = Json.read(response.body());
        if (!response.successful() || body == null || !body.path("data").isObject()) {
            return failures.of(response, body, true);
        }
        List<ApiError> errors = GitHubErrors.read(body);
        GitHubObject object = GitHubObject.of(mutation.table().object());
        List<RowOutcome> outcomes = new ArrayList<>();
        List<Rejection> rejections = new ArrayList<>();
        int gone = 0;
        int applied = 0;
        for (RowChange row : mutation.rows()) {
            String alias = GraphQlDocuments.alias(row.ordinal());
            JsonNode payload = body.path("data").path(alias);
            RowOutcome outcome = payload.isObject()
                    ? applied(mutation, object, row, payload)
                    : refused(mutation, row.ordinal(), errors, alias);
            switch (outcome) {
                case null -> {
                    return unknown("the answer does not say what became of every row");
                }
                case RowOutcome.Applied _ -> applied++;
                case RowOutcome.Rejected(int ordinal, Rejection rejection) -> {
                    String key = row.key();
                    if (isGone(mutation, rejection) && key != null) {
                        gone++;
                        outcome = new RowOutcome.Applied(ordinal, key, null);
                    } else {
                        rejections.add(rejection);
                    }
                }
            }
            outcomes.add(outcome);
        }
        if (gone > 0 && applied == 0) {
            return unknown("the rows are gone, or the token may not see them any more");
        }
        return applied > 0 ? new Verdict.Answered(outcomes) : refusedWhole(errors, rejections);
    }

    private static boolean isGone(Mutation mutation, Rejection rejection) {
        return mutation.operation() == Operation.DELETE && rejection.errorClass() == ErrorClass.NOT_FOUND;
    }

    private static @Nullable RowOutcome applied(
            Mutation mutation, GitHubObject object, RowChange row, JsonNode payload) {
        String key = row.key();
        if (mutation.operation() == Operation.DELETE) {
            return key == null ? null : new RowOutcome.Applied(row.ordinal(), key, null);
        }
        String result = object.verb(mutation.operation()).result();
        ObjectNode canonical = result == null ? null : GitHubRows.canonical(mutation.table(), payload.path(result));
        String id = canonical == null
                ? key
                : canonical.path(mutation.table().keyColumn()).asText();
        boolean other = key != null && !key.equals(id);
        return id == null || other ? null : new RowOutcome.Applied(row.ordinal(), id, canonical);
    }

    /** Null where no error says for certain that nothing was done. */
    private static @Nullable RowOutcome refused(Mutation mutation, int ordinal, List<ApiError> errors, String alias) {
        ApiError first = null;
        for (ApiError error : errors) {
            if (error.isAt(alias)) {
                if (!error.refuses(alias)) {
                    return null;
                }
                first = first == null ? error : first;
            }
        }
        return first == null ? null : new RowOutcome.Rejected(ordinal, GitHubErrors.reject(mutation, ordinal, first));
    }

    private static Verdict refusedWhole(List<ApiError> errors, List<Rejection> rejections) {
        if (rejections.getFirst().errorClass() == ErrorClass.RATE) {
            boolean contents = errors.stream().anyMatch(ApiError::isOfContents);
            return new Failure.RateLimited(
                    contents ? GitHubLimits.CONTENT : GitHubLimits.POINTS,
                    GitHubFailures.SECONDARY_WAIT,
                    rejections.getFirst().message());
        }
        return new Failure.RequestRejected(rejections);
    }

    private static Verdict unknown(String reason) {
        return new Failure.UnknownOutcome(reason);
    }
}
