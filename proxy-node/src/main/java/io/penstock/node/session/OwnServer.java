package io.penstock.node.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.penstock.node.backend.CancelSender;
import io.penstock.node.backend.ServerLink;
import io.penstock.node.pool.PooledServer;
import io.penstock.node.pool.ServerPool;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendType;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.pooling.ServerBoundary;
import io.penstock.protocol.session.Replication;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Session mode: one server connection of the pool, from the client's login to its end.
 *
 * <p>Terminate is not for a server that others shall use: if the connection rests it goes back to the pool, and the session is told that
 * the server has closed, as it would have. Otherwise the server gets it, and takes back what was not committed.
 */
final class OwnServer implements ServerSide, ServerLink.Receiver, ServerPool.Waiter {
    private final Owner owner;
    private final ServerPool pool;
    /** A replication connection takes commands of its own, and cannot be cleaned. */
    private final boolean reusable;

    private final CancelSender cancels;
    private final ServerBoundary boundary = new ServerBoundary();
    private @Nullable PooledServer server;
    private boolean written;
    private boolean demanded;
    private boolean closed;
    private boolean left;

    private OwnServer(Owner owner, ServerPool pool, boolean reusable, CancelSender cancels) {
        this.owner = owner;
        this.pool = pool;
        this.reusable = reusable;
        this.cancels = cancels;
    }

    /** Asks the pool for a connection; the owner is told. */
    static OwnServer ask(Owner owner, ServerPool pool, Map<String, String> parameters, CancelSender cancels) {
        OwnServer own = new OwnServer(owner, pool, Replication.of(parameters) == Replication.NONE, cancels);
        pool.ask(own, parameters);
        return own;
    }

    // ---- the pool ----

    @Override
    public EventLoop loop() {
        return owner.loop();
    }

    @Override
    public void given(PooledServer given) {
        owner.asEvent(() -> {
                    if (left) {
                        pool.giveBack(given, TransactionStatus.IDLE, false);
                        return;
                    }
                    server = given;
                    given.link().receive(this);
                    owner.ready(given.parameters(), given.takeNotices());
                })
                .whenComplete((_, gone) -> {
                    if (gone != null) {
                        // the client has not waited
                        loop().execute(() -> pool.giveBack(given, TransactionStatus.IDLE, false));
                    }
                });
    }

    @Override
    public void refused(PgError error) {
        owner.asEvent(() -> owner.refused(error));
    }

    @Override
    public void waits(PgError notice) {
        owner.asEvent(() -> owner.notice(notice));
    }

    // ---- the link ----

    @Override
    public void readable() {
        demanded = false;
        owner.wake();
    }

    @Override
    public void writable() {
        owner.wake();
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        closed = true;
        owner.wake();
    }

    // ---- the session ----

    @Override
    public void write(ByteBuf messages) {
        PooledServer to = server;
        if (to == null) {
            messages.release();
            return;
        }
        if (messages.getByte(messages.readerIndex()) == FrontendType.TERMINATE) {
            TransactionStatus resting = resting();
            if (resting != null && !closed) {
                messages.release();
                giveBack(to, resting);
                closed = true;
                owner.wake();
                return;
            }
        }
        boundary.wrote(messages);
        to.link().write(messages);
        written = true;
    }

    @Override
    public void flush() {
        if (written && server != null) {
            written = false;
            server.link().flush();
        }
    }

    @Override
    public boolean isWritable() {
        return server == null || server.link().isWritable();
    }

    @Override
    public @Nullable Frame poll() {
        PooledServer from = server;
        Frame frame = from == null ? null : from.link().poll();
        if (from != null && frame != null) {
            from.saw(frame);
            boundary.received(frame);
        }
        return frame;
    }

    @Override
    public void demand() {
        if (!demanded && server != null) {
            demanded = true;
            server.link().request();
        }
    }

    @Override
    public boolean takeEnd() {
        boolean end = closed;
        closed = false;
        return end;
    }

    @Override
    public CompletionStage<?> cancel() {
        PooledServer running = server;
        return running == null ? CompletableFuture.completedFuture(null) : running.cancel(cancels);
    }

    @Override
    public void hold(boolean held) {
        // It is the session's own anyway.
    }

    @Override
    public void leave() {
        if (left) {
            return;
        }
        left = true;
        PooledServer mine = server;
        if (mine == null) {
            pool.leave(this);
            return;
        }
        TransactionStatus resting = resting();
        if (resting != null && mine.link().isOpen()) {
            giveBack(mine, resting);
        } else {
            server = null;
            mine.link().flush();
            pool.discard(mine);
        }
    }

    private @Nullable TransactionStatus resting() {
        return reusable ? boundary.resting() : null;
    }

    private void giveBack(PooledServer mine, TransactionStatus resting) {
        server = null;
        left = true;
        pool.giveBack(mine, resting, boundary.used());
    }
}
