package io.penstock.node.transport;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * An event loop as a Pekko dispatcher sees it: actors run in the {@link LoopTurn} that wakes them, or else as tasks. Shutting it down does nothing to the loop: Pekko ends a dispatcher's executor whenever
 * it has been without actors for its {@code shutdown-timeout}, and asks for a new one later, while the loop's channels live on.
 */
final class EventLoopExecutor extends AbstractExecutorService {
    private final EventLoop loop;
    private volatile boolean shutdown;

    EventLoopExecutor(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public void execute(Runnable command) {
        if (!loop.inEventLoop() || !LoopTurn.add(command)) {
            loop.execute(command);
        }
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return shutdown;
    }
}
