package io.penstock.node.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.penstock.node.cancel.CancelKey;
import io.penstock.node.cancel.CancelRequests;
import io.penstock.node.transport.ClientTls;
import io.penstock.node.transport.IncomingClient;
import io.penstock.node.transport.OutgoingBatch;
import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrameLimits;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.TransactionStatus;
import io.penstock.protocol.session.Session;
import io.penstock.protocol.session.SessionEvent;
import io.penstock.protocol.session.SessionSettings;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
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
        implements ServerSide.Owner, ClientSessions.OpenSession, ClientWatch.Watched {
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
    private final ClientWatch watch;
    private final OutgoingBatch output = new OutgoingBatch(ByteBufAllocator.DEFAULT);
    private final ArrayDeque<Runnable> later = new ArrayDeque<>(2);
    private final SessionCancels cancels = new SessionCancels(this);
    private final MutationSeat mutation = new MutationSeat(this, cancels);
    private final AsyncCallback<Runnable> outside = createAsyncCallback(this::event);
    private final Runnable awake = () -> this.woken = false;

    private @Nullable ClientDatabase database;
    private @Nullable ServerSide server;
    private @Nullable CancelKey cancelKey;
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
                settings,
                name -> database != null && database.synced().maybe(name),
                new StageEffects(this, sessions, client, entrance, cancels, mutation),
                ByteBufAllocator.DEFAULT);
        this.watch = new ClientWatch(this, sessions.rounds(), client.eventLoop());
        this.input = new ClientInput(
                session,
                ByteBufAllocator.DEFAULT,
                Math.clamp(sessions.limits().messageBytes(), FrameLimits.AUTHENTICATION, FrameLimits.LARGE));
        setHandler(in, new AbstractInHandler() {
            @Override
            public void onPush() {
                event(() -> {
                    watch.heard();
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
        watch.end();
        if (cancelKey != null) {
            cancelKey.forget();
        }
        cancels.over();
        entrance.leave();
        mutation.orphaned(); // only when the node itself goes down
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
                    cancels.send();
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
    void post(Runnable event) {
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
    public void ready(Map<String, String> parameters, List<BackendMessage.NoticeResponse> notices, int serverProcess) {
        session.handle(new SessionEvent.ServerReady(
                parameters, notices, CancelRequests.canBeTold(serverProcess) ? serverProcess : 0));
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

    /** Tells the session of the handshake before it gets the first bytes from behind it. */
    private void encrypted() {
        ClientTls.Established tls = tlsTold ? null : client.tls().established();
        if (tls != null) {
            tlsTold = true;
            session.handle(new SessionEvent.Encrypted(tls.serverEndPoint(), tls.commonName()));
        }
    }

    /** The client is let in. */
    void enter(Entrance.Inside inside) {
        cancelTimer(Timer.LOGIN); // the client has done its part; the pool's own times count from here
        database = inside.database();
        mutation.runBy(inside.database().mutations().get());
        watch.begin(inside.database().pool().timeouts());
        Map<String, String> parameters = inside.login().parameters();
        server = inside.shared()
                ? SharedServer.begin(this, inside.pool(), parameters, sessions.cancelSender())
                : OwnServer.ask(this, inside.pool(), parameters, sessions.cancelSender());
    }

    // ---- the client's time ----

    @Override
    public boolean isServed() {
        return session.serves() && !session.ended();
    }

    @Override
    public boolean isMutating() {
        return mutation.isTaken();
    }

    @Override
    public @Nullable TransactionStatus resting() {
        return session.resting();
    }

    @Override
    public void later(Runnable event) {
        outside(event);
    }

    @Override
    public void timedOut(ErrorCode reason) {
        LOG.info(
                "client {} is disconnected: {}",
                client.remoteAddress(),
                reason.error().message());
        if (reason == ErrorCode.QUERY_TIMEOUT) {
            cancels.send();
        }
        session.handle(new SessionEvent.EndRequested(reason.error()));
    }

    // ---- for what acts for the session ----

    void handle(SessionEvent event) {
        session.handle(event);
    }

    /** As soon as the session has done what it is doing. */
    void afterwards(SessionEvent event) {
        later.add(() -> session.handle(event));
    }

    /** From any thread, as an event of its own. */
    void outside(Runnable event) {
        outside.invoke(event);
    }

    void give(ByteBuf messages) {
        output.add(messages);
    }

    @Nullable
    ServerSide server() {
        return server;
    }

    void holdServer(boolean held) {
        if (server != null) {
            server.hold(held);
        }
    }

    /** The client has logged in, and knows this key. */
    void loggedIn(int processId, byte[] secret) {
        cancelTimer(Timer.LOGIN);
        cancelKey = sessions.cancels().register(processId, secret, cancels::requested);
    }

    void pause(boolean now) {
        paused = now;
    }

    /** When everything has been given. */
    void closeClient() {
        clientClosing = true;
    }

    void leaveServer() {
        serverUnwanted = true;
        if (server != null) {
            server.leave();
            server = null;
        }
    }

    @Override
    public EventLoop loop() {
        return client.eventLoop();
    }

    /** The name that the client goes by. */
    String user() {
        return entrance.user();
    }

    @Override
    public void end(PgError reason) {
        outside.invoke(() -> session.handle(new SessionEvent.EndRequested(reason)));
    }
}
