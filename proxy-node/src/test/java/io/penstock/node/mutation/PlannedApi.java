package io.penstock.node.mutation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Adapter;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.Body;
import io.penstock.adapters.Bucket;
import io.penstock.adapters.Capabilities;
import io.penstock.adapters.Capabilities.Batch;
import io.penstock.adapters.Capabilities.Idempotency;
import io.penstock.adapters.Capabilities.ResultOrder;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Grant;
import io.penstock.adapters.LimitFeedback;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Page;
import io.penstock.adapters.Plan;
import io.penstock.adapters.Reading;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.TableRequest;
import io.penstock.adapters.TokenAnswer;
import io.penstock.adapters.TokenRequest;
import io.penstock.adapters.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An API that only plans: one request for each {@code rowsPerCall} rows, and a refusal of any row whose name is {@code refused}. */
record PlannedApi(int maxRows, int rowsPerCall) implements Adapter {
    @Override
    public String api() {
        return "crm";
    }

    @Override
    public Capabilities capabilities(TableMapping table, Operation operation) {
        return new Capabilities(
                true,
                maxRows,
                rowsPerCall == maxRows ? Batch.SINGLE_REQUEST : Batch.FAN_OUT,
                true,
                true,
                ResultOrder.REQUEST,
                Idempotency.NONE,
                false,
                false,
                Duration.ZERO);
    }

    @Override
    public Plan plan(Mutation mutation) {
        List<ApiCall> calls = new ArrayList<>();
        for (RowChange row : mutation.rows()) {
            if (row.values().path("name").asText().equals("refused")) {
                return new Plan.Refused(
                        new Rejection(ErrorClass.RULE, row.ordinal(), "name", "RULE", "Not that name."));
            }
            if (row.ordinal() % rowsPerCall == 0) {
                List<Integer> ordinals = mutation.rows().stream()
                        .map(RowChange::ordinal)
                        .skip(row.ordinal())
                        .limit(rowsPerCall)
                        .toList();
                calls.add(
                        new ApiCall("POST", "/contacts", Map.of(), new Body.Empty(), ordinals, List.of(), null, true));
            }
        }
        return new Plan.Planned(calls);
    }

    @Override
    public List<Bucket> buckets() {
        throw notHere();
    }

    @Override
    public AuthDescriptor auth() {
        throw notHere();
    }

    @Override
    public Map<String, String> authorization(String accessToken) {
        throw notHere();
    }

    @Override
    public TokenRequest refresh(Grant grant) {
        throw notHere();
    }

    @Override
    public TokenAnswer parseToken(ApiResponse response) {
        throw notHere();
    }

    @Override
    public Verdict parse(Mutation mutation, ApiCall call, ApiResponse response) {
        throw notHere();
    }

    @Override
    public List<LimitFeedback> limits(ApiResponse response) {
        throw notHere();
    }

    @Override
    public List<ApiCall> readBack(TableMapping table, List<String> keys) {
        throw notHere();
    }

    @Override
    public Reading<Map<String, ObjectNode>> parseReadBack(TableMapping table, ApiCall call, ApiResponse response) {
        throw notHere();
    }

    @Override
    public @Nullable ApiCall findByCorrelation(Mutation mutation) {
        throw notHere();
    }

    @Override
    public Reading<Map<Integer, ObjectNode>> parseCorrelated(Mutation mutation, ApiResponse response) {
        throw notHere();
    }

    @Override
    public boolean holds(TableMapping table, RowChange change, ObjectNode canonical) {
        throw notHere();
    }

    @Override
    public ApiCall list(TableMapping table, @Nullable String cursor) {
        throw notHere();
    }

    @Override
    public ApiCall changes(TableMapping table, Instant since, @Nullable String cursor) {
        throw notHere();
    }

    @Override
    public Reading<Page> parsePage(TableMapping table, ApiCall call, ApiResponse response) {
        throw notHere();
    }

    @Override
    public List<ApiCall> describe(TableRequest request) {
        throw notHere();
    }

    @Override
    public Reading<TableMapping> parseDescription(TableRequest request, List<ApiResponse> responses) {
        throw notHere();
    }

    private static UnsupportedOperationException notHere() {
        return new UnsupportedOperationException("this API only plans");
    }
}
