package io.penstock.sandbox.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * The core of one sandbox: a stateful function from request to response, without sockets, threads or waiting.
 *
 * <p>{@link SandboxServer} calls it from one thread at a time.
 */
public interface SandboxApi {
    /** What the page calls it, such as {@code Salesforce}. */
    String name();

    SandboxResponse answer(SandboxRequest request);

    /**
     * The answer to this request has left, or its connection has ended without one. Until then the request is under way, which is
     * what limits of concurrency and keys in use are about. Called once for each request that {@link #answer} was asked, with the
     * same object.
     */
    default void finished(SandboxRequest request) {}

    /** What the real API says when it fails as a whole with this status, before it looked at the request. */
    SandboxResponse failure(int status);

    /** Whether the request fetches a token: a fault rule hits such a request only when it names its path. */
    boolean isAuthentication(SandboxRequest request);

    /** Whether the request is about objects of this type, for fault rules that name one. */
    boolean concerns(SandboxRequest request, String object);

    /** Everything held, by type, deleted records too where the API still shows them. */
    Map<String, List<ObjectNode>> objects();

    void expireTokens();

    /** Changes a setting of this API alone, such as its quota, through {@code POST /_sandbox/{setting}}; false if there is no such. */
    default boolean set(String setting, JsonNode values) {
        return false;
    }

    /** Forgets everything and loads the first data again. */
    void reset();
}
