package io.penstock.protocol.session;

import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.TransactionStatus;
import org.jspecify.annotations.Nullable;

/**
 * How a session that has been serving ends. A mutation under way is always waited for: the API may have it already.
 *
 * <pre>
 * what happens            no mutation runs                                      a mutation runs
 * client sends Terminate  to the server, whose end is waited for                waits behind it
 * client sends no more    likewise, if it is owed an answer; else it has gone   waits behind it
 * client has gone         Terminate to the server, or only its end in a         it is told that nobody waits; then as on the left
 *                         transaction
 * server has gone         FATAL to the client, unless the server sent one       it is told; its answer to the client, then as on the left
 * the node ends it        FATAL to the client, as if it had gone to the server  its answer to the client, then as on the left
 * </pre>
 */
final class Ending {
    private final Conversation conversation;
    private final SessionEffects effects;
    private @Nullable PgError said;
    private boolean clientHeard;
    private @Nullable PgError requested;
    private boolean terminated;
    private boolean clientGone;
    private boolean serverGone;
    private boolean ended;

    Ending(Conversation conversation, SessionEffects effects) {
        this.conversation = conversation;
        this.effects = effects;
    }

    boolean ended() {
        return ended;
    }

    /** Whether what the client sends has no meaning any more. */
    boolean ignoresClient() {
        return ended || terminated || pending();
    }

    /** Whether the session ends as soon as its mutation has. */
    boolean pending() {
        return clientGone || serverGone || requested != null;
    }

    /**
     * The server has told why it is going to close.
     *
     * @param heard whether the client has been told as well, so that nothing has to be added
     */
    void serverSaid(PgError error, boolean heard) {
        said = error;
        clientHeard = heard;
    }

    /** Takes the frame over. */
    void clientTerminates(Frame frame) {
        terminated = true;
        conversation.out().toServer(frame);
    }

    /** The client sends no more. Postgres answers what it has been sent before it notices, and so do we: as if it had said Terminate. */
    void clientEnded() {
        if (conversation.rests()) {
            clientClosed();
        } else {
            conversation.fromClient(conversation.out().terminate());
        }
    }

    void clientClosed() {
        if (ended || clientGone) {
            return;
        }
        clientGone = true;
        conversation.out().clientGone();
        if (conversation.mutation().running()) {
            effects.mutationOrphaned();
        } else {
            finish();
        }
    }

    void serverClosed() {
        if (ended || serverGone) {
            return;
        }
        serverGone = true;
        if (conversation.mutation().running()) {
            effects.serverLostDuringMutation();
        } else {
            finish();
        }
    }

    /** The server has sent a message that nobody expected: it is no server, or we have lost count. */
    void serverViolated(int type) {
        effects.report(PgError.of(Severity.ERROR, "08P01", "unexpected message of the server, of type " + type));
        serverClosed();
        effects.closeServer();
    }

    /** Ends the session for a reason of our own. */
    void end(PgError reason) {
        if (ended || requested != null) {
            return;
        }
        requested = reason;
        if (!conversation.mutation().running()) {
            finish();
        }
    }

    void afterMutation() {
        finish();
    }

    private void finish() {
        ended = true;
        if (requested != null) {
            conversation.out().error(requested);
        } else if (serverGone && !terminated) {
            if (!clientHeard) {
                conversation.out().error(said == null ? ErrorCode.SERVER_LOST.error() : said);
            }
        }
        if (!serverGone) {
            boolean quiet = conversation.queue().isEmpty()
                    && conversation.memory().transaction().status() == TransactionStatus.IDLE;
            if (quiet && !terminated) {
                conversation.out().toServer(new FrontendMessage.Terminate());
            }
        }
        conversation.clear();
        effects.closeServer();
        effects.closeClient();
    }
}
