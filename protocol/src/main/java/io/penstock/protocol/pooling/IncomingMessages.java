package io.penstock.protocol.pooling;

import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendType;
import io.penstock.protocol.message.BackendMessage;
import org.jspecify.annotations.Nullable;

/** A client's messages until they may leave for a server: they wait for one, or for an answer that decides about them. */
final class IncomingMessages {
    /** Of a message that is wrong for its body: the server says so. */
    private static final int NOT_BARE = 0;

    private final VirtualServer virtual;
    private final OutgoingMessages outgoing;
    private final VirtualReplies replies;
    private final OwedQueue owed;
    private final KeptMessages kept = new KeptMessages();
    private boolean wanted;
    private boolean skipping;
    private boolean draining;
    private boolean terminated;

    IncomingMessages(VirtualServer virtual, OutgoingMessages outgoing, VirtualReplies replies, OwedQueue owed) {
        this.virtual = virtual;
        this.outgoing = outgoing;
        this.replies = replies;
        this.owed = owed;
    }

    /** Whether none is kept. */
    boolean isEmpty() {
        return kept.isEmpty();
    }

    /** What is kept. */
    long bytes() {
        return kept.bytes();
    }

    /** Whether a server was asked for, and has not come. */
    boolean wantsServer() {
        return wanted;
    }

    /** Whether the client has said that it ends. */
    boolean hasTerminated() {
        return terminated;
    }

    /** A server has come. */
    void attached() {
        wanted = false;
    }

    /** Takes the frame over. */
    void accept(Frame frame) {
        if (kept.isEmpty() && mayPass(frame)) {
            process(frame);
        } else {
            kept.add(frame);
        }
    }

    /** It is not its time yet. Takes the frame over. */
    void putBack(Frame frame) {
        kept.addBack(frame);
    }

    /** The server skips what the client has sent; {@code now} says whether the rest of that is still to come. */
    void skip(boolean now) {
        skipping = now;
    }

    private boolean mayPass(Frame frame) {
        if (virtual.isReplaying() || virtual.listening().isAsking()) {
            return false;
        }
        return switch (frame.type()) {
            case FrontendType.SYNC, FrontendType.FLUSH -> true;
            case FrontendType.COPY_DATA, FrontendType.COPY_DONE, FrontendType.COPY_FAIL ->
                replies.copyIn() || namesAreKnown();
            default -> namesAreKnown();
        };
    }

    private boolean namesAreKnown() {
        return !owed.holdsStructural() && !owed.isUncertain();
    }

    /** Goes on with what was kept, as far as it may pass. */
    void drain() {
        if (draining) {
            return;
        }
        draining = true;
        while (!kept.isEmpty() && (virtual.attachedServer() != null || !wanted || skipping) && mayPass(kept.first())) {
            process(kept.remove());
        }
        draining = false;
    }

    private void process(Frame frame) {
        if (frame.is(FrontendType.TERMINATE)) {
            frame.release();
            terminated = true;
            virtual.rest();
            return;
        }
        if (skipping) {
            if (!frame.is(FrontendType.SYNC)) {
                frame.release();
                return;
            }
            skipping = false;
        }
        @Nullable ServerContents attached = virtual.attachedServer();
        if (attached == null) {
            processDetached(frame);
            return;
        }
        outgoing.send(frame, attached);
        if (!virtual.listening().isAsking()) {
            virtual.session().fresh(false);
        } // else: nothing has been sent yet
    }

    private void processDetached(Frame frame) {
        int type = frame.body().isReadable() ? NOT_BARE : frame.type();
        switch (type) {
            case FrontendType.FLUSH -> frame.release();
            case FrontendType.SYNC -> {
                frame.release();
                virtual.own().addReady();
            }
            default -> {
                kept.addBack(frame);
                if (!wanted) {
                    wanted = true;
                    virtual.effects().wantServer();
                }
            }
        }
    }

    /** No server has them yet: the first is answered by an error. */
    void cancelFirst() {
        Frame first = kept.remove();
        boolean simple = first.is(FrontendType.QUERY) || first.is(FrontendType.FUNCTION_CALL);
        first.release();
        virtual.own().add(BackendMessage.ErrorResponse.of(ErrorCode.CANCELED.error()));
        if (simple) {
            virtual.own().addReady();
        } else {
            skipping = true;
        }
        drain();
        if (kept.isEmpty() && wanted) {
            wanted = false;
            virtual.effects().unwantServer();
        }
    }

    void release() {
        kept.release();
    }
}
