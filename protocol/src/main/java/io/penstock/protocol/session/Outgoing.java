package io.penstock.protocol.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendType;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import io.penstock.protocol.message.TransactionStatus;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** What goes out to client and server, as messages; to a client that has gone, nothing. */
final class Outgoing {
    private final SessionEffects effects;
    private final ByteBufAllocator allocator;
    private boolean clientGone;

    Outgoing(SessionEffects effects, ByteBufAllocator allocator) {
        this.effects = effects;
        this.allocator = allocator;
    }

    SessionEffects effects() {
        return effects;
    }

    /** Nobody hears us any more. */
    void clientGone() {
        clientGone = true;
    }

    /** Takes the frame over. */
    void toClient(Frame frame) {
        toClient(frame.bytes());
    }

    void toClient(ByteBuf bytes) {
        if (clientGone) {
            bytes.release();
        } else {
            effects.toClient(bytes);
        }
    }

    void toClient(BackendMessage... messages) {
        if (clientGone) {
            return;
        }
        ByteBuf bytes = allocator.buffer();
        for (BackendMessage message : messages) {
            BackendMessages.encode(message, bytes);
        }
        effects.toClient(bytes);
    }

    /** A Terminate that the client did not send itself. */
    Frame terminate() {
        ByteBuf bytes = allocator.buffer();
        FrontendMessages.encode(new FrontendMessage.Terminate(), bytes);
        return new Frame(FrontendType.TERMINATE, bytes);
    }

    void error(PgError error) {
        toClient(BackendMessage.ErrorResponse.of(error));
    }

    void ready(TransactionStatus status) {
        toClient(new BackendMessage.ReadyForQuery(status));
    }

    /** Takes the frame over. */
    void toServer(Frame frame) {
        effects.toServer(frame.bytes());
    }

    void toServer(FrontendMessage... messages) {
        toServer(StandardCharsets.UTF_8, messages);
    }

    /** Messages with text of the client's, in its encoding. */
    void toServer(Charset charset, FrontendMessage... messages) {
        ByteBuf bytes = allocator.buffer();
        for (FrontendMessage message : messages) {
            FrontendMessages.encode(message, bytes, charset);
        }
        effects.toServer(bytes);
    }
}
