package io.penstock.node.pool;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.penstock.node.backend.ServerLink;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage.DataRow;
import io.penstock.protocol.message.BackendMessage.ReadyForQuery;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.TransactionStatus;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks something of a server that rests between two clients, and reads until it rests again, or until patience ends. */
final class RestExchange implements ServerLink.Receiver {
    private final PooledServer server;
    private final Consumer<@Nullable Answer> done;
    private int awaited;
    private boolean failed;
    private boolean over;
    private byte @Nullable [] value;
    private @Nullable Future<?> timeout;

    /**
     * What the server has said.
     *
     * @param failed whether anything was an error, or left it in a transaction
     * @param value the first column of the last row; null if there was none
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, by whoever asked
    record Answer(boolean failed, byte @Nullable [] value) {}

    private RestExchange(PooledServer server, int queries, Consumer<@Nullable Answer> done) {
        this.server = server;
        this.awaited = queries;
        this.done = done;
    }

    /**
     * Sends messages over a connection that rests, on its loop.
     *
     * @param queries how many of them are answered by ReadyForQuery
     * @param done told once; null where the connection is of no use any more
     */
    static void begin(
            PooledServer server, ByteBuf messages, int queries, Duration patience, Consumer<@Nullable Answer> done) {
        new RestExchange(server, queries, done).begin(messages, patience);
    }

    private void begin(ByteBuf messages, Duration patience) {
        ServerLink link = server.link();
        timeout = server.eventLoop().schedule(() -> end(null), patience.toMillis(), TimeUnit.MILLISECONDS);
        link.receive(this);
        if (over) {
            messages.release();
            return; // closed meanwhile
        }
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
            end(null);
            return;
        }
        server.link().request();
    }

    private void take(Frame frame) {
        server.saw(frame);
        switch (frame.type()) {
            case BackendType.ERROR_RESPONSE -> failed = true;
            case BackendType.DATA_ROW ->
                value = ((DataRow) BackendMessages.decode(frame)).values().getFirst();
            case BackendType.READY_FOR_QUERY -> {
                awaited--;
                failed |= ((ReadyForQuery) BackendMessages.decode(frame)).status() != TransactionStatus.IDLE;
                if (awaited == 0) {
                    end(new Answer(failed, value));
                }
            }
            default -> {}
        }
    }

    private void end(@Nullable Answer answer) {
        if (!over) {
            over = true;
            if (timeout != null) {
                timeout.cancel(false);
            }
            done.accept(answer);
        }
    }

    @Override
    public void writable() {
        // Short messages fit.
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        end(null);
    }
}
