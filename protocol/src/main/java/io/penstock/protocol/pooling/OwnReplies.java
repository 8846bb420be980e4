package io.penstock.protocol.pooling;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Answers that the client gets without a server, in their turn among the server's. */
final class OwnReplies {
    private static final byte[] PARSE_COMPLETE = {BackendType.PARSE_COMPLETE, 0, 0, 0, 4};
    private static final byte[] CLOSE_COMPLETE = {BackendType.CLOSE_COMPLETE, 0, 0, 0, 4};
    private static final byte[] READY = {BackendType.READY_FOR_QUERY, 0, 0, 0, 5, 'I'};

    private final OwedQueue owed;
    private final ArrayDeque<Frame> ready = new ArrayDeque<>(0);

    OwnReplies(OwedQueue owed) {
        this.owed = owed;
    }

    @Nullable
    Frame poll() {
        return ready.poll();
    }

    void release() {
        ready.forEach(Frame::release);
        ready.clear();
    }

    /** As soon as everything before it has been answered. */
    void addInTurn(Owed answer) {
        owed.add(answer);
        giveKnown();
    }

    void giveKnown() {
        while (true) {
            switch (owed.head()) {
                case Owed.KnownParse _ -> add(PARSE_COMPLETE);
                case Owed.KnownClose _ -> add(CLOSE_COMPLETE);
                case Owed.CopyEnd _ -> {}
                case null, default -> {
                    return;
                }
            }
            owed.pop();
        }
    }

    /** ReadyForQuery in no transaction. */
    void addReady() {
        add(READY);
    }

    private void add(byte[] message) {
        ready.add(new Frame(message[0], Unpooled.copiedBuffer(message)));
    }

    /** Takes the frame over. */
    void add(Frame frame) {
        ready.add(frame);
    }

    void add(BackendMessage message) {
        ByteBuf bytes = Unpooled.buffer();
        BackendMessages.encode(message, bytes);
        ready.add(new Frame(bytes.getByte(0), bytes));
    }
}
