package io.penstock.node.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.penstock.node.mutation.MutationRunner;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.session.MutationRequest;
import io.penstock.protocol.session.SessionEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a session's mutation sits, one at a time: between the session, which starts it and gives it what its server says, and the runner,
 * whose events become the session's. Meanwhile the client keeps its server. Used on the client's event loop only.
 *
 * <p>What the mutation does next waits until no cancel request is under way: it would hit that.
 */
final class MutationSeat implements MutationRunner.Session {
    private final SessionLogic stage;
    private final SessionCancels cancels;
    private @Nullable MutationRunner runner;
    private MutationRunner.@Nullable Running mutation;

    MutationSeat(SessionLogic stage, SessionCancels cancels) {
        this.stage = stage;
        this.cancels = cancels;
    }

    /** The client has come to a database: this runs its mutations. */
    void runBy(MutationRunner ofDatabase) {
        runner = ofDatabase;
    }

    boolean isTaken() {
        return mutation != null;
    }

    // ---- what the session wants ----

    void run(MutationRequest request) {
        if (runner == null) {
            throw new IllegalStateException("a mutation before there is a database");
        }
        stage.holdServer(true);
        mutation = runner.start(request, this);
    }

    void serverSays(Frame frame) {
        if (mutation == null) {
            frame.release();
        } else {
            mutation.serverSays(frame);
        }
    }

    void serverLost() {
        if (mutation != null) {
            mutation.serverLost();
        }
    }

    void cancel() {
        if (mutation != null) {
            mutation.cancel();
        }
    }

    /** Nobody waits for the answer any more. */
    void orphaned() {
        if (mutation != null) {
            mutation.orphaned();
        }
    }

    // ---- what the mutation asks of its session ----

    @Override
    public EventLoop loop() {
        return stage.loop();
    }

    @Override
    public String user() {
        return stage.user();
    }

    @Override
    public void cancelStep() {
        cancels.send();
    }

    @Override
    public void sendToServer(ByteBuf messages) {
        stage.post(() -> cancels.behind(() -> stage.handle(new SessionEvent.MutationSends(messages))));
    }

    @Override
    public void finished(List<Frame> toClient, boolean failed, boolean serverFailed) {
        ended(new SessionEvent.MutationFinished(toClient, failed, serverFailed));
    }

    @Override
    public void declined() {
        ended(new SessionEvent.MutationDeclined());
    }

    private void ended(SessionEvent how) {
        stage.post(() -> cancels.behind(() -> {
            mutation = null;
            stage.handle(how);
            stage.holdServer(mutation != null); // the session may have begun the next one
        }));
    }
}
