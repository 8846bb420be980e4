package io.penstock.node.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.penstock.node.backend.ServerFailure.Lost;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.frame.BackendType;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage.ErrorResponse;
import io.penstock.protocol.message.BackendMessage.ParameterStatus;
import io.penstock.protocol.message.BackendMessage.ReadyForQuery;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.TransactionStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Our own client of a Postgres server: messages out, the frames of the answer back. It may be called from any thread.
 *
 * <p>What is in flight is a FIFO of exchanges, each answered by the frames up to its ReadyForQuery; the next exchange may be sent before
 * the last is answered. Results are completed on the connection's event loop: who has more to do than to look at them goes elsewhere
 * ({@code thenApplyAsync}).
 */
public final class ServerConnection {
    /** An answer is held as a whole; ours are rows of one API request. Who reads more than this reads through a portal, piece by piece. */
    static final long LARGEST_ANSWER_BYTES = 64L << 20;

    private final ServerLink link;
    private final PreparedNames preparedNames = new PreparedNames();
    private final CompletableFuture<ServerFailure> ended = new CompletableFuture<>();

    // Of the event loop alone.
    private final Queue<Exchange> inFlight = new ArrayDeque<>();
    private @Nullable PgError lastWords;

    /** Exchanges not answered yet, those among them that have still to hop to the loop. */
    private final AtomicInteger outstanding = new AtomicInteger();

    private volatile TransactionStatus status = TransactionStatus.IDLE;
    private volatile Map<String, String> parameters;

    private ServerConnection(ServerLink link) {
        this.link = link;
        this.parameters = link.greeting().parameters();
    }

    /** Takes the link over. */
    public static ServerConnection over(ServerLink link) {
        ServerConnection connection = new ServerConnection(link);
        connection.onLoop(() -> {
            link.receive(connection.new Answers());
            link.request();
        });
        return connection;
    }

    /**
     * Sends messages that end with exactly one Query or one Sync (or end a COPY of a Query), and takes over the buffer.
     *
     * @return all frames of the answer, ReadyForQuery last; asynchronous ones that came in between (notices, notifications, parameter
     *     changes) among them. The caller releases them ({@link ExchangeResult#read} does). An error of the statement is an ErrorResponse
     *     among the frames and no failure. Fails with {@link Lost} if the connection ends first, or ends because the answer is larger than
     *     {@value #LARGEST_ANSWER_BYTES} bytes: what the messages did is then unknown.
     */
    public CompletionStage<List<Frame>> exchange(ByteBuf messages) {
        Exchange exchange = new Exchange();
        outstanding.incrementAndGet();
        onLoop(() -> {
            @Nullable ServerFailure failure = ended.getNow(null);
            if (failure != null) {
                messages.release();
                exchange.fail(failure);
                return;
            }
            inFlight.add(exchange);
            link.write(messages);
            link.flush();
        });
        return exchange.answer;
    }

    /** {@link #exchange}, read. */
    public CompletionStage<ExchangeResult> run(ByteBuf messages) {
        return exchange(messages).thenApply(ExchangeResult::read);
    }

    /**
     * Does with what this connection keeps prepared what has to be done in one go: on the event loop, where alone it is used, as the answer to one
     * exchange may come while another thread composes the next. In the order of the calls; for whoever has the connection to itself.
     */
    public <T> CompletionStage<T> withPreparedNames(Function<PreparedNames, CompletionStage<T>> use) {
        CompletableFuture<T> done = new CompletableFuture<>();
        outstanding.incrementAndGet();
        onLoop(() -> {
            try {
                use.apply(preparedNames).whenComplete((result, failure) -> {
                    if (failure == null) {
                        done.complete(result);
                    } else {
                        done.completeExceptionally(failure);
                    }
                });
            } catch (RuntimeException | Error defect) {
                done.completeExceptionally(defect);
            } finally {
                outstanding.decrementAndGet();
            }
        });
        return done;
    }

    /** The process id of the server's backend, as {@code pg_backend_pid()}; 0 if the server did not tell. */
    public int processId() {
        var key = link.greeting().key();
        return key == null ? 0 : key.processId();
    }

    /** The settings that the server reports, as they are now. */
    public Map<String, String> parameters() {
        return parameters;
    }

    /** The transaction status at the end of the last exchange that was answered. */
    public TransactionStatus status() {
        return status;
    }

    /** Asks the server to cancel what is running here; see {@link CancelSender#send} for when it is done. */
    public CompletionStage<Void> cancel(CancelSender sender) {
        var key = link.greeting().key();
        if (key == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("the server gave no cancel key"));
        }
        return sender.send(link.serverAddress(), key, link.eventLoop());
    }

    public EventLoop eventLoop() {
        return link.eventLoop();
    }

    public boolean isOpen() {
        return !ended.isDone();
    }

    /** Whether it is open, outside of a transaction and has answered everything: whether somebody else may use it. */
    public boolean isQuiet() {
        return isOpen() && outstanding.get() == 0 && status == TransactionStatus.IDLE;
    }

    /** Done, and never failed, when the connection has ended for whatever reason, with that reason. */
    public CompletionStage<ServerFailure> ended() {
        return ended;
    }

    /** Says Terminate and closes. Exchanges that are not answered yet fail. */
    public void close() {
        onLoop(() -> {
            link.close();
            end(null);
        });
    }

    private void onLoop(Runnable action) {
        if (link.eventLoop().inEventLoop()) {
            action.run();
        } else {
            link.eventLoop().execute(action);
        }
    }

    private void end(@Nullable Throwable cause) {
        ServerFailure failure = new Lost(lastWords, cause);
        if (ended.complete(failure)) {
            for (Exchange exchange = inFlight.poll(); exchange != null; exchange = inFlight.poll()) {
                exchange.fail(failure);
            }
        }
    }

    private void answered(Frame frame) {
        switch (frame.type()) {
            case BackendType.READY_FOR_QUERY -> status = ((ReadyForQuery) BackendMessages.decode(frame)).status();
            case BackendType.PARAMETER_STATUS -> parameter((ParameterStatus) BackendMessages.decode(frame));
            case BackendType.ERROR_RESPONSE -> {
                PgError error = ((ErrorResponse) BackendMessages.decode(frame)).error();
                if (error.severity().endsSession()) {
                    lastWords = error;
                }
            }
            default -> {
                // for the exchange alone
            }
        }
    }

    private void parameter(ParameterStatus changed) {
        Map<String, String> now = new HashMap<>(parameters);
        now.put(changed.name(), changed.value());
        parameters = Map.copyOf(now);
    }

    /** One group of messages on its way. */
    private final class Exchange {
        final CompletableFuture<List<Frame>> answer = new CompletableFuture<>();
        private final List<Frame> frames = new ArrayList<>();
        private long bytes;

        /** Takes the frame over; false if the answer has become too large. */
        boolean add(Frame frame) {
            frames.add(frame);
            bytes += frame.length();
            return bytes <= LARGEST_ANSWER_BYTES;
        }

        void complete() {
            outstanding.decrementAndGet();
            if (!answer.complete(frames)) {
                frames.forEach(Frame::release); // nobody waits any more
            }
        }

        void fail(ServerFailure failure) {
            outstanding.decrementAndGet();
            frames.forEach(Frame::release);
            answer.completeExceptionally(failure);
        }
    }

    /** Deals the frames out to the exchanges. */
    private final class Answers implements ServerLink.Receiver {
        @Override
        public void readable() {
            poll();
            if (isOpen()) {
                link.request();
            }
        }

        private void poll() {
            for (Frame frame = link.poll(); frame != null; frame = link.poll()) {
                try {
                    answered(frame);
                } catch (ProtocolViolation violation) {
                    frame.release();
                    breakOff(violation);
                    return;
                }
                @Nullable Exchange first = inFlight.peek();
                if (first == null) {
                    frame.release(); // a notice between statements
                    continue;
                }
                if (!first.add(frame)) {
                    breakOff(new IllegalStateException("an answer of more than " + LARGEST_ANSWER_BYTES + " bytes"));
                    return;
                }
                if (frame.is(BackendType.READY_FOR_QUERY)) {
                    inFlight.remove();
                    first.complete();
                }
            }
        }

        private void breakOff(Exception cause) {
            link.abort();
            end(cause);
        }

        @Override
        public void writable() {
            // What we send is bounded by what our callers have in flight.
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            poll();
            link.close();
            end(cause);
        }
    }
}
