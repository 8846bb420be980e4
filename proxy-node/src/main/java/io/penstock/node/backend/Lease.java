package io.penstock.node.backend;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A connection of a {@link WriterPool} that is one caller's alone until it gives it back, which it does exactly once, by whichever of the
 * two ways; a second time does nothing.
 */
public final class Lease {
    private final WriterPool pool;
    private final ServerConnection connection;
    private final AtomicBoolean over = new AtomicBoolean();

    Lease(WriterPool pool, ServerConnection connection) {
        this.pool = pool;
        this.connection = connection;
    }

    public ServerConnection connection() {
        return connection;
    }

    /**
     * Gives the connection to the next in line. Leave no session state behind (SET LOCAL is none). A connection that is broken, in a
     * transaction or still answering is closed instead, because the next one must not find what the last one left.
     */
    public void release() {
        giveBack(connection.isQuiet());
    }

    /** Whether the connection has been given back and may be another caller's. */
    public boolean isOver() {
        return over.get();
    }

    /** Closes the connection; the pool opens another one when somebody needs it. */
    public void discard() {
        giveBack(false);
    }

    private void giveBack(boolean reusable) {
        if (over.compareAndSet(false, true)) {
            pool.giveBack(connection, reusable);
        }
    }
}
