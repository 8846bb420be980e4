package io.penstock.node.journal;

import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.node.api.Account;
import io.penstock.node.api.ApiGateway;
import io.penstock.node.api.Classifier;
import io.penstock.node.api.Prepared;
import io.penstock.node.api.SendOutcome;
import io.penstock.protocol.error.PgError;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Reads through the node's {@link ApiGateway}: recovery and sync live on the same budget as the statements.
 *
 * @param within how long a read may wait for its permit and its token
 */
public record GatewayReads(ApiGateway gateway, Account account, Duration within) implements ApiReads {
    @Override
    public CompletionStage<ApiResponse> send(ApiCall read, Classifier classifier) {
        return gateway.prepare(account, List.of(read), within).readiness().thenCompose(readiness -> switch (readiness) {
            case ApiGateway.Readiness.Ready(Prepared prepared) -> send(prepared, read, classifier);
            case ApiGateway.Readiness.Refused(PgError error) -> failed(error);
        });
    }

    private CompletionStage<ApiResponse> send(Prepared prepared, ApiCall read, Classifier classifier) {
        return prepared.send(read, classifier)
                .whenComplete((_, _) -> prepared.close())
                .thenCompose(outcome -> switch (outcome) {
                    case SendOutcome.Response(ApiResponse response) -> CompletableFuture.completedStage(response);
                    case SendOutcome.NotSent(PgError error) -> failed(error);
                    case SendOutcome.Lost(String reason) ->
                        failed(account.adapter().api() + " gave no answer: " + reason);
                });
    }

    private static CompletionStage<ApiResponse> failed(PgError error) {
        return failed(error.detail() == null ? error.message() : error.message() + ": " + error.detail());
    }

    private static CompletionStage<ApiResponse> failed(String message) {
        return CompletableFuture.failedStage(new ReadFailed(message, null));
    }
}
