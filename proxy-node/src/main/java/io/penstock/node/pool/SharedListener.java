package io.penstock.node.pool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.penstock.node.backend.ServerLink;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import io.penstock.protocol.pooling.Notification;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection on which the clients of a pool listen, opened when the first of them does. What to do is decided in
 * {@link ListenerState}, on the connection's event loop. Safe for use by several threads; calls of one thread keep their order.
 */
public final class SharedListener {
    private static final Logger LOG = LoggerFactory.getLogger(SharedListener.class);

    /** A dead connection is noticed within this and {@link #PATIENCE}. */
    private static final Duration TICK = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String database;
    private final EventLoop loop;
    private final Supplier<CompletionStage<ServerLink>> connector;
    // On the loop:
    private final ListenerState<Client> state;
    private @Nullable ServerLink link;
    private @Nullable Future<?> ticking;
    private boolean stopped;
    private volatile boolean closed = true;

    /** Who listens. Called on the listener's loop, in the order of what has happened. */
    public interface Client {
        /** The answer to the client's oldest request. */
        void answered(boolean granted);

        void heard(Notification notification);

        /** There is nothing to be heard any more. */
        void listenerLost();
    }

    /**
     * @param connector opens a connection on the loop
     * @param idle for how long it stays open for nobody
     */
    SharedListener(String database, EventLoop loop, Supplier<CompletionStage<ServerLink>> connector, Duration idle) {
        this.database = database;
        this.loop = loop;
        this.connector = connector;
        this.state = new ListenerState<>(new Connection(), idle.toNanos(), PATIENCE.toNanos());
    }

    /** The client wants to hear these, too. */
    public void reserve(Client client, List<String> channels) {
        onLoop(() -> state.reserve(client, channels, System.nanoTime()));
    }

    /** The client wants to have heard everything that has been committed. */
    public void fence(Client client) {
        onLoop(() -> state.fence(client, System.nanoTime()));
    }

    /** The client wants these no more. */
    public void leave(Client client, Collection<String> channels) {
        onLoop(() -> state.leave(client, channels, System.nanoTime()));
    }

    /** The client has gone. */
    public void leave(Client client) {
        onLoop(() -> state.leave(client, System.nanoTime()));
    }

    /** Whether there is no connection, and none on its way. */
    boolean isClosed() {
        return closed;
    }

    /** For good: whoever listens is told. */
    void stop() {
        onLoop(() -> {
            stopped = true;
            close();
            state.lost();
        });
    }

    private void onLoop(Runnable event) {
        loop.execute(() -> {
            event.run();
            if (link != null) {
                link.flush();
            }
            closed = state.isClosed();
        });
    }

    private void opened(ServerLink opened) {
        if (stopped || state.isClosed()) {
            opened.close();
            return;
        }
        link = opened;
        ticking = loop.scheduleWithFixedDelay(
                () -> onLoop(() -> state.tick(System.nanoTime())),
                TICK.toMillis(),
                TICK.toMillis(),
                TimeUnit.MILLISECONDS);
        state.opened(System.nanoTime());
        opened.receive(new Incoming(opened));
        opened.request();
    }

    private void lost(ServerLink ended, String why) {
        if (link == ended) {
            LOG.warn("the connection that listens for the clients of database {} has ended: {}", database, why);
            close();
            state.lost();
            closed = true;
        }
    }

    private void close() {
        ServerLink open = link;
        link = null;
        if (open != null) {
            open.close();
        }
        if (ticking != null) {
            ticking.cancel(false);
            ticking = null;
        }
    }

    private void write(FrontendMessage message) {
        ServerLink to = link;
        if (to != null) {
            ByteBuf bytes = ByteBufAllocator.DEFAULT.buffer();
            FrontendMessages.encode(message, bytes, StandardCharsets.ISO_8859_1);
            to.write(bytes);
        }
    }

    /** What the state wants. */
    private final class Connection implements ListenerState.Effects<Client> {
        @Override
        public void open() {
            if (stopped) {
                loop.execute(() -> onLoop(state::failed));
                return;
            }
            connector
                    .get()
                    .whenComplete((opened, failure) -> onLoop(() -> {
                        if (failure == null) {
                            opened(opened);
                        } else {
                            LOG.warn(
                                    "no connection that could listen for the clients of database {}",
                                    database,
                                    failure);
                            state.failed();
                        }
                    }));
        }

        @Override
        public void query(String sql) {
            write(new FrontendMessage.Query(sql));
        }

        @Override
        public void sync() {
            write(new FrontendMessage.Sync());
        }

        @Override
        public void answer(Client client, boolean granted) {
            client.answered(granted);
        }

        @Override
        public void hear(Client client, Notification notification) {
            client.heard(notification);
        }

        @Override
        public void tellLost(Client client) {
            client.listenerLost();
        }

        @Override
        public void close() {
            SharedListener.this.close();
        }
    }

    /** What the connection says. */
    private final class Incoming implements ServerLink.Receiver {
        private final ServerLink from;

        Incoming(ServerLink from) {
            this.from = from;
        }

        @Override
        public void readable() {
            try {
                for (Frame frame = from.poll(); frame != null; frame = from.poll()) {
                    try {
                        take(frame);
                    } finally {
                        frame.release();
                    }
                }
            } catch (ProtocolViolation violation) {
                lost(from, violation.error().message());
                return;
            }
            if (link == from) {
                from.request();
            }
        }

        private void take(Frame frame) {
            switch (frame.type()) {
                case BackendType.NOTIFICATION_RESPONSE -> state.heard(Notification.of(frame));
                case BackendType.ERROR_RESPONSE -> state.refused();
                case BackendType.READY_FOR_QUERY -> state.ready(System.nanoTime());
                default -> {}
            }
        }

        @Override
        public void writable() {
            // What is written is short, and little is under way.
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            readable(); // what had arrived before
            lost(from, cause == null ? "by the server" : cause.toString());
        }
    }
}
