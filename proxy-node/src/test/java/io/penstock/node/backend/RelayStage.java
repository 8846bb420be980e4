package io.penstock.node.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.frame.FrontendFramer;
import io.penstock.protocol.frame.FrontendType;
import io.penstock.protocol.frame.StartupFramer;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessages;
import io.penstock.protocol.message.FrontendMessage;
import io.penstock.protocol.message.FrontendMessages;
import io.penstock.protocol.message.TransactionStatus;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.jspecify.annotations.Nullable;

/**
 * The simplest relay there is, without login of the client, rules or state: what a session costs at least. Frames are cut on both sides,
 * small ones of the server copied together into one buffer, large ones passed as they are.
 */
final class RelayStage extends GraphStage<FlowShape<ByteBuf, ByteBuf>> {
    private static final int SMALL = 2 * 1024;
    private static final int BATCH = 16 * 1024;

    private final Function<FrontendMessage.Startup, CompletionStage<ServerLink>> connect;
    private final Inlet<ByteBuf> fromClient = Inlet.create("fromClient");
    private final Outlet<ByteBuf> toClient = Outlet.create("toClient");
    private final FlowShape<ByteBuf, ByteBuf> shape = FlowShape.of(fromClient, toClient);

    RelayStage(Function<FrontendMessage.Startup, CompletionStage<ServerLink>> connect) {
        this.connect = connect;
    }

    @Override
    public FlowShape<ByteBuf, ByteBuf> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic implements ServerLink.Receiver {
        private final StartupFramer startup = new StartupFramer(ByteBufAllocator.DEFAULT);
        private final FrontendFramer framer = new FrontendFramer(ByteBufAllocator.DEFAULT);
        private final AsyncCallback<NotUsed> serverReadable = createAsyncCallback(_ -> give());
        private final AsyncCallback<NotUsed> serverWritable = createAsyncCallback(_ -> takeMore());
        private final AsyncCallback<NotUsed> serverClosed = createAsyncCallback(_ -> serverClosed());
        private final AsyncCallback<Pair<ServerLink, Throwable>> connected =
                createAsyncCallback(outcome -> connected(outcome.first(), outcome.second()));
        private @Nullable ServerLink link;
        private boolean over;

        Logic() {
            super(shape);
            setHandler(fromClient, new AbstractInHandler() {
                @Override
                public void onPush() {
                    if (link == null) {
                        startup(grab(fromClient));
                    } else {
                        relay(grab(fromClient));
                    }
                }
            });
            setHandler(toClient, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    give();
                }
            });
        }

        @Override
        public void preStart() {
            pull(fromClient);
        }

        @Override
        public void postStop() {
            over = true;
            startup.close();
            framer.close();
            if (link != null) {
                link.close();
            }
        }

        private void startup(ByteBuf bytes) {
            startup.feed(bytes);
            Frame packet = startup.poll();
            if (packet == null) {
                pull(fromClient);
                return;
            }
            FrontendMessage message = FrontendMessages.decode(packet);
            packet.release();
            if (message instanceof FrontendMessage.Startup who) {
                connect.apply(who).whenComplete((made, failure) -> {
                    if (over && made != null) {
                        made.close();
                    } else {
                        connected.invoke(Pair.create(made, failure));
                    }
                });
            } else {
                push(toClient, ByteBufAllocator.DEFAULT.buffer(1).writeByte('N'));
                pull(fromClient);
            }
        }

        private void connected(@Nullable ServerLink made, @Nullable Throwable failure) {
            if (made == null) {
                failStage(Objects.requireNonNull(failure));
                return;
            }
            link = made;
            made.receive(this);
            ByteBuf greeting = ByteBufAllocator.DEFAULT.buffer();
            BackendMessages.encode(new BackendMessage.AuthenticationOk(), greeting);
            made.greeting()
                    .parameters()
                    .forEach((name, value) ->
                            BackendMessages.encode(new BackendMessage.ParameterStatus(name, value), greeting));
            BackendMessages.encode(Objects.requireNonNull(made.greeting().key()), greeting);
            BackendMessages.encode(new BackendMessage.ReadyForQuery(TransactionStatus.IDLE), greeting);
            emit(toClient, greeting, this::give);
            pull(fromClient);
        }

        private void relay(ByteBuf bytes) {
            ServerLink server = Objects.requireNonNull(link);
            framer.feed(bytes);
            boolean terminated = false;
            for (Frame frame = framer.poll(); frame != null; frame = framer.poll()) {
                terminated |= frame.is(FrontendType.TERMINATE);
                server.write(frame.bytes());
            }
            server.flush();
            if (terminated) {
                completeStage();
            } else {
                takeMore();
            }
        }

        private void takeMore() {
            if (link != null && link.isWritable() && !hasBeenPulled(fromClient) && !isClosed(fromClient)) {
                pull(fromClient);
            }
        }

        /** Gives the client what the server has sent, or asks the server for more. */
        private void give() {
            if (link == null || !isAvailable(toClient)) {
                return;
            }
            Frame frame = link.poll();
            if (frame == null) {
                link.request();
                return;
            }
            if (frame.length() > SMALL) {
                push(toClient, frame.bytes());
                return;
            }
            ByteBuf batch = ByteBufAllocator.DEFAULT.buffer(512);
            while (frame != null) {
                batch.writeBytes(frame.bytes());
                frame.release();
                frame = batch.readableBytes() > BATCH ? null : link.poll();
            }
            push(toClient, batch);
        }

        private void serverClosed() {
            give();
            if (isAvailable(toClient)) {
                completeStage();
            }
        }

        @Override
        public void readable() {
            serverReadable.invoke(NotUsed.getInstance());
        }

        @Override
        public void writable() {
            serverWritable.invoke(NotUsed.getInstance());
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            serverClosed.invoke(NotUsed.getInstance());
        }
    }

    /** The login upstream that a client's startup packet asks for, without a password. */
    static ServerLogin login(FrontendMessage.Startup startup) {
        Map<String, String> others = new HashMap<>(startup.parameters());
        others.remove("user");
        others.remove("database");
        return new ServerLogin(
                Objects.requireNonNull(startup.user()),
                Objects.requireNonNull(startup.database()),
                new Credentials.None(),
                others);
    }
}
