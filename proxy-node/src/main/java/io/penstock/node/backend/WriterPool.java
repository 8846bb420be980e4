package io.penstock.node.backend;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.penstock.node.backend.ServerFailure.NoneFree;
import io.penstock.node.backend.ServerFailure.PoolClosed;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded pool of connections with one login, for one database. Callers are served strictly in the order in which they came: a
 * connection that comes back goes to the one who waits longest, and nobody overtakes.
 *
 * <p>There are never more connections, those being opened included, than {@code size}, and no more are opened than there are callers in
 * line. When one cannot be opened, the caller at the head of the line is told why; the others go on waiting, each for its own attempt,
 * so that a database that is away is found out by all of them quickly and never by more than {@code size} attempts at once. A connection
 * that ends is forgotten at once, leased or idle.
 *
 * <p>All state belongs to one event loop, the pool's home; every method may be called from any thread.
 */
public final class WriterPool {
    private static final Logger LOG = LoggerFactory.getLogger(WriterPool.class);

    private final int size;
    private final Supplier<CompletionStage<ServerConnection>> connector;
    private final EventLoop home;

    // Of the home loop alone, but for the counters, which one thread writes and others read.
    private final Set<ServerConnection> connections = new HashSet<>();
    /** The one used last is used next, so that those that are not needed go cold together. */
    private final Deque<ServerConnection> idle = new ArrayDeque<>();
    /** In the order of arrival; a set, so that one whose time is over leaves from the middle. */
    private final Set<Waiter> line = new LinkedHashSet<>();

    private int connecting;
    private boolean closed;
    private long acquired;
    private long returned;
    private long discarded;
    private long timedOut;
    private long connected;
    private long failed;
    private volatile PoolCounters counters = new PoolCounters(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * @param connector opens a connection, logged in as the writer
     * @param home any event loop; results of {@link #lease} are completed on it
     */
    public WriterPool(int size, Supplier<CompletionStage<ServerConnection>> connector, EventLoop home) {
        if (size < 1) {
            throw new IllegalArgumentException("a pool has at least one connection");
        }
        this.size = size;
        this.connector = connector;
        this.home = home;
    }

    /**
     * Asks for a connection.
     *
     * @param wait how long to stand in line
     * @return the lease; or a {@link ServerFailure}: {@link NoneFree} after the wait, or why no connection could be opened. Who cancels
     *     it leaves the line.
     */
    public CompletionStage<Lease> lease(Duration wait) {
        Waiter waiter = new Waiter();
        home.execute(() -> {
            if (closed) {
                waiter.lease.completeExceptionally(new PoolClosed());
                return;
            }
            waiter.timeout = home.schedule(() -> timeOut(waiter, wait), wait.toMillis(), TimeUnit.MILLISECONDS);
            line.add(waiter);
            serve();
        });
        return waiter.lease;
    }

    /** How the pool is doing, as of its last change. */
    public PoolCounters counters() {
        return counters;
    }

    /** Turns the line away and closes idle connections now, leased ones when they come back. */
    public void close() {
        home.execute(() -> {
            closed = true;
            for (Waiter waiter : line) {
                waiter.leave();
                waiter.lease.completeExceptionally(new PoolClosed());
            }
            line.clear();
            for (ServerConnection connection : idle) {
                connection.close();
            }
            idle.clear();
            count();
        });
    }

    void giveBack(ServerConnection connection, boolean reusable) {
        home.execute(() -> {
            returned++;
            boolean known = connections.contains(connection);
            if (known && reusable && !closed) {
                idle.push(connection);
            } else {
                discarded++;
                connections.remove(connection);
                connection.close();
            }
            serve();
        });
    }

    private void serve() {
        while (!line.isEmpty()) {
            @Nullable ServerConnection connection = openIdle();
            if (connection == null) {
                break;
            }
            Lease lease = new Lease(this, connection);
            if (next().lease.complete(lease)) {
                acquired++;
            } else {
                idle.push(connection); // that caller has gone
            }
        }
        while (!closed && connecting < line.size() && connections.size() + connecting < size) {
            connect();
        }
        count();
    }

    /** An idle connection that has not ended; word of the end of another is on its way, and makes room for a new one when it comes. */
    private @Nullable ServerConnection openIdle() {
        @Nullable ServerConnection connection = idle.poll();
        while (connection != null && !connection.isOpen()) {
            connection = idle.poll();
        }
        return connection;
    }

    /** Takes the one who waits longest out of the line. */
    private Waiter next() {
        Iterator<Waiter> waiters = line.iterator();
        Waiter first = waiters.next();
        waiters.remove();
        first.leave();
        return first;
    }

    private void connect() {
        connecting++;
        connector
                .get()
                .whenComplete((connection, failure) -> home.execute(() -> {
                    connecting--;
                    if (failure != null) {
                        failed++;
                        if (!line.isEmpty()) {
                            next().lease.completeExceptionally(failure);
                        }
                    } else {
                        opened(connection);
                    }
                    serve();
                }));
    }

    private void opened(ServerConnection connection) {
        connected++;
        if (closed) {
            connection.close();
            return;
        }
        connections.add(connection);
        idle.push(connection);
        connection
                .ended()
                .thenAccept(failure -> home.execute(() -> {
                    if (connections.remove(connection)) {
                        idle.remove(connection);
                        if (!closed) {
                            LOG.warn("a writer's connection was lost{}", lastWords(failure), failure.getCause());
                        }
                        serve();
                    }
                }));
    }

    private static String lastWords(ServerFailure failure) {
        return failure instanceof ServerFailure.Lost lost && lost.lastWords() != null
                ? ", Postgres said " + lost.lastWords().sqlState()
                : "";
    }

    private void timeOut(Waiter waiter, Duration wait) {
        if (line.remove(waiter)) {
            timedOut++;
            waiter.lease.completeExceptionally(new NoneFree(wait));
            count();
        }
    }

    private void count() {
        counters = new PoolCounters(
                acquired,
                returned,
                discarded,
                timedOut,
                connected,
                failed,
                line.size(),
                idle.size(),
                connections.size() + connecting);
    }

    /** A caller in line. */
    private static final class Waiter {
        final CompletableFuture<Lease> lease = new CompletableFuture<>();

        @Nullable
        Future<?> timeout;

        void leave() {
            if (timeout != null) {
                timeout.cancel(false);
            }
        }
    }
}
