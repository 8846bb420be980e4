package io.penstock.protocol.session;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.auth.ScramVerifier;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage.NoticeResponse;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happens to a {@link Session}, apart from the frames of client and server, which have methods of their own. */
public sealed interface SessionEvent {
    /** The client has not finished logging in within the time that it is given. Ignored when it has. */
    record AuthenticationTimedOut() implements SessionEvent {}

    /**
     * The TLS handshake with the client is through, whether it was asked for or the connection began with it.
     *
     * @param serverEndPoint {@code tls-server-end-point} of the certificate that the client was shown, null if it has none
     * @param commonName of the client's own certificate, which has been verified; null if it showed none
     */
    record Encrypted(
            byte @Nullable [] serverEndPoint, @Nullable String commonName) implements SessionEvent {}

    /**
     * The answer to {@link SessionEffects#findVerifier}.
     *
     * @param verifier null if there is no such user; the client must not notice
     */
    record VerifierFound(@Nullable ScramVerifier verifier) implements SessionEvent {}

    /**
     * The server connection is logged in and waits for a query.
     *
     * @param parameters the server's ParameterStatus values in the order in which they came
     * @param notices what it had to say during the login
     * @param processId by which the client knows it, because it has it from here to its end; 0 if the client is to get the session's own
     */
    record ServerReady(Map<String, String> parameters, List<NoticeResponse> notices, int processId)
            implements SessionEvent {
        /** One that said nothing, and may change. */
        public ServerReady(Map<String, String> parameters) {
            this(parameters, List.of(), 0);
        }
    }

    /** There is no server connection, and why; told to the client as it is, with severity FATAL. */
    record ServerRefused(PgError error) implements SessionEvent {}

    /** The server has closed its side, or the connection broke. */
    record ServerClosed() implements SessionEvent {}

    /** The client has ended its side: it sends no more, but may still listen to what it is owed. */
    record ClientEnded() implements SessionEvent {}

    /** The connection to the client broke, or it does not listen. */
    record ClientClosed() implements SessionEvent {}

    /** The peer's bytes are no protocol: the framer gave up. */
    record ClientViolated(PgError error) implements SessionEvent {}

    record ServerViolated(PgError error) implements SessionEvent {}

    /** The node stops, or an operator ends the session. A mutation under way is waited for. */
    record EndRequested(PgError error) implements SessionEvent {}

    /** Somebody who knows the session's key wants the running statement cancelled. */
    record CancelRequested() implements SessionEvent {}

    /** What {@link SessionEffects#cancelServer} has sent has arrived, or never will. */
    record CancelDelivered() implements SessionEvent {}

    /** What {@link SessionEffects#routeCancel} was asked for has been done. */
    record CancelRouted() implements SessionEvent {}

    /** The mutation speaks to the client's server connection; every answer goes to {@link SessionEffects#toMutation}. */
    record MutationSends(ByteBuf messages) implements SessionEvent {}

    /**
     * The mutation has ended and waits for no further message of the server.
     *
     * @param toClient what the client is told, without ReadyForQuery: notices, RowDescription for a simple query, rows, CommandComplete or
     *     ErrorResponse
     * @param failed the last of them is an ErrorResponse
     * @param serverFailed the server has failed as well: it is skipping until Sync, or its transaction block is a failed one. Otherwise it
     *     takes the next message, in the transaction status that it told last, and the session makes a transaction fail
     */
    record MutationFinished(List<Frame> toClient, boolean failed, boolean serverFailed) implements SessionEvent {
        public MutationFinished {
            toClient = List.copyOf(toClient);
            if (serverFailed && !failed) {
                throw new IllegalArgumentException("a statement does not succeed where the server has failed");
            }
        }
    }

    /** The statement's target is no synced table after all: Postgres shall have it, as if it had never been held. */
    record MutationDeclined() implements SessionEvent {}
}
