package io.penstock.adapters.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Json;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the answer to a write means for its rows.
 *
 * <pre>
 * answer                                               verdict
 * ---------------------------------------------------  ------------------------------------------------------------
 * not 2xx                                              see {@link DefinitionErrors}
 * DELETE of one row that is not there                  Answered, Applied: what is to be gone is gone
 * 2xx, and success alone says it                       Answered, all Applied
 * 2xx, not JSON, or no results where they must be      UnknownOutcome
 * a result for each row                                Answered, all Applied
 * results and errors that name the other rows          Answered, each as it says
 * errors for all rows, no results                      RequestRejected, the first to report first
 * errors that name no row, no results                  see {@link DefinitionErrors}, by the first error
 * a row with neither result nor error                  UnknownOutcome: it may have been applied
 * a result that is none of the rows', or has no key    UnknownOutcome
 * </pre>
 */
final class DefinitionAnswers {
    private final DefinitionErrors errors;

    DefinitionAnswers(DefinitionErrors errors) {
        this.errors = errors;
    }

    Verdict parse(Mutation mutation, TableRule table, VerbRule verb, ApiCall call, ApiResponse response) {
        List<Integer> ordinals = call.ordinals();
        if (!response.successful()) {
            Failure failure = errors.of(response, mutation, ordinals);
            return isGone(mutation, failure, ordinals) ? all(mutation, ordinals) : failure;
        }
        VerbRule.Result result = verb.form(mutation.rows().size()).result();
        if (result.rows() == null) {
            return mutation.operation() == Operation.INSERT
                    ? unknown("the answer to an INSERT has no key")
                    : all(mutation, ordinals);
        }
        JsonNode body = Json.read(response.body());
        if (body == null) {
            return unknown("the answer is not JSON");
        }
        Map<Integer, RowOutcome> outcomes = new TreeMap<>();
        List<JsonNode> records = DefinitionRows.records(body, result.rows());
        if (records != null) {
            String wrong = results(mutation, table, result, records, ordinals, outcomes);
            if (wrong != null) {
                return unknown(wrong);
            }
        }
        Failure failure = refusals(mutation, result, response, body, ordinals, outcomes);
        if (failure != null) {
            return failure;
        }
        if (outcomes.size() < ordinals.size()) {
            return unknown("the answer has not one result for each row");
        }
        return verdict(outcomes);
    }

    private static Verdict verdict(Map<Integer, RowOutcome> outcomes) {
        boolean refused = outcomes.values().stream().allMatch(RowOutcome.Rejected.class::isInstance);
        if (!refused) {
            return new Verdict.Answered(List.copyOf(outcomes.values()));
        }
        return new Failure.RequestRejected(outcomes.values().stream()
                .map(outcome -> ((RowOutcome.Rejected) outcome).rejection())
                .toList());
    }

    /** Puts the results to their rows; what is wrong with them, or null. */
    private static @Nullable String results(
            Mutation mutation,
            TableRule rule,
            VerbRule.Result result,
            List<JsonNode> records,
            List<Integer> ordinals,
            Map<Integer, RowOutcome> outcomes) {
        if (result.correlate() == VerbRule.Correlate.ORDER && records.size() != ordinals.size()) {
            return "the answer has not one result for each row";
        }
        FieldPaths paths = new FieldPaths(rule.values());
        for (int i = 0; i < records.size(); i++) {
            JsonNode record = records.get(i);
            String key = paths.key(mutation.table(), record);
            int ordinal = switch (result.correlate()) {
                case ORDER -> ordinals.get(i);
                case KEY ->
                    find(ordinals, at -> key.equals(mutation.rows().get(at).key()));
                case REFERENCE -> {
                    String reference = result.reference() == null
                            ? ""
                            : record.at(result.reference()).asText();
                    yield find(ordinals, at -> reference.equals(mutation.correlation(at)));
                }
                case UPSERT -> {
                    String value = upserted(mutation, paths, record);
                    yield find(
                            ordinals,
                            at -> !outcomes.containsKey(at) && value.equalsIgnoreCase(upserted(mutation, at)));
                }
            };
            if (key.isEmpty() || ordinal < 0 || outcomes.containsKey(ordinal)) {
                return "a result has no key, or belongs to no row of the statement";
            }
            boolean delete = mutation.operation() == Operation.DELETE;
            String asked = mutation.rows().get(ordinal).key();
            if (asked != null && !asked.equals(key)) {
                return "a result is of another row than the one that was asked for";
            }
            if (delete && !result.deleted().hold(record)) {
                return "a result does not say that its row is deleted";
            }
            ObjectNode canonical =
                    delete || !result.complete() ? null : DefinitionRows.canonical(rule, mutation.table(), record);
            outcomes.put(ordinal, new RowOutcome.Applied(ordinal, key, canonical));
        }
        return null;
    }

    private static int find(List<Integer> ordinals, java.util.function.IntPredicate wanted) {
        return ordinals.stream()
                .mapToInt(Integer::intValue)
                .filter(wanted)
                .findFirst()
                .orElse(-1);
    }

    private static String upserted(Mutation mutation, int ordinal) {
        JsonNode value = mutation.rows().get(ordinal).values().get(String.valueOf(mutation.upsertOn()));
        return value == null ? "" : Template.plain(value);
    }

    private static String upserted(Mutation mutation, FieldPaths paths, JsonNode record) {
        var column = mutation.table().column(String.valueOf(mutation.upsertOn()));
        return column == null ? "" : Template.plain(paths.read(record, column.field()));
    }

    /** Puts the errors to their rows; a failure where they speak of all that was asked. */
    private @Nullable Failure refusals(
            Mutation mutation,
            VerbRule.Result result,
            ApiResponse response,
            JsonNode body,
            List<Integer> ordinals,
            Map<Integer, RowOutcome> outcomes) {
        if (result.errors() == null) {
            return null;
        }
        List<JsonNode> refusals = new ArrayList<>();
        body.at(result.errors()).forEach(refusals::add);
        for (JsonNode refusal : refusals) {
            List<Integer> rows = errors.rows(refusal, mutation, ordinals);
            DefinitionErrors.Found found = errors.classify(response.status(), refusal, mutation);
            if (rows.isEmpty() && outcomes.isEmpty()) {
                return errors.of(response, refusal, mutation, ordinals);
            }
            for (int ordinal : rows) {
                RowOutcome outcome = refused(mutation, found, response.status(), refusal, ordinal);
                if (outcome != null) {
                    outcomes.putIfAbsent(ordinal, outcome);
                }
            }
        }
        return null;
    }

    /** Null where the error does not say that the row was not applied. */
    private @Nullable RowOutcome refused(
            Mutation mutation, DefinitionErrors.Found found, int status, JsonNode refusal, int ordinal) {
        String key = mutation.rows().get(ordinal).key();
        if (mutation.operation() == Operation.DELETE && key != null && found.kind() == ErrorKind.NOT_FOUND) {
            return new RowOutcome.Applied(ordinal, key, null);
        }
        return found.kind() == ErrorKind.UNKNOWN_OUTCOME
                ? null
                : new RowOutcome.Rejected(ordinal, errors.reject(found, status, refusal, mutation, ordinal));
    }

    private static boolean isGone(Mutation mutation, Failure failure, List<Integer> ordinals) {
        return mutation.operation() == Operation.DELETE
                && ordinals.size() == 1
                && failure instanceof Failure.RequestRejected rejected
                && rejected.first().errorClass() == ErrorClass.NOT_FOUND;
    }

    private static Verdict all(Mutation mutation, List<Integer> ordinals) {
        List<RowOutcome> outcomes = new ArrayList<>();
        for (int ordinal : ordinals) {
            outcomes.add(new RowOutcome.Applied(
                    ordinal, String.valueOf(mutation.rows().get(ordinal).key()), null));
        }
        return new Verdict.Answered(outcomes);
    }

    private static Failure unknown(String reason) {
        return new Failure.UnknownOutcome(reason);
    }
}
