package io.penstock.node.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.Capabilities;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Plan;
import io.penstock.adapters.RowOutcome;
import io.penstock.adapters.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends the requests of an INSERT again, to an API that knows each by its key: it says what became of those that it has had, and does those that never
 * reached it. So an INSERT whose node died between two of its rows is finished, and none of its rows is there twice. Blocks.
 */
final class Replay {
    /** No API forgets a key sooner than after a day; a request that comes later would be a new one. */
    private static final Duration KEY_LIFE = Duration.ofHours(23);

    private Replay() {}

    /** @param sinceDeadline how long ago the last of the requests may have been sent */
    static boolean isPossible(ApiTable table, Mutation mutation, Duration sinceDeadline) {
        Capabilities can = table.adapter().capabilities(table.mapping(), mutation.operation());
        return can.idempotency() == Capabilities.Idempotency.KEY && sinceDeadline.compareTo(KEY_LIFE) < 0;
    }

    static Finding of(ApiTable table, Mutation mutation) throws ReadFailed, InterruptedException {
        if (!(table.adapter().plan(mutation) instanceof Plan.Planned(List<ApiCall> calls))) {
            return new Finding.Unclear("its requests can no longer be planned");
        }
        List<AnswerRow> rows = new ArrayList<>();
        for (ApiCall call : calls) {
            switch (table.repeat(mutation, call)) {
                case Verdict.Answered(List<RowOutcome> outcomes) -> outcomes.forEach(outcome -> add(rows, outcome));
                case Failure.RequestRejected _ -> {
                    // The statement ends at the first refusal, as it would have.
                    return found(rows, mutation);
                }
                case Failure.RateLimited limited -> {
                    return new Finding.Unclear(limited.message());
                }
                case Failure.TokenExpired _ -> {
                    return new Finding.Unclear("the API refuses the token");
                }
                case Failure.AuthRevoked revoked -> {
                    return new Finding.Unclear(revoked.message());
                }
                case Failure.Unavailable unavailable -> {
                    return new Finding.Unclear(unavailable.message());
                }
                case Failure.UnknownOutcome unknown -> {
                    return new Finding.Unclear(unknown.reason());
                }
            }
        }
        return found(rows, mutation);
    }

    private static Finding found(List<AnswerRow> rows, Mutation mutation) {
        return rows.isEmpty()
                ? new Finding.Absent()
                : new Finding.Found(new Answer(rows), mutation.rows().size() - rows.size());
    }

    private static void add(List<AnswerRow> rows, RowOutcome outcome) {
        if (outcome instanceof RowOutcome.Applied(int ordinal, String key, ObjectNode canonical)) {
            rows.add(
                    canonical == null
                            ? new AnswerRow.KeyOnly(ordinal, key)
                            : new AnswerRow.Present(ordinal, key, canonical));
        }
    }
}
