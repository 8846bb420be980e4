package io.penstock.adapters;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Another adapter, but its rows succeed and fail one by one. */
record FanOutAdapter(Adapter adapter, Capabilities.Idempotency idempotency) implements Adapter {
    @Override
    public Capabilities capabilities(TableMapping table, Operation operation) {
        Capabilities can = adapter.capabilities(table, operation);
        return new Capabilities(
                can.supported(),
                can.maxRows(),
                Capabilities.Batch.FAN_OUT,
                false,
                can.returnsFullRow(),
                can.resultOrder(),
                idempotency,
                can.conditionalWrite(),
                can.softDelete(),
                can.serverTimeout());
    }

    @Override
    public String api() {
        return adapter.api();
    }

    @Override
    public List<Bucket> buckets() {
        return adapter.buckets();
    }

    @Override
    public AuthDescriptor auth() {
        return adapter.auth();
    }

    @Override
    public Map<String, String> authorization(String accessToken) {
        return adapter.authorization(accessToken);
    }

    @Override
    public TokenRequest refresh(Grant grant) {
        return adapter.refresh(grant);
    }

    @Override
    public TokenAnswer parseToken(ApiResponse response) {
        return adapter.parseToken(response);
    }

    @Override
    public Plan plan(Mutation mutation) {
        return adapter.plan(mutation);
    }

    @Override
    public Verdict parse(Mutation mutation, ApiCall call, ApiResponse response) {
        return adapter.parse(mutation, call, response);
    }

    @Override
    public List<LimitFeedback> limits(ApiResponse response) {
        return adapter.limits(response);
    }

    @Override
    public List<ApiCall> readBack(TableMapping table, List<String> keys) {
        return adapter.readBack(table, keys);
    }

    @Override
    public Reading<Map<String, ObjectNode>> parseReadBack(TableMapping table, ApiCall call, ApiResponse response) {
        return adapter.parseReadBack(table, call, response);
    }

    @Override
    public @Nullable ApiCall findByCorrelation(Mutation mutation) {
        return adapter.findByCorrelation(mutation);
    }

    @Override
    public Reading<Map<Integer, ObjectNode>> parseCorrelated(Mutation mutation, ApiResponse response) {
        return adapter.parseCorrelated(mutation, response);
    }

    @Override
    public boolean holds(TableMapping table, RowChange change, ObjectNode canonical) {
        return adapter.holds(table, change, canonical);
    }

    @Override
    public ApiCall list(TableMapping table, @Nullable String cursor) {
        return adapter.list(table, cursor);
    }

    @Override
    public ApiCall changes(TableMapping table, Instant since, @Nullable String cursor) {
        return adapter.changes(table, since, cursor);
    }

    @Override
    public Reading<Page> parsePage(TableMapping table, ApiCall call, ApiResponse response) {
        return adapter.parsePage(table, call, response);
    }

    @Override
    public List<ApiCall> describe(TableRequest request) {
        return adapter.describe(request);
    }

    @Override
    public Reading<TableMapping> parseDescription(TableRequest request, List<ApiResponse> responses) {
        return adapter.parseDescription(request, responses);
    }
}
