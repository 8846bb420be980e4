package io.penstock.node.api;

import io.penstock.adapters.ApiCall;
import java.util.concurrent.CompletionStage;

/** Permit and token in hand. Closing gives back what was not used; one that is not closed costs the account a slot until it times out. */
public interface Prepared extends AutoCloseable {
    /**
     * Sends the call once. It is sent again only where the API said that it applied nothing: once for a token that it refused, and for a limit
     * as long as the preparation's time lasts. Calls are sent one after the other. Never fails.
     */
    CompletionStage<SendOutcome> send(ApiCall call, Classifier classifier);

    @Override
    void close();
}
