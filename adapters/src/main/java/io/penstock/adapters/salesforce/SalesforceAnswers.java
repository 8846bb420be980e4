package io.penstock.adapters.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.Verdict;
import io.penstock.adapters.salesforce.SalesforceErrors.ApiError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answer to a write. A 200 alone says nothing: each record, and each subrequest of a composite request, has a success of its own.
 *
 * <pre>
 * answer                                                        verdict
 * ------------------------------------------------------------  ---------------------------------------------------
 * not 2xx                                                       see {@link SalesforceFailures}
 * 2xx, no JSON, or not as many results as rows                  UnknownOutcome
 * a record that succeeded without an id                         UnknownOutcome
 * all records succeeded                                         Answered, all Applied
 * DELETE: all records deleted, now or before                    Answered, all Applied
 * some failed, none succeeded                                   RequestRejected: offenders first, never the rolled back ones
 * some failed, some succeeded                                   Answered, each as it says
 * a duplicate of this statement's own correlation               UnknownOutcome: an earlier copy of the request was applied
 * composite: the write was halted                               RequestRejected by what the read says
 * composite: some rows or the read failed, some rows did not    UnknownOutcome: all or none cannot answer that
 * composite: the read brought fewer rows than were written      Answered, those rows without canonical values
 * </pre>
 */
final class SalesforceAnswers {
    private SalesforceAnswers() {}

    static Verdict parse(Mutation mutation, ApiCall call, ApiResponse response) {
        if (!response.successful()) {
            return SalesforceFailures.of(response, mutation);
        }
        JsonNode body = Json.read(response.body());
        if (body == null) {
            return unknown("the answer is not JSON");
        }
        return call.path().endsWith("/composite")
                ? composite(mutation, body)
                : collection(mutation, body, Map.of(), Map.of());
    }

    private static Verdict composite(Mutation mutation, JsonNode body) {
        JsonNode write = subresponse(body, SalesforceWrites.WRITE);
        JsonNode read = subresponse(body, SalesforceWrites.READ);
        if (write == null || read == null) {
            return unknown("the answer has no results of its subrequests");
        }
        int writeStatus = write.path("httpStatusCode").asInt();
        int readStatus = read.path("httpStatusCode").asInt();
        List<ApiError> errors = SalesforceErrors.read(write.get("body"));
        if (!succeeded(writeStatus)) {
            boolean halted = !errors.isEmpty() && errors.stream().allMatch(error -> error.is(SalesforceErrors.HALTED));
            return halted && !succeeded(readStatus)
                    ? SalesforceFailures.of(readStatus, SalesforceErrors.read(read.get("body")), mutation, null)
                    : SalesforceFailures.of(writeStatus, errors, mutation, null);
        }
        Map<Integer, ObjectNode> byOrdinal = new HashMap<>();
        Map<String, ObjectNode> byId = new HashMap<>();
        if (succeeded(readStatus)) {
            collect(mutation, read.path("body"), byOrdinal, byId);
        }
        Verdict verdict = collection(mutation, write.path("body"), byOrdinal, byId);
        if (verdict instanceof Verdict.Answered(List<RowOutcome> outcomes)
                && (!succeeded(readStatus) || !outcomes.stream().allMatch(RowOutcome.Applied.class::isInstance))) {
            return unknown("a part failed, but not all was undone, though it was all or none");
        }
        return verdict;
    }

    private static void collect(
            Mutation mutation, JsonNode body, Map<Integer, ObjectNode> byOrdinal, Map<String, ObjectNode> byId) {
        TableMapping table = mutation.table();
        String correlation = table.correlationField();
        for (JsonNode record : body.isArray() ? body : body.path("records")) {
            ObjectNode row = SalesforceRows.canonical(table, record);
            if (row == null) {
                continue;
            }
            byId.put(SalesforcePaths.identity(SalesforceRows.key(table, row)), row);
            String value = correlation == null ? null : Json.text(record, correlation);
            if (value != null) {
                byOrdinal.put(
                        SalesforceRows.ordinal(
                                value, mutation.id() + ":", mutation.rows().size()),
                        row);
            }
        }
    }

    private static Verdict collection(
            Mutation mutation, JsonNode results, Map<Integer, ObjectNode> byOrdinal, Map<String, ObjectNode> byId) {
        int count = mutation.rows().size();
        if (!results.isArray() || results.size() != count) {
            return unknown("the answer has not one result for each row");
        }
        List<RowOutcome> outcomes = new ArrayList<>(count);
        List<Rejection> offenders = new ArrayList<>();
        List<Rejection> followers = new ArrayList<>();
        int applied = 0;
        for (int ordinal = 0; ordinal < count; ordinal++) {
            JsonNode result = results.get(ordinal);
            JsonNode success = result.path("success");
            if (!success.isBoolean()) {
                return unknown("a result does not say whether it succeeded");
            }
            if (success.booleanValue()) {
                String id = Json.text(result, "id");
                if (id == null || id.isEmpty()) {
                    return unknown("a result that succeeded has no id");
                }
                ObjectNode canonical = byId.get(SalesforcePaths.identity(id));
                outcomes.add(
                        new RowOutcome.Applied(ordinal, id, canonical == null ? byOrdinal.get(ordinal) : canonical));
                applied++;
                continue;
            }
            List<Rejection> rejections = new ArrayList<>();
            for (ApiError error : SalesforceErrors.read(result.get("errors"))) {
                if (SalesforceErrors.isOwnCorrelation(mutation.table(), error)) {
                    return unknown("the API holds rows of this statement already");
                }
                if (!error.is(SalesforceErrors.ROLLED_BACK)) {
                    rejections.add(SalesforceErrors.reject(mutation, ordinal, error));
                }
            }
            Rejection rejection = rejections.isEmpty() ? rolledBack(ordinal) : rejections.getFirst();
            if (rejections.isEmpty()) {
                followers.add(rejection);
            }
            offenders.addAll(rejections);
            outcomes.add(new RowOutcome.Rejected(ordinal, rejection));
        }
        if (applied > 0 || (offenders.isEmpty() && followers.isEmpty())) {
            return new Verdict.Answered(withGoneAsDeleted(mutation, outcomes));
        }
        return refusedWhole(mutation, offenders, followers, outcomes);
    }

    private static Verdict refusedWhole(
            Mutation mutation, List<Rejection> offenders, List<Rejection> followers, List<RowOutcome> outcomes) {
        if (mutation.operation() == Operation.DELETE
                && followers.isEmpty()
                && offenders.stream().allMatch(SalesforceAnswers::isGone)) {
            return new Verdict.Answered(withGoneAsDeleted(mutation, outcomes));
        }
        return new Failure.RequestRejected(offenders.isEmpty() ? followers : offenders);
    }

    /** What is to be deleted and is gone already is deleted. */
    private static List<RowOutcome> withGoneAsDeleted(Mutation mutation, List<RowOutcome> outcomes) {
        if (mutation.operation() != Operation.DELETE) {
            return outcomes;
        }
        List<RowOutcome> settled = new ArrayList<>(outcomes.size());
        for (RowOutcome outcome : outcomes) {
            String key = mutation.rows().get(outcome.ordinal()).key();
            settled.add(
                    outcome instanceof RowOutcome.Rejected(int ordinal, Rejection rejection)
                                    && key != null
                                    && isGone(rejection)
                            ? new RowOutcome.Applied(ordinal, key, null)
                            : outcome);
        }
        return settled;
    }

    private static boolean isGone(Rejection rejection) {
        return rejection.code().equals(SalesforceErrors.DELETED);
    }

    private static Rejection rolledBack(int ordinal) {
        return new Rejection(
                ErrorClass.RULE,
                ordinal,
                null,
                SalesforceErrors.ROLLED_BACK,
                "The row was rolled back since another row of the statement was refused.");
    }

    private static @Nullable JsonNode subresponse(JsonNode body, String reference) {
        for (JsonNode response : body.path("compositeResponse")) {
            if (reference.equals(Json.text(response, "referenceId"))) {
                return response;
            }
        }
        return null;
    }

    private static boolean succeeded(int status) {
        return status >= 200 && status < 300;
    }

    private static Failure unknown(String reason) {
        return new Failure.UnknownOutcome(reason);
    }
}
