package io.penstock.node.pool;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The listeners of a pool: one for each encoding in which clients want to hear, and so most often one. Safe for use by several threads. */
public final class SharedListeners {
    private final Map<String, SharedListener> byEncoding = new ConcurrentHashMap<>(2);
    private final Function<String, SharedListener> factory;

    SharedListeners(Function<String, SharedListener> factory) {
        this.factory = factory;
    }

    /** @param encoding as servers report {@code client_encoding} */
    public SharedListener of(String encoding) {
        return byEncoding.computeIfAbsent(encoding, factory);
    }

    /** How many are connected. */
    int open() {
        return (int) byEncoding.values().stream()
                .filter(listener -> !listener.isClosed())
                .count();
    }

    void stop() {
        byEncoding.values().forEach(SharedListener::stop);
    }
}
