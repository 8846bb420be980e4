package io.penstock.node.session;

import io.netty.channel.EventLoop;
import io.penstock.node.backend.CancelSender;
import io.penstock.node.backend.ServerLink;
import io.penstock.node.pool.PooledServer;
import io.penstock.node.pool.ServerPool;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.TransactionStatus;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A server side over connections of a pool: what is the same in both modes. At most one connection is attached at a time. */
abstract class PooledSide implements ServerSide, ServerLink.Receiver, ServerPool.Waiter {
    final Owner owner;
    final ServerPool pool;
    private final CancelSender cancels;

    /** The connection that the session has at the moment. */
    @Nullable
    PooledServer server;

    /** One that the pool has given, until the next event takes it up. */
    private @Nullable PooledServer arriving;

    private boolean left;
    private boolean written;
    private boolean demanded;
    private boolean closed;

    PooledSide(Owner owner, ServerPool pool, CancelSender cancels) {
        this.owner = owner;
        this.pool = pool;
        this.cancels = cancels;
    }

    /** Whether the session uses no server any more. */
    final boolean hasLeft() {
        return left;
    }

    /** The session uses no server any more, and is no longer one of the pool's. */
    final void part() {
        if (left) {
            return;
        }
        left = true;
        PooledServer unwanted = arriving;
        if (unwanted != null) {
            arriving = null;
            pool.giveBack(unwanted, TransactionStatus.IDLE, false);
        }
        pool.part();
    }

    /** What comes from the connection wakes the session from now on. */
    final void attach(PooledServer given) {
        server = given;
        written = false;
        demanded = false;
        given.link().receive(this);
    }

    /** Something was written to the connection, and has to leave with the event. */
    final void wrote() {
        written = true;
    }

    /** The session is to see the end of its server, as soon as everything before is polled. */
    final void serverEnded() {
        closed = true;
    }

    final boolean hasEnded() {
        return closed;
    }

    // ---- the pool ----

    @Override
    public final EventLoop loop() {
        return owner.loop();
    }

    @Override
    public final void given(PooledServer given) {
        if (!loop().inEventLoop()) {
            loop().execute(() -> given(given));
        } else if (left || arriving != null) {
            pool.giveBack(given, TransactionStatus.IDLE, false); // the client has not waited
        } else {
            arriving = given;
            owner.wake();
        }
    }

    /** A connection that was asked for: to be attached, or given back where it is not wanted any more. */
    abstract void arrived(PooledServer given);

    @Override
    public final void waits(PgError notice) {
        owner.asEvent(() -> owner.notice(notice));
    }

    // ---- the link ----

    @Override
    public final void readable() {
        demanded = false;
        owner.wake();
    }

    @Override
    public final void writable() {
        owner.wake();
    }

    @Override
    public final void closed(@Nullable Throwable cause) {
        closed = true;
        owner.wake();
    }

    // ---- the session ----

    @Override
    public final @Nullable Frame poll() {
        PooledServer given = arriving;
        if (given != null) {
            arriving = null;
            arrived(given);
        }
        return next();
    }

    /** The next message for the session, or null. */
    abstract @Nullable Frame next();

    @Override
    public final void flush() {
        if (written && server != null) {
            written = false;
            server.link().flush();
        }
    }

    @Override
    public final void demand() {
        if (!demanded && server != null && !isStalled()) {
            demanded = true;
            server.link().request();
        }
    }

    @Override
    public final boolean takeEnd() {
        if (isStalled()) {
            return false;
        }
        boolean end = closed;
        closed = false;
        return end;
    }

    /** Whether nothing of the connection is polled before something else has happened. */
    boolean isStalled() {
        return false;
    }

    /** Cancels what runs on the connection, if there is one. */
    final CompletionStage<?> cancelOn(@Nullable PooledServer running) {
        return running == null ? CompletableFuture.completedFuture(null) : running.cancel(cancels);
    }
}
