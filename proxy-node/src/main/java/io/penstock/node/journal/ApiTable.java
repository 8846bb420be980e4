package io.penstock.node.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.adapters.Adapter;
import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Mutation;
import io.penstock.adapters.Reading;
import io.penstock.adapters.TableMapping;
import io.penstock.adapters.Verdict;
import io.penstock.node.api.Classifier;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * One synced table with the API account behind it, as recovery and sync read it. Its methods block: they are for virtual threads.
 *
 * @param readTimeout how long one read may take, waiting for its permits included
 */
public record ApiTable(TableMapping mapping, Adapter adapter, ApiReads api, Duration readTimeout) {
    /** {@code schema.table} for messages. */
    public String name() {
        return mapping.schema() + "." + mapping.table();
    }

    /** Canonical rows by key; a key that is missing does not exist at the API any more. */
    public Map<String, ObjectNode> readBack(List<String> keys) throws ReadFailed, InterruptedException {
        Map<String, ObjectNode> rows = new HashMap<>();
        for (ApiCall call : adapter.readBack(mapping, keys)) {
            rows.putAll(read(call, response -> adapter.parseReadBack(mapping, call, response)));
        }
        return rows;
    }

    /** Sends one read and parses its answer. */
    public <T> T read(ApiCall call, Function<ApiResponse, Reading<T>> parse) throws ReadFailed, InterruptedException {
        return switch (parse.apply(send(call, Classifier.reading(parse)))) {
            case Reading.Got<T> got -> got.value();
            case Reading.Failed<T> failed -> throw ReadFailed.of(adapter.api(), failed.failure());
        };
    }

    /** Sends a write once more, which the API knows by its key. */
    Verdict repeat(Mutation mutation, ApiCall call) throws ReadFailed, InterruptedException {
        Function<ApiResponse, Verdict> parse = response -> adapter.parse(mutation, call, response);
        return parse.apply(send(call, Classifier.verdict(parse)));
    }

    private ApiResponse send(ApiCall call, Classifier classifier) throws ReadFailed, InterruptedException {
        try {
            return api.send(call, classifier).toCompletableFuture().get(readTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ReadFailed(adapter.api() + " did not answer within " + readTimeout.toSeconds() + " s", null);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ReadFailed failed) {
                throw failed;
            }
            throw new ReadFailed(adapter.api() + " could not be read", null);
        }
    }
}
