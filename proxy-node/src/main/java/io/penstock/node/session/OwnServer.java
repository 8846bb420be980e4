package io.penstock.node.session;

import io.netty.buffer.ByteBuf;
import io.penstock.node.backend.CancelSender;
import io.penstock.node.pool.PooledServer;
import io.penstock.node.pool.ServerPool;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendType;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.pooling.ServerBoundary;
import io.penstock.protocol.session.Replication;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Session mode: one server connection of the pool, from the client's login to its end.
 *
 * <p>Terminate is not for a server that others shall use: if the connection rests it goes back to the pool, and the session is told that
 * the server has closed, as it would have. Otherwise the server gets it, and takes back what was not committed.
 */
final class OwnServer extends PooledSide {
    /** A replication connection takes commands of its own, and cannot be cleaned. */
    private final boolean reusable;

    private final ServerBoundary boundary = new ServerBoundary();

    private OwnServer(Owner owner, ServerPool pool, boolean reusable, CancelSender cancels) {
        super(owner, pool, cancels);
        this.reusable = reusable;
    }

    /** Asks the pool for a connection; the owner is told. */
    static OwnServer ask(Owner owner, ServerPool pool, Map<String, String> parameters, CancelSender cancels) {
        OwnServer own = new OwnServer(owner, pool, Replication.of(parameters) == Replication.NONE, cancels);
        pool.ask(own, parameters);
        return own;
    }

    // ---- the pool ----

    @Override
    void arrived(PooledServer given) {
        attach(given);
        owner.ready(given.parameters(), given.takeNotices(), given.contents().processId());
    }

    @Override
    public void refused(PgError error) {
        owner.asEvent(() -> owner.refused(error));
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
            if (resting != null && !hasEnded()) {
                messages.release();
                giveBack(to, resting);
                serverEnded();
                owner.wake();
                return;
            }
        }
        boundary.wrote(messages);
        to.link().write(messages);
        wrote();
    }

    @Override
    public boolean isWritable() {
        return server == null || server.link().isWritable();
    }

    @Override
    @Nullable
    Frame next() {
        PooledServer from = server;
        Frame frame = from == null ? null : from.link().poll();
        if (from != null && frame != null) {
            from.saw(frame);
            boundary.received(frame);
        }
        return frame;
    }

    @Override
    public CompletionStage<?> cancel() {
        return cancelOn(server);
    }

    @Override
    public void hold(boolean held) {
        // It is the session's own anyway.
    }

    @Override
    public void leave() {
        if (hasLeft()) {
            return;
        }
        part();
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
        part();
        pool.giveBack(mine, resting, boundary.used());
    }
}
