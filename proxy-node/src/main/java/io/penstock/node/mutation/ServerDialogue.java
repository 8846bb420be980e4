package io.penstock.node.mutation;

import io.netty.buffer.ByteBuf;
import io.penstock.node.backend.ExchangeResult;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.TransactionStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A mutation's talk with the client's own server connection: exchanges that end with ReadyForQuery, one after the other. On the session's loop. */
final class ServerDialogue {
    private final Consumer<ByteBuf> send;
    private final Queue<CompletableFuture<ExchangeResult>> waiting = new ArrayDeque<>();
    private List<Frame> frames = new ArrayList<>();
    private @Nullable Frame firstError;
    private TransactionStatus status;
    private boolean lost;

    ServerDialogue(Consumer<ByteBuf> send, TransactionStatus status) {
        this.send = send;
        this.status = status;
    }

    /** Fails with {@link Lost} where the connection is gone. */
    CompletionStage<ExchangeResult> exchange(ByteBuf messages) {
        CompletableFuture<ExchangeResult> answer = new CompletableFuture<>();
        if (lost) {
            messages.release();
            answer.completeExceptionally(new Lost());
            return answer;
        }
        waiting.add(answer);
        send.accept(messages);
        return answer;
    }

    void take(Frame frame) {
        if (frame.is('E') && firstError == null) {
            // As the server wrote it: with the position and whatever else a later Postgres may add.
            firstError = new Frame(frame.type(), frame.bytes().copy());
        }
        frames.add(frame);
        if (frame.is('Z')) {
            List<Frame> whole = frames;
            frames = new ArrayList<>();
            ExchangeResult result = ExchangeResult.read(whole);
            status = result.status();
            CompletableFuture<ExchangeResult> answer = waiting.poll();
            if (answer != null) {
                answer.complete(result);
            }
        }
    }

    void lose() {
        lost = true;
        frames.forEach(Frame::release);
        frames = new ArrayList<>();
        while (!waiting.isEmpty()) {
            waiting.remove().completeExceptionally(new Lost());
        }
    }

    /** Whether an answer is still to come: until then the connection is not the session's. */
    boolean isBusy() {
        return !waiting.isEmpty();
    }

    /** The transaction status at the end of the last exchange. */
    TransactionStatus status() {
        return status;
    }

    /** The first error that the server reported, byte for byte; the caller owns it. */
    @Nullable
    Frame takeError() {
        Frame error = firstError;
        firstError = null;
        return error;
    }

    /** The client's server connection broke. */
    static final class Lost extends Exception {
        private static final long serialVersionUID = 1L;

        Lost() {
            super(ErrorCode.SERVER_LOST.error().message(), null, false, false);
        }
    }
}
