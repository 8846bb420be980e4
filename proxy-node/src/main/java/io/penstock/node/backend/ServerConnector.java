package io.penstock.node.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.penstock.node.backend.Login.Step;
import io.penstock.node.backend.ServerFailure.LoginRefused;
import io.penstock.node.backend.ServerFailure.Unreachable;
import io.penstock.node.tls.ServerTls;
import io.penstock.node.transport.EventLoops;
import io.penstock.protocol.error.ProtocolViolation;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens connections to Postgres and logs in. Every failure is a {@link ServerFailure}. */
public final class ServerConnector {
    /** SCRAM hashes thousands of times on purpose; an event loop has other clients waiting. */
    private static final Executor COSTLY = Thread.ofVirtual().name("login-", 0)::start;

    /** RFC 5802 asks for a nonce that nobody can guess; 18 bytes are as many as libpq takes. */
    private static final Supplier<String> NONCES = new Supplier<>() {
        private final SecureRandom random = new SecureRandom();

        @Override
        public String get() {
            byte[] bytes = new byte[18];
            random.nextBytes(bytes);
            return Base64.getEncoder().withoutPadding().encodeToString(bytes);
        }
    };

    private final Dialer dialer;
    private final Duration loginTimeout;

    /**
     * @param connectTimeout for the TCP connection, for each address of the server
     * @param loginTimeout for everything from then on until the server is ready for a query
     */
    public ServerConnector(EventLoops loops, Duration connectTimeout, Duration loginTimeout) {
        this.dialer = new Dialer(loops.kind(), connectTimeout);
        this.loginTimeout = loginTimeout;
    }

    /**
     * Connects and logs in.
     *
     * @param loop the event loop that the connection will live on: the client's own, for a client's server connection
     * @return the link, handed over on its loop, with nothing demanded yet
     */
    public CompletionStage<ServerLink> connect(ServerAddress server, ServerLogin login, EventLoop loop) {
        CompletableFuture<ServerLink> connected = new CompletableFuture<>();
        dialer.dial(server, loop, FramedChannel::new).whenComplete((frames, failure) -> {
            if (failure != null) {
                connected.completeExceptionally(new Unreachable(login.database(), unwrapped(failure)));
            } else {
                // dial() is done on the loop, but with a look-up between them this may have run on another thread
                loop.execute(() -> new Attempt(frames, server, login, connected).begin());
            }
        });
        return connected;
    }

    /** Connects and logs in, for statements of our own. */
    public CompletionStage<ServerConnection> open(ServerAddress server, ServerLogin login, EventLoop loop) {
        return connect(server, login, loop).thenApply(ServerConnection::over);
    }

    private static Throwable unwrapped(Throwable failure) {
        @Nullable Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** One login on its way, on the connection's event loop. */
    private final class Attempt implements ServerLink.Receiver {
        private final FramedChannel frames;
        private final DialledServer server;
        private final ServerLogin who;
        private final Login login;
        private final CompletableFuture<ServerLink> connected;
        private @Nullable Future<?> timeout;
        /** A costly step is being computed elsewhere: nothing else goes on. */
        private boolean busy;

        Attempt(FramedChannel frames, ServerAddress server, ServerLogin who, CompletableFuture<ServerLink> connected) {
            this.frames = frames;
            this.server = new DialledServer((InetSocketAddress) frames.channel().remoteAddress(), server);
            this.who = who;
            SslHandler tls = frames.channel().pipeline().get(SslHandler.class);
            this.login = new Login(who, NONCES, tls == null ? null : ServerTls.endPoint(tls));
            this.connected = connected;
        }

        void begin() {
            timeout = frames.channel()
                    .eventLoop()
                    .schedule(
                            () -> fail(new Unreachable(
                                    who.database(), new TimeoutException("the server did not finish the login"))),
                            loginTimeout.toMillis(),
                            TimeUnit.MILLISECONDS);
            frames.receiver(this);
            send(login.startup());
            frames.request();
        }

        @Override
        public void readable() {
            while (!busy && !connected.isDone()) {
                @Nullable BackendMessage message = next();
                if (message == null) {
                    return;
                }
                if (Login.isCostly(message)) {
                    busy = true;
                    CompletableFuture.supplyAsync(() -> login.on(message), COSTLY)
                            .thenAcceptAsync(this::resume, frames.channel().eventLoop());
                } else {
                    follow(login.on(message));
                }
            }
        }

        /** The next message, or null if it is yet to come, or will never. */
        private @Nullable BackendMessage next() {
            @Nullable Frame frame = frames.poll();
            if (frame == null) {
                frames.request();
                return null;
            }
            try {
                return BackendMessages.decode(frame);
            } catch (ProtocolViolation violation) {
                fail(new Unreachable(who.database(), violation));
                return null;
            } finally {
                frame.release();
            }
        }

        private void resume(Step step) {
            busy = false;
            if (!connected.isDone()) {
                follow(step);
                readable();
            }
        }

        private void follow(Step step) {
            switch (step) {
                case Step.Send(FrontendMessage message) -> send(message);
                case Step.Wait() -> {}
                case Step.Ready(Greeting greeting) -> succeed(greeting);
                case Step.Failed failed -> fail(new LoginRefused(failed.error()));
            }
        }

        private void send(FrontendMessage message) {
            ByteBuf bytes = frames.channel().alloc().buffer();
            FrontendMessages.encode(message, bytes);
            frames.write(bytes);
            frames.flush();
        }

        private void succeed(Greeting greeting) {
            end();
            ServerLink link = new ServerLink(frames, server, greeting);
            if (!connected.complete(link)) {
                link.close();
            }
        }

        private void fail(ServerFailure failure) {
            end();
            frames.release();
            connected.completeExceptionally(failure);
        }

        private void end() {
            if (timeout != null) {
                timeout.cancel(false);
            }
        }

        @Override
        public void writable() {
            // A login never writes more than the watermark.
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            readable(); // a server that refuses says why, and closes
            if (!connected.isDone()) {
                fail(new Unreachable(who.database(), cause));
            }
        }
    }
}
