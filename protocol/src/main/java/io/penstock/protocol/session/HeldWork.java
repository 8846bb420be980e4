package io.penstock.protocol.session;

import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import java.util.List;

/** What waits until everything before it has been answered. Whoever drops one releases its frame. */
sealed interface HeldWork {
    /** Execute of a portal that may be a mutation's; the frame goes to the server if it turns out not to be. */
    record Execute(String portal, int maxRows, Frame frame) implements HeldWork {
        @Override
        public void release() {
            frame.release();
        }
    }

    /** A simple query of which a statement may be a mutation. */
    record Query(List<QueryStatement> statements, Frame frame) implements HeldWork {
        @Override
        public void release() {
            frame.release();
        }
    }

    /** An error that the session itself raises in place of the client's message. */
    record Failure(PgError error, boolean simpleQuery) implements HeldWork {
        @Override
        public void release() {}
    }

    /** The session's own messages have been answered: what is under way goes on, or else the client. */
    record Resume() implements HeldWork {
        @Override
        public void release() {}
    }

    void release();
}
