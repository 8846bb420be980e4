package io.penstock.node.mutation;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.session.MutationRequest;
import java.util.List;
import java.util.concurrent.Executor;

/** Runs the mutations of one session, one at a time. Everything is called on the session's own event loop, in both directions. */
public interface MutationRunner {
    /** Begins; the session learns of the end by {@link Session#finished} or {@link Session#declined}, exactly once and never within this call. */
    Running start(MutationRequest request, Session session);

    /** A mutation under way. */
    interface Running {
        /** A message of the client's server connection; the mutation owns it. */
        void serverSays(Frame frame);

        /** The client's server connection is gone. */
        void serverLost();

        /** The client wants it cancelled: done where nothing has been sent to the API yet, else without effect. */
        void cancel();

        /** Nobody waits for the answer any more; the bookkeeping goes on. */
        void orphaned();
    }

    /** What a mutation needs of its session. */
    interface Session {
        /** The session's event loop. */
        Executor loop();

        /** The client's user name as it logged in to the proxy. */
        String user();

        /** Sends messages to the client's server connection. */
        void sendToServer(ByteBuf messages);

        /** Cancels what the client's server connection is doing; its answers come all the same. */
        void cancelStep();

        /**
         * The end; see {@code SessionEvent.MutationFinished}.
         *
         * @param toClient owned by the session from now on
         */
        void finished(List<Frame> toClient, boolean failed, boolean serverFailed);

        /** The target is no synced table; see {@code SessionEvent.MutationDeclined}. */
        void declined();
    }
}
