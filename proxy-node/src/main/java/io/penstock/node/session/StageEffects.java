package io.penstock.node.session;

import io.netty.buffer.ByteBuf;
import io.penstock.node.transport.IncomingClient;
import io.penstock.protocol.auth.ScramKeys;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.session.MutationRequest;
import io.penstock.protocol.session.SessionEffects;
import io.penstock.protocol.session.SessionEvent;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what a session wants: each wish goes to the part of its stage that can fulfil it. */
final class StageEffects implements SessionEffects {
    private static final Logger LOG = LoggerFactory.getLogger(StageEffects.class);

    private final SessionLogic stage;
    private final ClientSessions sessions;
    private final IncomingClient client;
    private final Entrance entrance;
    private final SessionCancels cancels;
    private final MutationSeat mutation;

    StageEffects(
            SessionLogic stage,
            ClientSessions sessions,
            IncomingClient client,
            Entrance entrance,
            SessionCancels cancels,
            MutationSeat mutation) {
        this.stage = stage;
        this.sessions = sessions;
        this.client = client;
        this.entrance = entrance;
        this.cancels = cancels;
        this.mutation = mutation;
    }

    // ---- the client ----

    @Override
    public void toClient(ByteBuf messages) {
        stage.give(messages);
    }

    @Override
    public void pauseClient() {
        stage.pause(true);
    }

    @Override
    public void resumeClient() {
        stage.pause(false);
    }

    @Override
    public void closeClient() {
        stage.closeClient();
    }

    // ---- its way in ----

    @Override
    public void startTls() {
        if (!client.tls().start()) {
            stage.afterwards(new SessionEvent.ClientViolated(ErrorCode.UNENCRYPTED_DATA_AFTER_REQUEST.error("SSL")));
        }
    }

    @Override
    public void findVerifier(String name, String databaseName) {
        PgError barred = entrance.barred(name, databaseName);
        if (barred != null) {
            stage.afterwards(new SessionEvent.ServerRefused(barred));
            return;
        }
        entrance.verifier(name, databaseName)
                .whenComplete((found, failure) -> stage.post(() -> {
                    if (failure == null) {
                        stage.handle(new SessionEvent.VerifierFound(found.orElse(null)));
                    } else {
                        // Without its trace: strangers must not be able to fill a disk with them.
                        LOG.warn(
                                "no verifiers of database {} for client {}: {}",
                                databaseName,
                                client.remoteAddress(),
                                cause(failure).toString());
                        stage.handle(new SessionEvent.ServerRefused(ErrorCode.SERVER_UNREACHABLE.error(databaseName)));
                    }
                }));
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    @Override
    public void signInFailed() {
        entrance.signInFailed();
    }

    @Override
    public void signedIn(ScramKeys proved) {
        entrance.signedIn(proved);
    }

    @Override
    public void connectServer(String asUser, String databaseName, Map<String, String> parameters) {
        switch (entrance.enter(asUser, databaseName, parameters)) {
            case Entrance.Refused(PgError reason) -> stage.afterwards(new SessionEvent.ServerRefused(reason));
            case Entrance.Inside inside -> stage.enter(inside);
        }
    }

    @Override
    public void registerCancelKey(int processId, byte[] secret) {
        stage.loggedIn(processId, secret);
    }

    @Override
    public void routeCancel(int processId, byte[] secret) {
        sessions.cancels()
                .take(client.remoteAddress().getAddress(), processId, secret)
                .whenComplete((_, _) -> stage.outside(() -> stage.handle(new SessionEvent.CancelRouted())));
    }

    // ---- its server ----

    @Override
    public void toServer(ByteBuf messages) {
        ServerSide server = stage.server();
        if (server == null) {
            messages.release();
        } else {
            server.write(messages);
        }
    }

    @Override
    public void cancelServer() {
        cancels.send();
    }

    @Override
    public void closeServer() {
        stage.leaveServer();
    }

    // ---- its mutation ----

    @Override
    public void runMutation(MutationRequest request) {
        mutation.run(request);
    }

    @Override
    public void toMutation(Frame frame) {
        mutation.serverSays(frame);
    }

    @Override
    public void serverLostDuringMutation() {
        mutation.serverLost();
    }

    @Override
    public void cancelMutation() {
        mutation.cancel();
    }

    @Override
    public void mutationOrphaned() {
        mutation.orphaned();
    }

    // ---- whoever looks after it ----

    @Override
    public void report(PgError error) {
        if (error.severity() == Severity.FATAL || error.severity() == Severity.ERROR) {
            LOG.warn("session of client {}: {} {}", client.remoteAddress(), error.sqlState(), error.message());
        }
    }
}
