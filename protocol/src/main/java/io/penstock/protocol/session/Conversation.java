package io.penstock.protocol.session;

import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendType;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.TransactionStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session after the login: it holds what the parts share and decides whose turn it is.
 *
 * <p>Either the client's messages go straight on to the server ({@link ClientRequests}) and its answers to the client
 * ({@link ServerReplies}), or something is <em>held</em>: then the client's messages wait, until what was held has been done.
 *
 * <pre>
 * client's message --> held? --yes--> WaitingMessages
 *                        no
 *                        v
 *                  ClientRequests --ordinary--> server, Expectation at the tail of the queue
 *                        |
 *                  may be a mutation: Expectation.Held at the tail, Flush
 *                                                |
 * server's message --> ServerReplies <-----------+ at the head: everything before has been answered
 *                                                v
 *                           HeldExecute or SimpleQueryRun --> MutationTurn --> the client's messages go on
 * </pre>
 *
 * <p>A CancelRequest hits whatever the server does when it comes. So it is sent only while the server owes something, and until it has
 * been delivered the client's next messages wait.
 */
final class Conversation {
    private final SessionSettings settings;
    private final SessionEffects effects;
    private final Outgoing out;
    private final ServerMemory memory;
    private final ExpectationQueue queue = new ExpectationQueue();
    private final WaitingMessages waiting = new WaitingMessages();
    private final HiddenMessages hidden;
    private final MutationTurn mutation;
    private final ClientRequests requests;
    private final ServerReplies replies;
    private final HeldExecute heldExecute;
    private final Ending ending;

    private @Nullable SimpleQueryRun run;
    private @Nullable Frame withheld;
    private boolean held;
    private boolean skipping;
    private boolean copyIn;
    private boolean draining;
    private boolean paused;
    /** CancelRequests that the server may still get. */
    private int cancels;

    Conversation(
            SessionSettings settings, SessionEffects effects, Outgoing out, ServerMemory memory, Statements texts) {
        this.settings = settings;
        this.effects = effects;
        this.out = out;
        this.memory = memory;
        this.hidden = new HiddenMessages(out, queue, memory);
        this.mutation = new MutationTurn(effects, out, memory);
        this.requests = new ClientRequests(this, texts, settings.relayFunctionCalls());
        this.replies = new ServerReplies(this);
        this.heldExecute = new HeldExecute(this);
        this.ending = new Ending(this, effects);
    }

    Outgoing out() {
        return out;
    }

    ServerMemory memory() {
        return memory;
    }

    ExpectationQueue queue() {
        return queue;
    }

    HiddenMessages hidden() {
        return hidden;
    }

    MutationTurn mutation() {
        return mutation;
    }

    Ending ending() {
        return ending;
    }

    // ---- client ----

    /** Takes the frame over. */
    void fromClient(Frame frame) {
        if (ending.ignoresClient()) {
            frame.release();
            return;
        }
        boolean overtakes = copyIn && isCopy(frame);
        if ((blocked() && !overtakes) || !waiting.isEmpty()) {
            waiting.add(frame);
        } else {
            requests.accept(frame);
        }
        limit();
    }

    /** Whether the client is owed nothing. */
    boolean rests() {
        return queue.isEmpty() && waiting.isEmpty() && !held;
    }

    /** See {@link Session#resting}. */
    @Nullable
    TransactionStatus resting() {
        if (!rests() || mutation.running()) {
            return null;
        }
        TransactionTracker transaction = memory.transaction();
        return transaction.status() == TransactionStatus.IDLE && transaction.dirty()
                ? TransactionStatus.IN_BLOCK
                : transaction.status();
    }

    private boolean blocked() {
        return held || cancels > 0;
    }

    private static boolean isCopy(Frame frame) {
        return frame.is(FrontendType.COPY_DATA) || frame.is(FrontendType.COPY_DONE) || frame.is(FrontendType.COPY_FAIL);
    }

    /** Lets the work wait until everything before it has been answered, and the client's next messages behind it. */
    void hold(HeldWork work) {
        held = true;
        boolean atOnce = queue.isEmpty();
        queue.add(new Expectation.Held(work));
        if (atOnce) {
            advance();
        } else {
            out.toServer(new FrontendMessage.Flush());
        }
    }

    /** What was held has been done. */
    void release() {
        held = false;
        drain();
    }

    private void drain() {
        if (draining) {
            return; // further up in the stack: a client may send any number of statements that are answered at once
        }
        draining = true;
        while (!blocked() && !ending.ignoresClient()) {
            Frame next = waiting.poll();
            if (next == null) {
                break;
            }
            requests.accept(next);
        }
        draining = false;
        limit();
    }

    /** Bounds what one client can make us remember. */
    private void limit() {
        if (!paused && (waiting.bytes() > settings.waitingBytes() || queue.size() > settings.expectations())) {
            paused = true;
            effects.pauseClient();
            if (!held) {
                // The server may have answered and not sent it yet; without this both sides would wait.
                out.toServer(new FrontendMessage.Flush());
            }
        } else if (paused && waiting.isEmpty() && queue.size() <= settings.expectations() / 2) {
            paused = false;
            effects.resumeClient();
        }
    }

    /** The client's messages are skipped up to its next Sync. */
    void skipUntilSync() {
        skipping = true;
    }

    boolean skipping() {
        return skipping;
    }

    /**
     * Sync, of the client's or at the end of a simple query: with it ends the block that the session has opened.
     *
     * @return whether the client's next messages have to wait for the answer
     */
    boolean sync() {
        skipping = false;
        boolean hiddenBlock = memory.hiddenBlock() != ServerMemory.HiddenBlock.NONE;
        if (hiddenBlock) {
            hidden.commit();
        }
        queue.add(new Expectation.Sync());
        out.toServer(new FrontendMessage.Sync());
        if (hiddenBlock) {
            // If the block has failed it must be rolled back before the client's next message.
            held = true;
            queue.add(new Expectation.Held(new HeldWork.Resume()));
        }
        return hiddenBlock;
    }

    /** The client copies data in, and has not ended them. */
    void copyIn(boolean begins) {
        copyIn = begins;
    }

    boolean copyIn() {
        return copyIn;
    }

    /** Relays a simple query as it came. Takes the frame over. */
    void relay(Frame query, List<QueryStatement> statements) {
        requests.relay(query, statements);
    }

    /** A block that the session had opened has failed: the client's next message must find none. */
    void rollbackHiddenBlock() {
        queue.dropResume();
        hidden.rollback();
        queue.add(new Expectation.Sync());
        out.toServer(new FrontendMessage.Sync());
        queue.add(new Expectation.Held(new HeldWork.Resume()));
    }

    // ---- server ----

    /** Takes the frame over. */
    void fromServer(Frame frame) {
        if (ending.ended()) {
            frame.release();
            return;
        }
        replies.accept(frame);
        if (paused) {
            limit();
        }
    }

    /** An answer has been taken from the queue: begins what waited for that. */
    void advance() {
        while (queue.head() instanceof Expectation.CopyEnd) {
            queue.pop();
        }
        if (queue.head() instanceof Expectation.Held(HeldWork work)) {
            queue.pop();
            begin(work);
        }
    }

    private void begin(HeldWork work) {
        switch (work) {
            case HeldWork.Execute execute -> heldExecute.begin(execute);
            case HeldWork.Query query -> {
                run = new SimpleQueryRun(this, query);
                run.begin();
            }
            case HeldWork.Failure failure -> {
                if (failure.simpleQuery()) {
                    run = SimpleQueryRun.failing(this, failure.error());
                    run.begin();
                } else {
                    fail(failure.error());
                }
            }
            case HeldWork.Resume _ -> {
                if (run == null) {
                    release();
                } else {
                    run.next();
                }
            }
        }
    }

    /** The server has reported an error in the extended protocol and skips. */
    void serverSkips() {
        copyIn = false;
        boolean syncSent = queue.dropUntilSync();
        if (run != null) {
            run.serverFailed();
        } else if (!syncSent) {
            skipping = true;
            release();
        } else {
            advance();
        }
    }

    /**
     * One statement of the running simple query has been completed by the server. Takes the frame over.
     *
     * <p>Postgres ends the implicit transaction before it completes the last statement of a query: if that fails, there is an error in
     * the place of the completion. So the last one waits for ReadyForQuery.
     */
    void stepped(Frame completion) {
        SimpleQueryRun stepping = run;
        if (stepping == null) {
            out.toClient(completion);
            return;
        }
        if (stepping.last()) {
            withheld = completion;
        } else {
            out.toClient(completion);
        }
        stepping.stepped();
    }

    /** Whether a simple query is being run statement by statement. */
    boolean running() {
        return run != null;
    }

    /** ReadyForQuery comes: the query has ended well. */
    void giveWithheld() {
        if (withheld != null) {
            out.toClient(withheld);
            withheld = null;
        }
    }

    /** An error comes in its place. */
    void dropWithheld() {
        if (withheld != null) {
            withheld.release();
            withheld = null;
        }
    }

    /** The simple query is over, but for a ReadyForQuery that may be waited for. */
    void runEnded(boolean waitsForReady) {
        run = null;
        if (!waitsForReady) {
            release();
        }
    }

    /** An error of the session's own in the extended protocol, in the place of an answer that the client waits for. */
    void fail(PgError error) {
        out.error(error);
        failed(false);
    }

    /** The client has been told of an error that the server may not know of. */
    void failed(boolean serverFailed) {
        if (!serverFailed) {
            hidden.poison();
        }
        skipping = true;
        release();
    }

    // ---- mutations ----

    void mutationFinished(SessionEvent.MutationFinished finished) {
        if (!mutation.running()) {
            finished.toClient().forEach(Frame::release);
            return;
        }
        mutation.ended();
        if (ending.pending()) {
            finished.toClient().forEach(out::toClient);
            ending.afterMutation();
        } else if (run != null) {
            run.mutationFinished(finished);
        } else {
            heldExecute.mutationFinished(finished);
        }
    }

    void mutationDeclined() {
        if (!mutation.running()) {
            return;
        }
        mutation.ended();
        if (ending.pending()) {
            ending.afterMutation();
        } else if (run != null) {
            run.mutationDeclined();
        } else {
            heldExecute.mutationDeclined();
        }
    }

    void cancel() {
        if (mutation.running()) {
            effects.cancelMutation();
        } else if (!queue.isEmpty()) {
            cancels++;
            effects.cancelServer();
        }
    }

    void cancelDelivered() {
        if (cancels > 0) {
            cancels--;
            drain();
        }
    }

    /** Both sides have gone, or are going: what is kept is let go. */
    void clear() {
        dropWithheld();
        waiting.clear();
        queue.clear();
        heldExecute.clear();
        if (run != null) {
            run.clear();
            run = null;
        }
        memory.portals().clear();
    }
}
