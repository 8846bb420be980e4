package io.penstock.node.transport;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.penstock.node.tls.ListenerTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.jspecify.annotations.Nullable;

/** Event loops and an actor system on them, for tests; closing it ends both in the right order. */
public final class TestLoops implements AutoCloseable {
    private static final AtomicInteger NAMES = new AtomicInteger();

    public final EventLoops loops;
    public final ActorSystem system;
    private final List<Binding> bindings = new CopyOnWriteArrayList<>();

    private TestLoops(EventLoops loops, Config config) {
        this.loops = loops;
        this.system = ActorSystem.create("test", loops.dispatchers().withFallback(config));
    }

    public static TestLoops start(IoKind kind) {
        return start(kind, "");
    }

    /** @param config HOCON that goes before the reference configuration */
    public static TestLoops start(IoKind kind, String config) {
        EventLoops loops = EventLoops.start("test-" + NAMES.incrementAndGet(), 2, kind);
        return new TestLoops(
                loops,
                ConfigFactory.parseString(config + "\npekko { loglevel = WARNING, stdout-loglevel = WARNING }")
                        .withFallback(ConfigFactory.load()));
    }

    /** Listens on a free port of the loopback address. */
    public Binding listen(Consumer<IncomingClient> clients) {
        return listen(null, clients);
    }

    /** Listens with a certificate. */
    public Binding listen(@Nullable ListenerTls tls, Consumer<IncomingClient> clients) {
        Binding binding = new Listener(loops, tls, clients)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .toCompletableFuture()
                .join();
        bindings.add(binding);
        return binding;
    }

    /** How many clients are connected to what listens here. */
    public int clients() {
        return bindings.stream().mapToInt(Binding::clients).sum();
    }

    /** Puts the stages of a client's stream where they belong. */
    public static Attributes on(IncomingClient client) {
        return ActorAttributes.dispatcher(client.dispatcher());
    }

    @Override
    public void close() throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
        loops.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
