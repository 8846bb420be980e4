package io.penstock.node.pool;

import io.penstock.protocol.sql.SessionTrace.Stays;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;

/** The pools of a node in numbers, read when they are asked for. */
public final class PoolMetrics {
    private PoolMetrics() {}

    /** Registers them, once for a registry. */
    public static void register(PrometheusRegistry registry, ServerPools pools) {
        GaugeWithCallback.builder()
                .name("penstock_pool_connections")
                .help("Server connections: idle, or in use by clients")
                .labelNames("state")
                .callback(callback -> {
                    ServerPool.Counters now = pools.counters();
                    callback.call(now.idle(), "idle");
                    callback.call(now.open() - now.idle(), "used");
                })
                .register(registry);
        GaugeWithCallback.builder()
                .name("penstock_pool_waiting_clients")
                .help("Clients in line for a server connection")
                .callback(callback -> callback.call(pools.counters().waiting()))
                .register(registry);
        CounterWithCallback.builder()
                .name("penstock_pool_handoffs_total")
                .help("Server connections given to a client, and given back; the difference is what clients have")
                .labelNames("direction")
                .callback(callback -> {
                    ServerPool.Counters now = pools.counters();
                    callback.call((double) now.given(), "given");
                    callback.call((double) now.givenBack(), "back");
                })
                .register(registry);
        CounterWithCallback.builder()
                .name("penstock_pool_pins_total")
                .help(
                        "Clients in transaction mode that keep their server connection, because something in their session cannot follow them")
                .labelNames("reason")
                .callback(callback -> {
                    for (Stays reason : Stays.values()) {
                        callback.call(
                                (double) pools.stayed(reason), reason.name().toLowerCase(Locale.ROOT));
                    }
                })
                .register(registry);
    }
}
