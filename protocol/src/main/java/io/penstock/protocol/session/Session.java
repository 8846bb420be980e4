package io.penstock.protocol.session;

import io.netty.buffer.ByteBufAllocator;
import io.penstock.protocol.auth.ScramServer;
import io.penstock.protocol.auth.ScramStep;
import io.penstock.protocol.auth.ScramVerifier;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendType;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.FrontendMessages;
import io.penstock.protocol.message.ProtocolVersion;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.session.SessionSettings.Authentication;
import io.penstock.protocol.sql.SyncedNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One client's session in session mode: one server connection for one client. Frames and events in, effects out; no clock, no
 * randomness, no sockets. It knows when a mutation's turn has come and not how one is done.
 *
 * <pre>
 * phase           event                          effects                                           next phase
 * STARTUP         packet, see StartupPhase       its answer                                        STARTUP
 *                 StartupMessage, trust          AuthenticationOk, connectServer                   CONNECTING
 *                 StartupMessage, SCRAM          findVerifier                                      LOOKING_UP
 *                 StartupMessage, certificate    AuthenticationOk, connectServer, if it is the user's CONNECTING
 *                                                FATAL, closeClient, if not                        ENDED
 *                 CancelRequest                  routeCancel                                       CANCELLING
 * CANCELLING      CancelRouted, or whatever ends closeClient                                       ENDED
 * LOOKING_UP      VerifierFound                  AuthenticationSASL                                AUTHENTICATING
 * AUTHENTICATING  SASL message                   AuthenticationSASLContinue                        AUTHENTICATING
 *                 the right proof                AuthenticationSASLFinal, signedIn,
 *                                                AuthenticationOk, connectServer                   CONNECTING
 *                 anything else                  FATAL, closeClient                                ENDED
 * CONNECTING      message of the client          kept                                              CONNECTING
 *                 ServerReady                    NoticeResponse..., ParameterStatus..., BackendKeyData,
 *                                                ReadyForQuery, registerCancelKey                  SERVING, see Conversation
 *                 ServerReady, replication       likewise                                          RELAYING
 *                 ServerRefused                  FATAL, closeClient                                ENDED
 * RELAYING        message of either              to the other                                      RELAYING
 * SERVING         see ClientRequests, ServerReplies, HeldExecute, SimpleQueryRun and Ending
 * before SERVING  AuthenticationTimedOut         FATAL, closeClient                                ENDED
 *                 ClientEnded, ClientClosed      closeServer                                       ENDED
 * CONNECTING      ClientEnded behind messages    kept, as Terminate                                CONNECTING
 * </pre>
 *
 * <p>Not safe for use by several threads. Frames and buffers handed in are taken over.
 */
public final class Session {
    private enum Phase {
        STARTUP,
        CANCELLING,
        LOOKING_UP,
        AUTHENTICATING,
        CONNECTING,
        SERVING,
        RELAYING,
        ENDED
    }

    /** What clients of protocol 3.0 can take of the secret. */
    private static final int SHORT_SECRET = 4;

    private final SessionSettings settings;
    private final SessionEffects effects;
    private final Outgoing out;
    private final Statements texts;
    private final StartupPhase startup;
    private final WaitingMessages early = new WaitingMessages();
    private Phase phase = Phase.STARTUP;
    private StartupPhase.@Nullable Request request;
    private SessionEvent.@Nullable Encrypted encrypted;
    private @Nullable ScramServer scram;
    private boolean mechanismChosen;
    private @Nullable Conversation conversation;

    public Session(SessionSettings settings, SyncedNames synced, SessionEffects effects, ByteBufAllocator allocator) {
        this.settings = settings;
        this.effects = effects;
        this.out = new Outgoing(effects, allocator);
        this.texts = new Statements(synced);
        this.startup = new StartupPhase(effects, out, settings.startup());
    }

    /** Whether the next bytes of the client are a packet without a type byte; otherwise they are typed messages. */
    public boolean expectsStartup() {
        return phase == Phase.STARTUP;
    }

    /** Whether the client has yet to prove who it is. */
    public boolean expectsProof() {
        return phase == Phase.LOOKING_UP || phase == Phase.AUTHENTICATING;
    }

    /** Whether the session is over: nothing that is handed in has an effect any more. */
    public boolean ended() {
        return phase == Phase.ENDED
                || (conversation != null && conversation.ending().ended());
    }

    /**
     * Whether the client is owed nothing: the status of its transaction then, or null. A pipeline that ran statements and has not come to
     * its Sync is in a transaction, too.
     */
    public @Nullable TransactionStatus resting() {
        return phase == Phase.SERVING ? serving().resting() : null;
    }

    /** Whether it is past its login, and what the client sends is more than bytes to be passed on. */
    public boolean serves() {
        return phase == Phase.SERVING;
    }

    /**
     * A packet of the client while {@link #expectsStartup}.
     *
     * @param stuffed whether more bytes of the client have arrived behind it
     */
    public void startupPacket(Frame packet, boolean stuffed) {
        try {
            if (phase != Phase.STARTUP) {
                return;
            }
            StartupPhase.Request asked = startup.accept(packet, stuffed);
            if (asked != null) {
                request = asked;
                authenticate(asked);
            } else if (startup.cancelled()) {
                phase = Phase.CANCELLING;
            }
        } catch (ProtocolViolation violation) {
            refuse(violation.error());
        } finally {
            packet.release();
        }
    }

    private void authenticate(StartupPhase.Request asked) {
        switch (settings.authentication()) {
            case Authentication.Trust _ -> connect(asked);
            case Authentication.Scram _ -> {
                phase = Phase.LOOKING_UP;
                effects.findVerifier(asked.user(), asked.database());
            }
            case Authentication.Certificate _ -> {
                if (encrypted != null && asked.user().equals(encrypted.commonName())) {
                    connect(asked);
                } else {
                    refuse(ErrorCode.CERTIFICATE_WRONG.error(asked.user()));
                }
            }
        }
    }

    private void connect(StartupPhase.Request asked) {
        phase = Phase.CONNECTING;
        // As Postgres: whether the database exists and takes the client's settings is told to who is known. libpq reads
        // errors
        // before this message otherwise than those behind it.
        out.toClient(new BackendMessage.AuthenticationOk());
        effects.connectServer(asked.user(), asked.database(), asked.parameters());
    }

    /** A typed message of the client. */
    public void fromClient(Frame frame) {
        switch (phase) {
            case SERVING -> serving().fromClient(frame);
            case RELAYING -> out.toServer(frame);
            case AUTHENTICATING -> {
                try {
                    proof(frame);
                } finally {
                    frame.release();
                }
            }
            case CONNECTING, LOOKING_UP -> {
                early.add(frame);
                if (early.bytes() > settings.waitingBytes()) {
                    refuse(ErrorCode.UNEXPECTED_MESSAGE.error(frame.type() & 0xff, "authentication"));
                }
            }
            case STARTUP, CANCELLING, ENDED -> frame.release();
        }
    }

    private void proof(Frame frame) {
        ScramServer exchange = scram;
        if (exchange == null || !frame.is(FrontendType.AUTHENTICATION)) {
            refuse(ErrorCode.UNEXPECTED_MESSAGE.error(frame.type() & 0xff, "authentication"));
            return;
        }
        try {
            ScramStep step = mechanismChosen
                    ? exchange.receive(FrontendMessages.decodeSaslResponse(frame))
                    : exchange.receive(FrontendMessages.decodeSaslInitialResponse(frame));
            mechanismChosen = true;
            switch (step) {
                case ScramStep.Continue(byte[] data) ->
                    out.toClient(new BackendMessage.AuthenticationSaslContinue(data));
                case ScramStep.Accepted accepted -> {
                    out.toClient(new BackendMessage.AuthenticationSaslFinal(accepted.data()));
                    effects.signedIn(accepted.keys());
                    if (request != null) {
                        connect(request);
                    }
                }
                case ScramStep.Refused(PgError error) -> {
                    if (error.sqlState().equals(ErrorCode.PASSWORD_WRONG.sqlState())) {
                        effects.signInFailed();
                    }
                    refuse(error);
                }
            }
        } catch (ProtocolViolation violation) {
            refuse(violation.error());
        }
    }

    /** A message of the server, after {@link SessionEvent.ServerReady}. */
    public void fromServer(Frame frame) {
        switch (phase) {
            case SERVING -> {
                try {
                    serving().fromServer(frame);
                } catch (ProtocolViolation violation) {
                    handle(new SessionEvent.ServerViolated(violation.error()));
                }
            }
            case RELAYING -> out.toClient(frame);
            case STARTUP, CANCELLING, LOOKING_UP, AUTHENTICATING, CONNECTING, ENDED -> frame.release();
        }
    }

    /** Whatever else happens. */
    public void handle(SessionEvent event) {
        switch (event) {
            case SessionEvent.AuthenticationTimedOut _ -> {
                if (phase != Phase.SERVING && phase != Phase.RELAYING) {
                    refuse(ErrorCode.AUTHENTICATION_TIMEOUT.error());
                }
            }
            case SessionEvent.Encrypted now -> {
                encrypted = now;
                startup.encrypted();
            }
            case SessionEvent.VerifierFound(ScramVerifier verifier) -> verifierFound(verifier);
            case SessionEvent.ServerReady ready -> serverReady(ready);
            case SessionEvent.ServerRefused(PgError error) -> refuse(error);
            case SessionEvent.ServerClosed _ -> serverClosed();
            case SessionEvent.ClientEnded _ -> clientEnded();
            case SessionEvent.ClientClosed _ -> clientClosed();
            case SessionEvent.ClientViolated(PgError error) -> end(error);
            case SessionEvent.ServerViolated(PgError error) -> {
                effects.report(error);
                effects.closeServer();
                serverClosed();
            }
            case SessionEvent.EndRequested(PgError error) -> end(error);
            case SessionEvent.CancelRequested _ -> {
                if (phase == Phase.SERVING) {
                    serving().cancel();
                } else if (phase == Phase.RELAYING) {
                    effects.cancelServer();
                }
            }
            case SessionEvent.CancelDelivered _ -> {
                if (phase == Phase.SERVING) {
                    serving().cancelDelivered();
                }
            }
            case SessionEvent.CancelRouted _ -> {
                if (phase == Phase.CANCELLING) {
                    clientClosed();
                }
            }
            case SessionEvent.MutationSends sends -> {
                if (phase == Phase.SERVING && serving().mutation().running()) {
                    effects.toServer(sends.messages());
                } else {
                    sends.messages().release();
                }
            }
            case SessionEvent.MutationFinished finished -> {
                if (phase == Phase.SERVING) {
                    serving().mutationFinished(finished);
                } else {
                    finished.toClient().forEach(Frame::release);
                }
            }
            case SessionEvent.MutationDeclined _ -> {
                if (phase == Phase.SERVING) {
                    serving().mutationDeclined();
                }
            }
        }
    }

    private void verifierFound(@Nullable ScramVerifier verifier) {
        StartupPhase.Request asked = request;
        if (phase != Phase.LOOKING_UP
                || asked == null
                || !(settings.authentication() instanceof Authentication.Scram settled)) {
            return;
        }
        phase = Phase.AUTHENTICATING;
        String user = asked.user();
        byte[] endPoint = encrypted == null ? null : encrypted.serverEndPoint();
        ScramServer exchange = verifier == null
                ? ScramServer.unknownUser(user, ScramVerifier.mock(user, settled.mockKey()), endPoint, settled.nonce())
                : ScramServer.knownUser(user, verifier, endPoint, settled.nonce());
        scram = exchange;
        out.toClient(new BackendMessage.AuthenticationSasl(exchange.mechanisms()));
        drainEarly();
    }

    private void serverReady(SessionEvent.ServerReady ready) {
        StartupPhase.Request asked = request;
        if (phase != Phase.CONNECTING || asked == null) {
            effects.closeServer();
            return;
        }
        ServerMemory memory = new ServerMemory(asked.parameters());
        ready.parameters().forEach(memory::parameter);
        byte[] secret = asked.protocolVersion() < ProtocolVersion.V3_2
                ? Arrays.copyOf(settings.secret(), SHORT_SECRET)
                : settings.secret().clone();
        List<BackendMessage> greeting = new ArrayList<>(ready.notices());
        ready.parameters().forEach((name, value) -> greeting.add(new BackendMessage.ParameterStatus(name, value)));
        int processId = ready.processId() == 0 ? settings.processId() : ready.processId();
        greeting.add(new BackendMessage.BackendKeyData(processId, secret));
        greeting.add(new BackendMessage.ReadyForQuery(TransactionStatus.IDLE));
        effects.registerCancelKey(processId, secret);
        out.toClient(greeting.toArray(BackendMessage[]::new));
        if (Replication.of(asked.parameters()) == Replication.NONE) {
            phase = Phase.SERVING;
            conversation = new Conversation(settings, effects, out, memory, texts);
        } else {
            phase = Phase.RELAYING;
        }
        drainEarly();
    }

    private void drainEarly() {
        while (!early.isEmpty() && phase != Phase.CONNECTING && phase != Phase.ENDED) {
            Frame frame = early.poll();
            if (frame != null) {
                fromClient(frame);
            }
        }
    }

    private void serverClosed() {
        switch (phase) {
            case SERVING -> serving().ending().serverClosed();
            case RELAYING -> {
                phase = Phase.ENDED;
                effects.closeClient();
                effects.closeServer();
            }
            case STARTUP, CANCELLING, LOOKING_UP, AUTHENTICATING, CONNECTING -> refuse(ErrorCode.SERVER_LOST.error());
            case ENDED -> {}
        }
    }

    /** It may have sent everything it wanted in one go, and listen. */
    private void clientEnded() {
        if (phase == Phase.SERVING) {
            serving().ending().clientEnded();
        } else if (phase == Phase.CONNECTING && !early.isEmpty()) {
            early.add(out.terminate());
        } else {
            clientClosed();
        }
    }

    private void clientClosed() {
        switch (phase) {
            case SERVING -> serving().ending().clientClosed();
            case CANCELLING -> {
                phase = Phase.ENDED;
                effects.closeClient();
            }
            case RELAYING, STARTUP, LOOKING_UP, AUTHENTICATING, CONNECTING -> {
                early.clear();
                phase = Phase.ENDED;
                effects.closeServer();
                effects.closeClient();
            }
            case ENDED -> {}
        }
    }

    private void end(PgError error) {
        if (phase == Phase.SERVING) {
            serving().ending().end(error);
        } else {
            refuse(error);
        }
    }

    /** Ends a session that has not begun to serve. */
    private void refuse(PgError error) {
        if (phase == Phase.ENDED || phase == Phase.SERVING) {
            return;
        }
        if (phase == Phase.CANCELLING) {
            clientClosed(); // such a connection is never answered
            return;
        }
        early.clear();
        phase = Phase.ENDED;
        out.error(StartupPhase.fatal(error));
        effects.closeServer();
        effects.closeClient();
    }

    private Conversation serving() {
        if (conversation == null) {
            throw new IllegalStateException("the session does not serve");
        }
        return conversation;
    }
}
