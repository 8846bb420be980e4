package io.penstock.node.transport;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The event loops of a node, and for each of them one Pekko dispatcher whose only thread is that loop's thread.
 *
 * <p>Streams that run on {@link #dispatcherOf} of a channel's loop are called by the thread that reads the channel, so a query crosses
 * no thread on its way from client to server and back. The price: nothing on such a dispatcher may ever block.
 *
 * <p>Order at start and end: loops, then the actor system with {@link #dispatchers} in front of its configuration; then the actor
 * system terminates, and last {@link #close}. A dispatcher looks its loop up by the group's name, which is therefore unique in a JVM.
 */
public final class EventLoops {
    private static final String ROOT = "penstock.event-loops";
    /** Every group that has been started and not yet closed; a dispatcher's configurator knows nothing but its configuration. */
    private static final Map<String, EventLoops> STARTED = new ConcurrentHashMap<>();

    private final String group;
    private final IoKind kind;
    private final MultiThreadIoEventLoopGroup loops;
    private final List<EventLoop> ordered = new ArrayList<>();
    private final Map<EventLoop, String> dispatchers = new HashMap<>();

    private EventLoops(String group, int count, IoKind kind) {
        this.group = group;
        this.kind = kind;
        this.loops = new MultiThreadIoEventLoopGroup(
                count, new DefaultThreadFactory(group + "-loop", true), kind.handlers());
        for (EventExecutor executor : loops) {
            EventLoop loop = (EventLoop) executor;
            dispatchers.put(loop, ROOT + "." + group + ".loop-" + ordered.size());
            ordered.add(loop);
        }
    }

    /**
     * Starts a group.
     *
     * @param group a name such as {@code node} or {@code node-2552}; letters, digits, dashes
     * @param count how many loops, and so threads
     */
    public static EventLoops start(String group, int count, IoKind kind) {
        if (!group.matches("[A-Za-z0-9-]+")) {
            throw new IllegalArgumentException("a group's name is letters, digits and dashes: " + group);
        }
        if (count < 1) {
            throw new IllegalArgumentException("at least one event loop");
        }
        if (!kind.available()) {
            throw new IllegalArgumentException(kind + " is not available on this machine");
        }
        EventLoops started = new EventLoops(group, count, kind);
        if (STARTED.putIfAbsent(group, started) != null) {
            started.loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new IllegalStateException("event loops " + group + " have been started already");
        }
        return started;
    }

    static EventLoop find(String group, int index) {
        @Nullable EventLoops found = STARTED.get(group);
        if (found == null) {
            throw new IllegalStateException("no event loops " + group + ": start them before the actor system");
        }
        return found.ordered.get(index);
    }

    /** The dispatchers as configuration, to be put in front of the actor system's own. */
    public Config dispatchers() {
        StringBuilder text = new StringBuilder();
        for (int index = 0; index < ordered.size(); index++) {
            text.append(dispatchers.get(ordered.get(index)))
                    .append(" { type = Dispatcher, executor = \"")
                    .append(EventLoopExecutorConfigurator.class.getName())
                    .append("\", event-loop-group = \"")
                    .append(group)
                    .append("\", event-loop = ")
                    .append(index)
                    // A stream that has more work than this lets the loop read its other channels first.
                    .append(", throughput = 16 }\n");
        }
        return ConfigFactory.parseString(text.toString());
    }

    /** The name of the dispatcher that runs on this loop. */
    public String dispatcherOf(EventLoop loop) {
        @Nullable String name = dispatchers.get(loop);
        if (name == null) {
            throw new IllegalArgumentException("not a loop of " + group);
        }
        return name;
    }

    /** The loops in order. */
    public List<EventLoop> all() {
        return List.copyOf(ordered);
    }

    /** The next loop in turn, for a connection that belongs to no client. */
    public EventLoop next() {
        return loops.next();
    }

    public IoKind kind() {
        return kind;
    }

    MultiThreadIoEventLoopGroup group() {
        return loops;
    }

    /** Ends the loops and every channel on them. Call it after the actor system has terminated. */
    public CompletionStage<Void> close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        STARTED.remove(group, this);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).addListener(_ -> closed.complete(null));
        return closed;
    }
}
