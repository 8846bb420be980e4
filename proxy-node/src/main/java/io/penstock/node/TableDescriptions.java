package io.penstock.node;

import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Reading;
import io.penstock.adapters.RowLimits;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.TableRequest;
import io.penstock.config.SyncSettings;
import io.penstock.config.TableSettings;
import io.penstock.node.api.Account;
import io.penstock.node.api.ApiGateway;
import io.penstock.node.api.Classifier;
import io.penstock.node.journal.ApiTable;
import io.penstock.node.journal.GatewayReads;
import io.penstock.node.journal.ReadFailed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What the APIs say about the tables that the configuration asks for. Blocks. */
final class TableDescriptions {
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

    private TableDescriptions() {}

    /** @throws IOException where the API cannot be asked, or does not know what the configuration names */
    static List<ApiTable> of(SyncSettings sync, ApiGateway gateway, Map<String, Account> accounts) throws IOException {
        Account account = accounts.get(sync.api());
        if (account == null) {
            throw new IllegalStateException("no API account " + sync.api());
        }
        List<ApiTable> described = new ArrayList<>();
        for (TableSettings table : sync.tables().values()) {
            described.add(of(sync, table, gateway, account));
        }
        return described;
    }

    /** The same of one table. */
    static ApiTable of(SyncSettings sync, TableSettings table, ApiGateway gateway, Account account) throws IOException {
        GatewayReads reads = new GatewayReads(gateway, account, READ_TIMEOUT);
        return new ApiTable(describe(reads, account, sync, table), account.adapter(), reads, READ_TIMEOUT);
    }

    private static TableMapping describe(GatewayReads reads, Account account, SyncSettings sync, TableSettings table)
            throws IOException {
        TableRequest request = request(sync, table, null);
        List<ApiResponse> responses = new ArrayList<>();
        for (ApiCall call : account.adapter().describe(request)) {
            // A description is one call, or one after the other; that the token has ended shows in any of them.
            Classifier classifier = Classifier.reading(
                    response -> account.adapter().parseDescription(request, with(responses, response)));
            try {
                responses.add(reads.send(call, classifier).toCompletableFuture().join());
            } catch (CompletionException unanswered) {
                Throwable cause = unanswered.getCause() == null ? unanswered : unanswered.getCause();
                throw new IOException(cause.getMessage(), cause);
            }
        }
        TableMapping usual = described(account, request, responses);
        TableMapping mapping = described(account, request(sync, table, limits(table, usual.limits())), responses);
        for (String column : table.upsertOn()) {
            if (!account.adapter().upserts(mapping, column)) {
                throw new IOException(account.adapter().api() + " cannot tell by column " + column + " of "
                        + sync.schema() + "." + table.name() + " which rows it has: see upsert_on");
            }
        }
        return mapping;
    }

    private static List<ApiResponse> with(List<ApiResponse> responses, ApiResponse response) {
        List<ApiResponse> all = new ArrayList<>(responses);
        all.add(response);
        return all;
    }

    private static TableRequest request(SyncSettings sync, TableSettings table, @Nullable RowLimits limits) {
        return new TableRequest(
                sync.schema(),
                table.name(),
                table.object(),
                List.of(),
                table.correlationField(),
                table.columns(),
                limits,
                table.options());
    }

    /** What configuration says, and for what it does not say what is usual for the API: only the description tells that. */
    private static RowLimits limits(TableSettings table, RowLimits usual) {
        Integer insert = table.maxRows().insert();
        Integer update = table.maxRows().update();
        Integer delete = table.maxRows().delete();
        return new RowLimits(
                insert == null ? usual.insert() : insert,
                update == null ? usual.update() : update,
                delete == null ? usual.delete() : delete);
    }

    private static TableMapping described(Account account, TableRequest request, List<ApiResponse> responses)
            throws IOException {
        return switch (account.adapter().parseDescription(request, responses)) {
            case Reading.Got<TableMapping>(TableMapping mapping) -> mapping;
            case Reading.Failed<TableMapping>(Failure failure) ->
                throw new IOException(account.adapter().api() + " did not describe " + request.object() + ": "
                        + sentence(account, failure));
        };
    }

    private static String sentence(Account account, Failure failure) {
        return switch (failure) {
            case Failure.RequestRejected rejected -> rejected.first().message();
            case Failure.Unavailable(String message) -> message;
            case Failure.RateLimited _, Failure.TokenExpired _, Failure.AuthRevoked _, Failure.UnknownOutcome _ ->
                String.valueOf(ReadFailed.of(account.adapter().api(), failure).getMessage());
        };
    }
}
