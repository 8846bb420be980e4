package io.penstock.node.pool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import io.penstock.protocol.message.TransactionStatus;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Takes away what a client has left in a server's session: its transaction is rolled back, then DISCARD ALL. Postgres says whether it
 * worked; a connection that answers anything but the end of both is not used again.
 */
final class Cleaning {
    /** Dropping temporary tables takes locks; waiting longer for them costs more than a new connection. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Cleaning() {}

    /**
     * Cleans a connection that rests, on its loop.
     *
     * @param done told, once, whether it is as fresh from its login
     */
    static void begin(PooledServer server, TransactionStatus status, Consumer<Boolean> done) {
        ByteBuf messages = ByteBufAllocator.DEFAULT.buffer(64);
        boolean inTransaction = status != TransactionStatus.IDLE;
        if (inTransaction) {
            FrontendMessages.encode(new FrontendMessage.Query("ROLLBACK"), messages);
        }
        FrontendMessages.encode(new FrontendMessage.Query("DISCARD ALL"), messages);
        RestExchange.begin(server, messages, inTransaction ? 2 : 1, PATIENCE, answer -> {
            boolean clean = answer != null && !answer.failed();
            if (clean) {
                server.contents().clear();
            }
            done.accept(clean);
        });
    }
}
