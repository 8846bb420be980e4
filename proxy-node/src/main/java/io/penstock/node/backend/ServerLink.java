package io.penstock.node.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A connection to Postgres that is logged in and idle, as raw frames with demand. A client's session relays through it; our own client
 * is {@link ServerConnection}.
 *
 * <p>Everything but {@link #close} and {@link #abort} is called on {@link #eventLoop} and nowhere else, and the receiver is called there.
 *
 * <pre>
 * receive(r)  request() ---------> the socket is read ---------> r.readable()
 *             poll() poll() ... until null, then request() again, when the client has taken what there was
 *             write(bytes) write(bytes) flush() ---------------> the server; when isWritable() is false wait for r.writable()
 *                                  the server is gone ---------> r.closed(cause): poll what is left, then close()
 * </pre>
 */
public final class ServerLink {
    /** Type and length of Terminate. */
    private static final byte[] TERMINATE = {FrontendType.TERMINATE, 0, 0, 0, 4};

    private final FramedChannel frames;
    private final DialledServer server;
    private final Greeting greeting;

    ServerLink(FramedChannel frames, DialledServer server, Greeting greeting) {
        this.server = server;
        this.frames = frames;
        this.greeting = greeting;
    }

    /** Who is told what happens on the link. Its methods may call the link's. */
    public interface Receiver {
        /** At least one whole frame waits to be polled. Called once for a {@link #request}, maybe before it returns. */
        void readable();

        /** The server has taken enough of what was written for more to be written. */
        void writable();

        /**
         * The connection is closed. Frames that had arrived can still be polled.
         *
         * @param cause what went wrong, null if the server just closed
         */
        void closed(@Nullable Throwable cause);
    }

    public EventLoop eventLoop() {
        return frames.channel().eventLoop();
    }

    /** What the server told at the end of the login. */
    public Greeting greeting() {
        return greeting;
    }

    /** The server that a CancelRequest for this connection must go to: a name may meanwhile mean another one. */
    public DialledServer serverAddress() {
        return server;
    }

    /** Says who receives, from now on. If the connection is closed already the receiver is told so at once. */
    public void receive(Receiver receiver) {
        frames.receiver(receiver);
    }

    /** Demands frames: one read of the socket, unless a whole frame is there already. */
    public void request() {
        frames.request();
    }

    /** The next whole frame, which the caller owns, or null. Null for ever after {@link #close}. */
    public @Nullable Frame poll() {
        return frames.poll();
    }

    /** Writes and releases the bytes; nothing leaves before {@link #flush}, or a later one. */
    public void write(ByteBuf bytes) {
        frames.write(bytes);
    }

    public void flush() {
        frames.flush();
    }

    /**
     * Moves the connection to another event loop; nobody may use it until that is done.
     *
     * @return completed on the new loop; it fails where the connection is lost by it
     */
    public CompletionStage<Void> move(EventLoop loop) {
        Channel channel = frames.channel();
        CompletableFuture<Void> moved = new CompletableFuture<>();
        channel.deregister().addListener(left -> {
            if (left.isSuccess()) {
                loop.register(channel).addListener(arrived -> {
                    if (arrived.isSuccess()) {
                        frames.moved();
                        moved.complete(null);
                    } else {
                        moved.completeExceptionally(arrived.cause());
                    }
                });
            } else {
                moved.completeExceptionally(left.cause());
            }
        });
        return moved;
    }

    /** Whether the server takes more at the moment; writing on regardless fills the heap. */
    public boolean isWritable() {
        return frames.channel().isWritable();
    }

    public boolean isOpen() {
        return frames.channel().isActive();
    }

    /** Ends the session with Terminate and closes. The receiver is told nothing more, frames not yet polled are released. From any thread. */
    public void close() {
        onLoop(() -> {
            if (isOpen()) {
                frames.flush();
                frames.channel()
                        .writeAndFlush(Unpooled.wrappedBuffer(TERMINATE))
                        .addListener(ChannelFutureListener.CLOSE);
            }
            frames.release();
        });
    }

    /** Closes without a word, so that Postgres notices only when it next reads or writes. From any thread. */
    public void abort() {
        onLoop(frames::release);
    }

    private void onLoop(Runnable action) {
        if (eventLoop().inEventLoop()) {
            action.run();
        } else {
            eventLoop().execute(action);
        }
    }
}
