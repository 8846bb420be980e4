package io.penstock.node.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage.NoticeResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The server as a client's stage sees it, whoever else uses the connections behind it. Used on the client's event loop only. */
interface ServerSide {
    /** Whom it tells. Every call but {@link #loop} is from within an event of the stage. */
    interface Owner {
        EventLoop loop();

        /** The one that a client without a server of its own knows as its own. */
        int processId();

        /** Runs something as an event of the stage; false, later, if the stage has ended before. From any thread. */
        CompletionStage<?> asEvent(Runnable event);

        /** There is something to {@link #poll}, or room to write, or the end. */
        void wake();

        /**
         * The login at the server is done.
         *
         * @param notices what the server said meanwhile
         * @param serverProcess the server's process id where the session has it from here to its end, else 0
         */
        void ready(Map<String, String> parameters, List<NoticeResponse> notices, int serverProcess);

        void refused(PgError error);

        /** The session cannot go on. */
        void lost(PgError error);

        /** Something that the client should read meanwhile. */
        void notice(PgError notice);
    }

    /** Whole messages for the server; takes them over. */
    void write(ByteBuf messages);

    /** The event is at its end: what was written leaves. */
    void flush();

    /** Whether more may be written. */
    boolean isWritable();

    /** The next message of the server, or null. */
    @Nullable
    Frame poll();

    /** Asks for one {@link Owner#wake} as soon as there is something to poll. */
    void demand();

    /** Whether the server has closed and everything was polled; true once. */
    boolean takeEnd();

    /** Cancels what the client's statement does there. @return done when no cancel is on its way any more, failed where that cannot be known */
    CompletionStage<?> cancel();

    /** A mutation begins or ends: meanwhile the server is nobody else's, whatever it answers. */
    void hold(boolean held);

    /** The session uses the server no more. What is at rest may be given to others, what is not is closed. */
    void leave();
}
