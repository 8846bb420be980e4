package io.penstock.node.journal;

import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Body;
import io.penstock.adapters.Capabilities;
import io.penstock.adapters.ErrorClass;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Operation;
import io.penstock.adapters.Plan;
import io.penstock.adapters.Rejection;
import io.penstock.adapters.RowChange;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A CRM that takes each row by a request with a key of its own. What it answers a test has written down: {@link #means} gives an answer with a meaning. */
public final class KeyedCrm extends FakeCrm {
    private final List<Verdict> meanings = new ArrayList<>();
    private Capabilities.Idempotency idempotency = Capabilities.Idempotency.KEY;
    private boolean refusesPlans;

    /** An answer that this adapter will understand so. */
    public ApiResponse means(Verdict verdict) {
        meanings.add(verdict);
        return new ApiResponse(meanings.size() - 1, Map.of(), new byte[0]);
    }

    /** The requests of a mutation. */
    public static List<ApiCall> calls(Mutation mutation) {
        return mutation.rows().stream().map(row -> call(mutation, row)).toList();
    }

    private static ApiCall call(Mutation mutation, RowChange row) {
        return new ApiCall(
                "POST",
                "/contacts",
                Map.of(),
                new Body.Empty(),
                List.of(row.ordinal()),
                List.of(),
                mutation.correlation(row.ordinal()),
                true);
    }

    void idempotency(Capabilities.Idempotency other) {
        idempotency = other;
    }

    /** As where a column has gone since. */
    void refusePlans() {
        refusesPlans = true;
    }

    @Override
    public Capabilities capabilities(TableMapping table, Operation operation) {
        Capabilities can = super.capabilities(table, operation);
        return new Capabilities(
                true,
                can.maxRows(),
                Capabilities.Batch.FAN_OUT,
                false,
                true,
                can.resultOrder(),
                idempotency,
                false,
                false,
                can.serverTimeout());
    }

    @Override
    public Plan plan(Mutation mutation) {
        return refusesPlans
                ? new Plan.Refused(
                        new Rejection(ErrorClass.UNKNOWN_COLUMN, null, "email", "GONE", "There is no such field."))
                : new Plan.Planned(calls(mutation));
    }

    @Override
    public Verdict parse(Mutation mutation, ApiCall call, ApiResponse response) {
        return meanings.get(response.status());
    }
}
