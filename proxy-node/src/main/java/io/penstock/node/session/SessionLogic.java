package io.penstock.node.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.penstock.config.ClientTimeouts;
import io.penstock.node.mutation.MutationRunner;
import io.penstock.node.transport.ClientTls;
import io.penstock.node.transport.IncomingClient;
import io.penstock.node.transport.OutgoingBatch;
import io.penstock.protocol.auth.ScramKeys;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.error.Severity;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrameLimits;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.session.MutationRequest;
import io.penstock.protocol.session.Session;
import io.penstock.protocol.session.SessionEffects;
import io.penstock.protocol.session.SessionEvent;
import io.penstock.protocol.session.SessionSettings;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.jdk.javaapi.FutureConverters;

/**
 * Carries bytes and events between a client, its {@link Session} and its server connection, all on one event loop.
 *
 * <p>Every event runs to its end: the session is told, what it wants of itself later is told too, and then bytes move as far as both
 * sides take them (see {@link #settle}). What happens outside the stream's own events comes in by {@link #post}.
 *
 * <pre>
 * reads from the client   unless the session has paused it, or the server does not take what was written
 * reads from the server   unless more than HIGH_WATER waits for the client
 * ends                    when the session has, and the client was given everything
 * </pre>
 */
final class SessionLogic extends TimerGraphStageLogic
        implements SessionEffects,
                ServerSide.Owner,
                MutationRunner.Session,
                ClientSessions.OpenSession,
                ClientRounds.Visited {
    private static final Logger LOG = LoggerFactory.getLogger(SessionLogic.class);

    /** A client that does not read costs this much and no more, however large its result is. */
    private static final int HIGH_WATER = 64 * 1024;

    private enum Timer {
        LOGIN,
        UNREAD
    }

    private final ClientSessions sessions;
    private final IncomingClient client;
    private final Entrance entrance;
    private final Inlet<ByteBuf> in;
    private final Outlet<ByteBuf> out;
    private final Session session;
    private final SessionSettings settings;
    private final ClientInput input;
    private final OutgoingBatch output = new OutgoingBatch(ByteBufAllocator.DEFAULT);
    private final ArrayDeque<Runnable> later = new ArrayDeque<>(2);
    private final CancelGate cancels = new CancelGate();
    private final AsyncCallback<Runnable> outside = createAsyncCallback(this::event);
    private final Runnable awake = () -> this.woken = false;

    private @Nullable ClientDatabase database;
    private @Nullable ServerSide server;
    private MutationRunner.@Nullable Running mutation;
    private @Nullable MutationRunner mutations;
    private @Nullable ClientClock clock;
    /** Pieces that the client has sent. */
    private long heard;

    private boolean tlsTold;
    private boolean inEvent;
    private boolean paused;
    private boolean woken;
    private boolean serverUnwanted;
    private boolean clientClosing;
    private boolean unreadTimer;
    /** Pieces given to the client, and how many there were when the timer was set: who reads slowly reads all the same. */
    private long given;

    private long givenBefore;

    SessionLogic(ClientSessions sessions, IncomingClient client, FlowShape<ByteBuf, ByteBuf> shape) {
        super(shape);
        this.sessions = sessions;
        this.client = client;
        this.entrance = new Entrance(sessions, client.remoteAddress().getAddress());
        this.in = shape.in();
        this.out = shape.out();
        this.settings = sessions.freshSettings(client);
        this.session = new Session(
                settings, name -> database != null && database.synced().maybe(name), this, ByteBufAllocator.DEFAULT);
        this.input = new ClientInput(
                session,
                ByteBufAllocator.DEFAULT,
                Math.clamp(sessions.limits().messageBytes(), FrameLimits.AUTHENTICATION, FrameLimits.LARGE));
        setHandler(in, new AbstractInHandler() {
            @Override
            public void onPush() {
                event(() -> {
                    heard++;
                    encrypted();
                    input.feed(grab(in));
                });
            }

            @Override
            public void onUpstreamFinish() {
                event(() -> session.handle(new SessionEvent.ClientEnded()));
            }

            @Override
            public void onUpstreamFailure(Throwable cause) {
                event(() -> session.handle(new SessionEvent.ClientClosed()));
            }
        });
        setHandler(out, new AbstractOutHandler() {
            @Override
            public void onPull() {
                event(() -> {});
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                event(() -> session.handle(new SessionEvent.ClientClosed()));
            }
        });
    }

    @Override
    public void preStart() {
        setKeepGoing(true); // a mutation outlives its client
        sessions.opened(this);
        scheduleOnce(Timer.LOGIN, sessions.limits().authenticationTimeout());
        event(() -> {
            PgError unwelcome = entrance.arrive();
            if (unwelcome != null) {
                session.handle(new SessionEvent.EndRequested(unwelcome));
            }
        });
    }

    @Override
    public void postStop() {
        sessions.closed(this);
        sessions.rounds().leave(client.eventLoop(), this);
        sessions.cancels().forget(settings.processId());
        cancels.open();
        entrance.leave();
        if (mutation != null) {
            mutation.orphaned(); // only when the node itself goes down
        }
        if (server != null) {
            server.leave();
        }
        input.close();
        output.release();
    }

    @Override
    public void onTimer(Object timer) {
        event(() -> {
            switch ((Timer) timer) {
                case LOGIN -> session.handle(new SessionEvent.AuthenticationTimedOut());
                case UNREAD -> {
                    unreadTimer = false;
                    if (given != givenBefore) {
                        return; // whether something still waits is seen when the event ends
                    }
                    LOG.info("client {} does not read what it asked for", client.remoteAddress());
                    cancelServer();
                    session.handle(new SessionEvent.ClientClosed());
                    output.release(); // else the end would wait for it to be read
                }
            }
        });
    }

    // ---- events ----

    private void event(Runnable event) {
        inEvent = true;
        try {
            event.run();
            for (Runnable next = later.poll(); next != null; next = later.poll()) {
                next.run();
            }
            fromServer();
        } finally {
            inEvent = false;
        }
        settle();
    }

    /** Runs something as an event of the stream, from wherever it comes. */
    private void post(Runnable event) {
        if (inEvent && client.eventLoop().inEventLoop()) {
            later.add(event);
        } else {
            outside.invoke(event);
        }
    }

    private void fromServer() {
        ServerSide from = server;
        if (from == null) {
            return;
        }
        while (output.bytes() <= HIGH_WATER || clientClosing) {
            Frame frame = from.poll();
            if (frame == null) {
                break;
            }
            session.fromServer(frame);
            runLater();
        }
        runLater();
        if (output.bytes() <= HIGH_WATER && from.takeEnd()) {
            session.handle(new SessionEvent.ServerClosed());
            runLater();
        }
    }

    private void runLater() {
        for (Runnable next = later.poll(); next != null; next = later.poll()) {
            next.run();
        }
    }

    /** Moves bytes as far as client and server take them, and ends what is to end. */
    private void settle() {
        ServerSide side = server;
        if (side != null) {
            side.flush();
        }
        if (!isClosed(out) && isAvailable(out)) {
            ByteBuf piece = output.poll();
            if (piece != null) {
                given++;
                push(out, piece);
            }
        }
        if (isClosed(out)) {
            output.release();
        }
        unread(!output.isEmpty());
        if (clientClosing && output.isEmpty()) {
            completeStage();
            return;
        }
        boolean serverTakes = side == null || serverUnwanted || side.isWritable();
        if (!paused && serverTakes && !clientClosing && !isClosed(in) && !hasBeenPulled(in)) {
            pull(in);
        }
        if (side != null && !serverUnwanted && output.bytes() <= HIGH_WATER) {
            side.demand();
        }
    }

    private void unread(boolean waits) {
        if (waits && !unreadTimer) {
            unreadTimer = true;
            givenBefore = given;
            scheduleOnce(Timer.UNREAD, sessions.limits().clientWriteTimeout());
        } else if (!waits && unreadTimer) {
            unreadTimer = false;
            cancelTimer(Timer.UNREAD);
        }
    }

    // ---- the server ----

    /** One event is enough, however much happens before it runs. */
    @Override
    public void wake() {
        if (!woken) {
            woken = true;
            outside.invoke(awake);
        }
    }

    @Override
    public int processId() {
        return settings.processId();
    }

    @Override
    public CompletionStage<?> asEvent(Runnable event) {
        return FutureConverters.asJava(outside.invokeWithFeedback(event));
    }

    @Override
    public void ready(Map<String, String> parameters, List<BackendMessage.NoticeResponse> notices) {
        session.handle(new SessionEvent.ServerReady(parameters, notices));
    }

    @Override
    public void refused(PgError error) {
        LOG.warn("no server connection for client {}: {}", client.remoteAddress(), error.message());
        session.handle(new SessionEvent.ServerRefused(error));
    }

    @Override
    public void lost(PgError error) {
        later.add(() -> session.handle(new SessionEvent.EndRequested(error)));
    }

    @Override
    public void notice(PgError notice) {
        ByteBuf message = ByteBufAllocator.DEFAULT.buffer();
        BackendMessages.encode(BackendMessage.NoticeResponse.of(notice), message);
        output.add(message);
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    // ---- effects ----

    @Override
    public void toClient(ByteBuf messages) {
        output.add(messages);
    }

    @Override
    public void toServer(ByteBuf messages) {
        if (server == null) {
            messages.release();
        } else {
            server.write(messages);
        }
    }

    /** Tells the session of the handshake before it gets the first bytes from behind it. */
    private void encrypted() {
        ClientTls.Established tls = tlsTold ? null : client.tls().established();
        if (tls != null) {
            tlsTold = true;
            session.handle(new SessionEvent.Encrypted(tls.serverEndPoint(), tls.commonName()));
        }
    }

    @Override
    public void startTls() {
        if (!client.tls().start()) {
            later.add(() -> session.handle(
                    new SessionEvent.ClientViolated(ErrorCode.UNENCRYPTED_DATA_AFTER_REQUEST.error("SSL"))));
        }
    }

    @Override
    public void signedIn(ScramKeys proved) {
        entrance.signedIn(proved);
    }

    @Override
    public void findVerifier(String name, String databaseName) {
        PgError barred = entrance.barred(name, databaseName);
        if (barred != null) {
            refuseLater(barred);
            return;
        }
        entrance.verifier(name, databaseName)
                .whenComplete((found, failure) -> post(() -> {
                    if (failure == null) {
                        session.handle(new SessionEvent.VerifierFound(found.orElse(null)));
                    } else {
                        // Without its trace: strangers must not be able to fill a disk with them.
                        LOG.warn(
                                "no verifiers of database {} for client {}: {}",
                                databaseName,
                                client.remoteAddress(),
                                cause(failure).toString());
                        session.handle(
                                new SessionEvent.ServerRefused(ErrorCode.SERVER_UNREACHABLE.error(databaseName)));
                    }
                }));
    }

    @Override
    public void signInFailed() {
        entrance.signInFailed();
    }

    @Override
    public void connectServer(String asUser, String databaseName, Map<String, String> parameters) {
        switch (entrance.enter(asUser, databaseName, parameters)) {
            case Entrance.Refused(PgError reason) -> refuseLater(reason);
            case Entrance.Inside inside -> enter(inside);
        }
    }

    private void enter(Entrance.Inside inside) {
        cancelTimer(Timer.LOGIN); // the client has done its part; the pool's own times count from here
        database = inside.database();
        mutations = inside.database().mutations().get();
        watch(inside.database().pool().timeouts());
        Map<String, String> parameters = inside.login().parameters();
        server = inside.shared()
                ? SharedServer.begin(this, inside.pool(), parameters, sessions.cancelSender())
                : OwnServer.ask(this, inside.pool(), parameters, sessions.cancelSender());
    }

    private void watch(ClientTimeouts timeouts) {
        long distance = ClientClock.distance(timeouts);
        if (distance > 0) {
            clock = new ClientClock(timeouts);
            sessions.rounds().join(client.eventLoop(), this, distance);
        }
    }

    @Override
    public void visit(long now) {
        if (clock == null || !session.serves() || session.ended()) {
            return;
        }
        // A mutation's time is its API's, and a step of it must not be cancelled in its place.
        TransactionStatus resting = mutation == null ? session.resting() : TransactionStatus.IDLE;
        ErrorCode over = clock.look(now, mutation == null ? heard : now, resting);
        if (over != null) {
            long then = heard;
            outside.invoke(() -> {
                if (heard == then) {
                    timedOut(over);
                }
            });
        }
    }

    private void timedOut(ErrorCode reason) {
        LOG.info(
                "client {} is disconnected: {}",
                client.remoteAddress(),
                reason.error().message());
        if (reason == ErrorCode.QUERY_TIMEOUT) {
            cancelServer();
        }
        session.handle(new SessionEvent.EndRequested(reason.error()));
    }

    private void refuseLater(PgError error) {
        later.add(() -> session.handle(new SessionEvent.ServerRefused(error)));
    }

    @Override
    public void registerCancelKey(int processId, byte[] secret) {
        cancelTimer(Timer.LOGIN);
        sessions.cancels().register(processId, secret, this::cancel);
    }

    /** Somebody has the session's key. From any thread. */
    private CompletionStage<?> cancel() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        FutureConverters.asJava(outside.invokeWithFeedback(() -> {
                    session.handle(new SessionEvent.CancelRequested());
                    cancels.behind(() -> done.complete(null));
                }))
                .whenComplete((_, gone) -> {
                    if (gone != null) {
                        done.complete(null);
                    }
                });
        return done;
    }

    @Override
    public void routeCancel(int processId, byte[] secret) {
        sessions.cancels()
                .take(client.remoteAddress().getAddress(), processId, secret)
                .whenComplete((_, _) -> outside.invoke(() -> session.handle(new SessionEvent.CancelRouted())));
    }

    @Override
    public void runMutation(MutationRequest request) {
        if (mutations == null) {
            throw new IllegalStateException("a mutation before there is a database");
        }
        holdServer(true);
        mutation = mutations.start(request, this);
    }

    private void holdServer(boolean held) {
        if (server != null) {
            server.hold(held);
        }
    }

    @Override
    public void toMutation(Frame frame) {
        if (mutation == null) {
            frame.release();
        } else {
            mutation.serverSays(frame);
        }
    }

    @Override
    public void serverLostDuringMutation() {
        if (mutation != null) {
            mutation.serverLost();
        }
    }

    @Override
    public void cancelMutation() {
        if (mutation != null) {
            mutation.cancel();
        }
    }

    @Override
    public void mutationOrphaned() {
        if (mutation != null) {
            mutation.orphaned();
        }
    }

    @Override
    public void cancelServer() {
        ServerSide side = server;
        CompletionStage<?> delivered = side == null ? CompletableFuture.completedFuture(null) : side.cancel();
        cancels.shut();
        delivered.whenComplete((_, failure) -> {
            if (failure != null) {
                LOG.warn("a cancel request did not reach the server", failure);
            }
            outside.invoke(() -> {
                cancels.arrived();
                session.handle(new SessionEvent.CancelDelivered());
            });
        });
    }

    @Override
    public void pauseClient() {
        paused = true;
    }

    @Override
    public void resumeClient() {
        paused = false;
    }

    @Override
    public void closeClient() {
        clientClosing = true;
    }

    @Override
    public void closeServer() {
        serverUnwanted = true;
        if (server != null) {
            server.leave();
            server = null;
        }
    }

    @Override
    public void report(PgError error) {
        if (error.severity() == Severity.FATAL || error.severity() == Severity.ERROR) {
            LOG.warn("session of client {}: {} {}", client.remoteAddress(), error.sqlState(), error.message());
        }
    }

    // ---- what a mutation asks of its session ----

    @Override
    public EventLoop loop() {
        return client.eventLoop();
    }

    @Override
    public String user() {
        return entrance.user();
    }

    @Override
    public void cancelStep() {
        cancelServer();
    }

    @Override
    public void sendToServer(ByteBuf messages) {
        post(() -> cancels.behind(() -> session.handle(new SessionEvent.MutationSends(messages))));
    }

    @Override
    public void finished(List<Frame> toClient, boolean failed, boolean serverFailed) {
        post(() -> cancels.behind(() -> {
            mutation = null;
            session.handle(new SessionEvent.MutationFinished(toClient, failed, serverFailed));
            holdServer(mutation != null);
        }));
    }

    @Override
    public void declined() {
        post(() -> cancels.behind(() -> {
            mutation = null;
            session.handle(new SessionEvent.MutationDeclined());
            holdServer(mutation != null);
        }));
    }

    @Override
    public void end(PgError reason) {
        outside.invoke(() -> session.handle(new SessionEvent.EndRequested(reason)));
    }
}
