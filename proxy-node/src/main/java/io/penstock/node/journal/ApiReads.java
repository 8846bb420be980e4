package io.penstock.node.journal;

import io.penstock.adapters.ApiCall;
import io.penstock.adapters.ApiResponse;
import io.penstock.node.api.Classifier;
import java.util.concurrent.CompletionStage;

/** Sends the reads of one API account, and writes that are repeated by their key, within its budget and with its token. Fails with {@link ReadFailed} where no whole answer came. */
@FunctionalInterface
public interface ApiReads {
    /** @param classifier tells a refused token and an exceeded limit from an answer */
    CompletionStage<ApiResponse> send(ApiCall read, Classifier classifier);
}
