package io.penstock.node.api;

import io.penstock.adapters.ApiResponse;
import io.penstock.adapters.Failure;
import io.penstock.adapters.Reading;
import io.penstock.adapters.Verdict;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Says whether an answer is a failure, in the adapter's words. The engine reacts to refused tokens and limits and leaves the rest alone. */
@FunctionalInterface
public interface Classifier {
    /** The failure, or null for an answer that is none. Throws nothing. */
    @Nullable
    Failure failure(ApiResponse response);

    /** For a write: {@code verdict(response -> adapter.parse(mutation, call, response))}. */
    static Classifier verdict(Function<ApiResponse, Verdict> parse) {
        return response -> parse.apply(response) instanceof Failure failure ? failure : null;
    }

    /** For a read: {@code reading(response -> adapter.parsePage(table, call, response))}. */
    static <T> Classifier reading(Function<ApiResponse, Reading<T>> parse) {
        return response -> parse.apply(response) instanceof Reading.Failed<T>(Failure failure) ? failure : null;
    }
}
