package io.penstock.node.admin;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * Health and metrics of one node. It reads and changes nothing, because it knows no login.
 *
 * <pre>
 * GET /health    200 as long as the process answers: the liveness probe
 * GET /ready     200 while clients are taken, else 503: the readiness probe, which a node fails first when it stops
 * GET /metrics   counters in Prometheus's text format
 * </pre>
 */
public final class AdminServer extends AllDirectives {
    private static final Duration UNBIND = Duration.ofSeconds(2);

    private final PrometheusRegistry registry;
    private final BooleanSupplier ready;

    private AdminServer(PrometheusRegistry registry, BooleanSupplier ready) {
        this.registry = registry;
        this.ready = ready;
    }

    /** Listens; fails where the address is taken. */
    public static CompletionStage<ServerBinding> start(
            ActorSystem<?> system, InetSocketAddress address, PrometheusRegistry registry, BooleanSupplier ready) {
        return Http.get(system)
                .newServerAt(address.getHostString(), address.getPort())
                .bind(new AdminServer(registry, ready).routes())
                .thenApply(binding -> binding.addToCoordinatedShutdown(UNBIND, system.classicSystem()));
    }

    private Route routes() {
        return get(() -> concat(
                path("health", () -> complete(StatusCodes.OK, "alive\n")),
                path(
                        "ready",
                        () -> ready.getAsBoolean()
                                ? complete(StatusCodes.OK, "ready\n")
                                : complete(StatusCodes.SERVICE_UNAVAILABLE, "not ready\n")),
                path("metrics", () -> complete(metrics()))));
    }

    private HttpResponse metrics() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(text, registry.scrape());
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory cannot fail", impossible);
        }
        return HttpResponse.create().withEntity(HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, text.toByteArray()));
    }
}
