package io.penstock.node.pool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.Future;
import io.penstock.node.backend.ServerLink;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage.ReadyForQuery;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import io.penstock.protocol.message.TransactionStatus;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes away what a client has left in a server's session: its transaction is rolled back, then DISCARD ALL. Postgres says whether it
 * worked; a connection that answers anything but the end of both is not used again.
 */
final class Cleaning implements ServerLink.Receiver {
    /** Dropping temporary tables takes locks; waiting longer for them costs more than a new connection. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final PooledServer server;
    private final Consumer<Boolean> done;
    private int awaited;
    private boolean failed;
    private boolean over;
    private @Nullable Future<?> timeout;

    private Cleaning(PooledServer server, Consumer<Boolean> done) {
        this.server = server;
        this.done = done;
    }

    /**
     * Cleans a connection that rests, on its loop.
     *
     * @param done told, once, whether it is as fresh from its login
     */
    static void begin(PooledServer server, TransactionStatus status, Consumer<Boolean> done) {
        new Cleaning(server, done).begin(status);
    }

    private void begin(TransactionStatus status) {
        ServerLink link = server.link();
        timeout = server.eventLoop().schedule(() -> end(false), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        link.receive(this);
        if (over) {
            return; // closed meanwhile
        }
        ByteBuf messages = ByteBufAllocator.DEFAULT.buffer(64);
        if (status != TransactionStatus.IDLE) {
            FrontendMessages.encode(new FrontendMessage.Query("ROLLBACK"), messages);
            awaited++;
        }
        FrontendMessages.encode(new FrontendMessage.Query("DISCARD ALL"), messages);
        awaited++;
        link.write(messages);
        link.flush();
        link.request();
    }

    @Override
    public void readable() {
        try {
            for (Frame frame = server.link().poll();
                    frame != null;
                    frame = server.link().poll()) {
                try {
                    take(frame);
                } finally {
                    frame.release();
                }
                if (over) {
                    return;
                }
            }
        } catch (ProtocolViolation violation) {
            end(false);
            return;
        }
        server.link().request();
    }

    private void take(Frame frame) {
        server.saw(frame);
        if (frame.is(BackendType.ERROR_RESPONSE)) {
            failed = true;
        } else if (frame.is(BackendType.READY_FOR_QUERY)) {
            awaited--;
            failed |= ((ReadyForQuery) BackendMessages.decode(frame)).status() != TransactionStatus.IDLE;
            if (awaited == 0) {
                end(!failed);
            }
        }
    }

    private void end(boolean clean) {
        if (!over) {
            over = true;
            if (timeout != null) {
                timeout.cancel(false);
            }
            done.accept(clean);
        }
    }

    @Override
    public void writable() {
        // Two short messages fit.
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        end(false);
    }
}
