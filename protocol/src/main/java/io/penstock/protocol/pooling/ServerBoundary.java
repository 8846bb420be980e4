package io.penstock.protocol.pooling;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendType;
import io.penstock.protocol.message.BackendMessage.ReadyForQuery;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.TransactionStatus;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Whether a server connection rests: it has answered everything with ReadyForQuery, and nothing was sent since. Only then can it be
 * cleaned and given to somebody else.
 *
 * <pre>
 * message                              what happens
 * to it:   Query, FunctionCall, Sync   one more ReadyForQuery is owed; what was sent before belongs to it
 *          Sync while it reads COPY    nothing: it is ignored there
 *          Flush, COPY data, Terminate nothing
 *          any other                   no rest until a Sync
 * from it: ReadyForQuery               one less is owed; none was: out of step for ever
 *          CopyInResponse              the Sync on its way is ignored, so that its answer is owed no more
 *          asynchronous                nothing
 *          any other                   while it rests: out of step for ever
 * </pre>
 *
 * <p>In doubt it does not rest, and its connection is closed instead of being used again.
 */
public final class ServerBoundary {
    private final ArrayDeque<Byte> owed = new ArrayDeque<>(4);
    private boolean open;
    private boolean copyIn;
    private boolean outOfStep;
    private boolean used;
    private TransactionStatus status = TransactionStatus.IDLE;

    /** Whole messages leave for the server; they are looked at and not taken. */
    public void wrote(ByteBuf messages) {
        int at = messages.readerIndex();
        while (at + Frame.HEADER_BYTES <= messages.writerIndex()) {
            wrote(messages.getByte(at));
            at += 1 + messages.getInt(at + 1);
        }
    }

    private void wrote(byte type) {
        switch (type) {
            case FrontendType.QUERY, FrontendType.FUNCTION_CALL -> owe(type);
            case FrontendType.SYNC -> {
                if (!copyIn) {
                    owe(type);
                }
            }
            case FrontendType.COPY_DONE, FrontendType.COPY_FAIL -> copyIn = false;
            case FrontendType.COPY_DATA, FrontendType.FLUSH, FrontendType.TERMINATE -> {}
            default -> {
                used = true;
                open = true;
            }
        }
    }

    private void owe(byte type) {
        used = true;
        owed.add(type);
        open = false;
    }

    /** A message of the server, which is looked at and not taken. */
    public void received(Frame frame) {
        switch (frame.type()) {
            case BackendType.DATA_ROW,
                    BackendType.COPY_DATA,
                    BackendType.NOTICE_RESPONSE,
                    BackendType.NOTIFICATION_RESPONSE,
                    BackendType.PARAMETER_STATUS -> {}
            case BackendType.READY_FOR_QUERY -> {
                copyIn = false;
                if (owed.poll() == null) {
                    outOfStep = true;
                } else {
                    status = ((ReadyForQuery) BackendMessages.decode(frame)).status();
                }
            }
            case BackendType.COPY_IN_RESPONSE -> {
                copyIn = true;
                Byte request = owed.peek();
                if (request != null && request == FrontendType.SYNC) {
                    owed.remove();
                    open = true;
                }
            }
            case BackendType.ERROR_RESPONSE -> {
                copyIn = false;
                outOfStep |= atRest();
            }
            default -> outOfStep |= atRest();
        }
    }

    private boolean atRest() {
        return owed.isEmpty() && !open;
    }

    /** The transaction status in which it rests, or null. */
    public @Nullable TransactionStatus resting() {
        return atRest() && !outOfStep ? status : null;
    }

    /** Whether anything was asked of the server that may have left something in its session. */
    public boolean used() {
        return used;
    }
}
