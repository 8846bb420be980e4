package io.penstock.protocol.session;

import io.netty.buffer.ByteBuf;
import io.penstock.protocol.auth.ScramKeys;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import java.util.Map;

/**
 * What a {@link Session} wants done. The session calls these in the order in which they are to happen, from within its own methods; an
 * implementation must not call back into the session in the same call, but may answer by an event later.
 *
 * <p>Buffers and frames that are handed over are owned by the receiver.
 */
public interface SessionEffects {
    /** One or more whole messages for the client. */
    void toClient(ByteBuf messages);

    /** One or more whole messages for the client's server connection. */
    void toServer(ByteBuf messages);

    /**
     * The client asks for TLS and gets it: answer {@code S} in plain text, read and write everything else encrypted. When the handshake is
     * through, and before the next packet, say {@link SessionEvent.Encrypted}.
     */
    void startTls();

    /** Answer by {@link SessionEvent.VerifierFound}, or {@link SessionEvent.ServerRefused} where that cannot be found out. */
    void findVerifier(String user, String database);

    /** The client did not know the password, or there is no such user. */
    void signInFailed();

    /** The client has proved by these keys who it is; with them it can be logged in to a server that has the same verifier. */
    void signedIn(ScramKeys keys);

    /**
     * Open the session's server connection and log in. Answer by {@link SessionEvent.ServerReady} or {@link SessionEvent.ServerRefused}.
     *
     * @param parameters everything else of the StartupMessage, untouched and in order, without user, database and protocol options
     */
    void connectServer(String user, String database, Map<String, String> parameters);

    /** The client knows this key from now on: a CancelRequest with it means this session. */
    void registerCancelKey(int processId, byte[] secret);

    /**
     * The connection is a CancelRequest. Answer by {@link SessionEvent.CancelRouted} when it has been delivered, right or wrong: the end of the
     * connection is the only answer that the sender gets, and then it may send its next query.
     */
    void routeCancel(int processId, byte[] secret);

    /** Answer by events of the mutation; the last one is {@link SessionEvent.MutationFinished} or {@link SessionEvent.MutationDeclined}. */
    void runMutation(MutationRequest request);

    /** A message of the server that arrived while a mutation runs and holds the connection. */
    void toMutation(Frame frame);

    /** The server connection is gone while a mutation runs; it still has to finish. */
    void serverLostDuringMutation();

    /** The client wants the running mutation cancelled; what that means is decided by how far it is. */
    void cancelMutation();

    /** The client has gone while its mutation runs: let it finish, nobody waits for the answer. */
    void mutationOrphaned();

    /** Send a CancelRequest to the server for what this session runs there. Answer by {@link SessionEvent.CancelDelivered}, also where that fails. */
    void cancelServer();

    /** Stop reading from the client: what has been sent is waiting for its turn. */
    void pauseClient();

    void resumeClient();

    /** Send everything that is under way, then close. No client event has a meaning any more. */
    void closeClient();

    /** Send everything that is under way, then close. */
    void closeServer();

    /** Something that the operator should see, such as why a session ended; never SQL, values or secrets. */
    void report(PgError error);
}
